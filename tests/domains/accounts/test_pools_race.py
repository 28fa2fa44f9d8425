"""Many people at one pool at the same moment: one account goes to one person, and limits hold."""

import datetime as dt
from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from django.db import connection

from panshi.domains.accounts.models import Account, Claim, Pool
from panshi.domains.accounts.services import pools
from panshi.ground.base.viewer import Viewer
from tests.factories.organisation import Company
from tests.factories.pools import make_lying, make_pool

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor == "sqlite",
        reason="writers are alone on SQLite, and tests share one connection there",
    ),
]


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Do them in threads that begin together; answers what each returned or raised."""
    gate, results = Barrier(len(acts)), [None] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        gate.wait()
        try:
            results[place] = act()
        except Exception as error:  # the race's outcome is what is tested
            results[place] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return list(results)


def test_one_account_goes_to_one_person(company: Company, at: dt.datetime) -> None:
    pool = make_pool(company.units.east)
    account = make_lying(pool)
    viewers = [company.viewer("owner"), company.viewer("colleague")]

    def claim(viewer: Viewer) -> Callable[[], object]:
        return lambda: pools.claim_account(account=account, by=viewer, at=at)

    results = at_once(*(claim(viewer) for viewer in viewers))
    won = [each for each in results if isinstance(each, Claim)]
    lost = [each for each in results if isinstance(each, pools.CannotClaim)]
    assert (len(won), len(lost)) == (1, 1), results
    account.refresh_from_db()
    assert account.owner_id == won[0].person_id
    assert won[0].person.name in lost[0].message


@pytest.mark.parametrize("limits", [{"daily_limit": 2}, {"held_limit": 2}])
def test_limits_hold_however_many_claims_come_at_once(
    company: Company, at: dt.datetime, limits: dict[str, int]
) -> None:
    pool = make_pool(company.units.east)
    Pool.objects.filter(pk=pool.pk).update(**limits)
    accounts = [make_lying(pool) for _number in range(6)]
    viewer = company.viewer("owner")

    def claim(account: Account) -> Callable[[], object]:
        return lambda: pools.claim_account(account=account, by=viewer, at=at)

    results = at_once(*(claim(account) for account in accounts))
    assert sum(isinstance(each, Claim) for each in results) == 2, results
    assert sum(isinstance(each, pools.CannotClaim) for each in results) == 4, results
    assert Account.objects.filter(owner=company.owner).count() == 2
