"""The lifecycle: declared changes only, each dated and explained."""

import datetime as dt
from itertools import product

import pytest

from panshi.domains.accounts import services
from panshi.domains.accounts.models import Account, Lifecycle, LifecycleRecord
from panshi.domains.accounts.reports import lifecycle_history
from panshi.ground.base.refusals import NotAllowed, Stale
from tests.factories.accounts import make_account
from tests.factories.organisation import Company

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(company: Company) -> Account:
    return make_account(owner=company.owner, unit=company.units.east_one)


def test_every_declared_change_and_no_other_is_made(
    company: Company, account: Account, at: dt.datetime
) -> None:
    by = company.viewer("owner")
    for before, after in product(Lifecycle, repeat=2):
        Account.objects.filter(pk=account.pk).update(lifecycle=before)
        if (before, after) in services.TRANSITIONS:
            services.change_lifecycle(account=account, to=after, reason="评审", by=by, at=at)
        else:
            with pytest.raises(services.CannotChangeLifecycle):
                services.change_lifecycle(account=account, to=after, reason="评审", by=by, at=at)
        account.refresh_from_db()
        assert account.lifecycle == (after if (before, after) in services.TRANSITIONS else before)
        assert (after in services.next_states(before)) == ((before, after) in services.TRANSITIONS)


def test_who_and_why_is_kept(company: Company, account: Account, at: dt.datetime) -> None:
    by = company.viewer("owner")
    services.change_lifecycle(account=account, to="qualified", reason="年产能 2 万台", by=by, at=at)
    (step,) = lifecycle_history(account, viewer=by)
    assert (step.before, step.after, step.by, step.reason) == ("潜在", "合格", "沈南舟", "年产能 2 万台")
    account.refresh_from_db()
    assert account.lifecycle_since_on == step.on == dt.date(2026, 11, 21)


def test_without_reason_right_or_newest_version_nothing_changes(
    company: Company, account: Account, at: dt.datetime
) -> None:
    by = company.viewer("owner")
    with pytest.raises(services.CannotChangeLifecycle) as refusal:
        services.change_lifecycle(account=account, to="qualified", reason=" ", by=by, at=at)
    assert list(refusal.value.errors) == ["reason"]
    with pytest.raises(services.CannotChangeLifecycle):
        services.change_lifecycle(account=account, to="gone", reason="x", by=by, at=at)
    with pytest.raises(Stale):
        services.change_lifecycle(
            account=account, to="qualified", reason="x", expected_version=3, by=by, at=at
        )
    with pytest.raises(NotAllowed):
        services.change_lifecycle(
            account=account, to="qualified", reason="x", by=company.viewer("outsider"), at=at
        )
    account.refresh_from_db()
    assert (account.lifecycle, account.version) == ("potential", 1)
    assert not LifecycleRecord.objects.exists()
