"""The nightly run: told in time, returned with the reason, kept where it may not return, the same when run again."""

import datetime as dt

import pytest

from panshi.domains.accounts import services
from panshi.domains.accounts.models import Account, Pool, PoolEntry, PoolRun, PoolWarning
from panshi.domains.accounts.reports.pools.evaluation import (
    COLUMNS,
    Rulebook,
    candidates,
    find,
    last_foreseen,
)
from panshi.domains.accounts.reports.pools.words import why_words
from panshi.domains.accounts.services import pools
from panshi.ground.audit.models import Event
from panshi.ground.base.viewer import Viewer
from panshi.ground.notices.models import Notice
from tests.factories.accounts import make_account
from tests.factories.organisation import Company
from tests.factories.pools import add_rule, make_lying, make_pool

pytestmark = pytest.mark.django_db
MONDAY = dt.date(2026, 11, 23)
DAY = dt.timedelta(days=1)


@pytest.fixture
def pool(company: Company) -> Pool:
    pool = make_pool(company.units.east, contact_days=5)
    add_rule(pool)
    return pool


def owned(company: Company, silent: int, **values: object) -> Account:
    """An account of the owner, silent for so many days on that Monday."""
    return make_account(
        owner=company.owner,
        unit=company.units.east_one,
        owner_since_on=dt.date(2026, 1, 1),
        last_contact_on=MONDAY - silent * DAY,
        **values,
    )


def night(on: dt.date, system: Viewer, lot: int = 1) -> int:
    """One whole run; answers how many returned."""
    at = dt.datetime.combine(on, dt.time(5, 30), tzinfo=dt.timezone(dt.timedelta(hours=8)))
    book, after, returned = Rulebook.load(), 0, 0
    while True:
        done = pools.review_some(book=book, after=after, on=on, by=system, at=at, lot=lot)
        returned += done.returned
        if done.last_id is None:
            break
        after = done.last_id
    pools.finish_night(on=on, looked_at=1, by=system, at=at)
    return returned


def told(person_id: int) -> list[str]:
    rows = Notice.objects.filter(person_id=person_id).order_by("pk")
    return [kind.removeprefix("accounts.") for kind in rows.values_list("kind", flat=True)]


def test_warned_a_week_and_a_day_before_then_returned_with_the_reason(
    company: Company, pool: Pool, system: Viewer
) -> None:
    account = owned(company, 23)
    for number in range(7):
        assert night(MONDAY + number * DAY, system) == 0
    warning = PoolWarning.objects.get()
    assert (warning.warned_on, warning.last_warned_on) == (MONDAY, MONDAY + 4 * DAY), "not on the weekend"
    assert told(company.owner.pk) == ["pool_due", "pool_last_call"]
    assert night(MONDAY + 7 * DAY, system) == 1
    account.refresh_from_db()
    assert (account.owner_id, account.pool_id) == (None, pool.pk)
    entry = PoolEntry.objects.get()
    assert (entry.kind, entry.reason) == ("recycled", "久未联系")
    assert "30" in why_words(entry.why)
    assert "2026-10-31" in why_words(entry.why)
    assert told(company.owner.pk)[-1] == "pool_dropped"
    assert Event.objects.filter(kind="accounts.pooled", account_id=account.pk, by_id=None).count() == 1


def test_a_night_run_again_changes_and_tells_nothing(company: Company, pool: Pool, system: Viewer) -> None:
    for silent in (23, 60, 29):
        owned(company, silent)
    night(MONDAY, system)
    before = (list(PoolWarning.objects.order_by("account_id").values()), Notice.objects.count())
    night(MONDAY, system)
    rows = list(PoolWarning.objects.order_by("account_id").values())
    assert [{**row, "id": 0} for row in rows] == [{**row, "id": 0} for row in before[0]]
    assert Notice.objects.count() == before[1]
    assert PoolRun.objects.count() == 1


def test_a_run_that_died_is_finished_by_the_next(company: Company, pool: Pool, system: Viewer) -> None:
    for _number in range(3):
        owned(company, 60)
    at = dt.datetime.combine(MONDAY, dt.time(5), tzinfo=dt.UTC)
    pools.review_some(book=Rulebook.load(), after=0, on=MONDAY, by=system, at=at, lot=2)
    assert not Notice.objects.exists()
    night(MONDAY, system)
    assert PoolWarning.objects.filter(warned_on=MONDAY).count() == 3
    assert told(company.owner.pk) == ["pool_due"]
    assert '"count": 3' in Notice.objects.get().values


def test_a_new_rule_gives_everybody_a_week(company: Company, pool: Pool, system: Viewer) -> None:
    owned(company, 400)
    assert night(MONDAY, system) == 0
    assert PoolWarning.objects.get().due_on == MONDAY + 7 * DAY


def test_days_off_are_quiet(company: Company, pool: Pool, system: Viewer) -> None:
    owned(company, 60)
    holiday = dt.date(2026, 10, 3)
    Account.objects.update(last_contact_on=holiday - 60 * DAY)
    night(holiday, system)
    assert not Notice.objects.exists()
    assert PoolWarning.objects.get().due_on > holiday + 7 * DAY


def test_contact_takes_the_warning_away(
    company: Company, pool: Pool, system: Viewer, at: dt.datetime
) -> None:
    account = owned(company, 60)
    night(MONDAY, system)
    viewer = company.viewer("owner")
    services.record_touch(account=account, on=MONDAY, kind="phone", source="t", source_id=1, by=viewer, at=at)
    assert not PoolWarning.objects.exists()
    assert night(MONDAY + 7 * DAY, system) == 0


def test_a_voided_contact_counts_no_more(
    company: Company, pool: Pool, system: Viewer, at: dt.datetime
) -> None:
    account, viewer = owned(company, 60), company.viewer("owner")
    services.record_touch(account=account, on=MONDAY, kind="phone", source="t", source_id=1, by=viewer, at=at)
    services.void_touch(source="t", source_id=1, by=viewer, at=at)
    night(MONDAY, system)
    assert PoolWarning.objects.get().account_id == account.pk


@pytest.mark.parametrize("barrier", ["key", "matter", "protected"])
def test_what_may_not_return_goes_to_the_director(
    company: Company, pool: Pool, system: Viewer, at: dt.datetime, barrier: str
) -> None:
    account = owned(company, 60)
    if barrier == "key":
        pools.mark_key(account=account, is_key=True, source="test", by=system, at=at)
    elif barrier == "matter":
        services.open_matter(account=account, kind="complaint", source="c", source_id=1, by=system, at=at)
    else:
        Account.objects.filter(pk=account.pk).update(protected_until_on=MONDAY + 60 * DAY)
    for number in range(15):
        assert night(MONDAY + number * DAY, system) == 0
    warning = PoolWarning.objects.get()
    assert warning.barrier == barrier
    assert told(company.director.pk) == ["pool_kept"]
    assert told(company.owner.pk) == []
    assert told(company.rival.pk) == []


def test_when_the_matter_closes_the_owner_has_a_week(
    company: Company, pool: Pool, system: Viewer, at: dt.datetime
) -> None:
    account = owned(company, 60)
    services.open_matter(account=account, kind="complaint", source="c", source_id=1, by=system, at=at)
    night(MONDAY, system)
    services.close_matter(source="c", source_id=1, by=system, at=at)
    assert night(MONDAY + DAY, system) == 0
    assert told(company.owner.pk) == ["pool_due"]
    assert PoolWarning.objects.get().due_on == MONDAY + 8 * DAY


def test_a_claim_left_alone_returns_although_protected(
    company: Company, pool: Pool, system: Viewer, at: dt.datetime
) -> None:
    Pool.objects.filter(pk=pool.pk).update(protected_days=90)
    account = make_lying(pool, unit=company.units.east_one)
    pools.claim_account(account=account, by=company.viewer("owner"), at=at)
    day, returned_on = at.date(), None
    for number in range(14):
        if night(day + number * DAY, system):
            returned_on = day + number * DAY
    assert returned_on is not None
    assert returned_on > day + 5 * DAY
    assert told(company.owner.pk) == ["pool_last_call", "pool_dropped"] or "pool_last_call" in told(
        company.owner.pk
    )
    entry = PoolEntry.objects.filter(left_at=None).get()
    assert (day + 5 * DAY).isoformat() in why_words(entry.why)


def test_a_new_owner_is_not_blamed_for_the_silence_before(
    company: Company, pool: Pool, system: Viewer
) -> None:
    account = owned(company, 400)
    Account.objects.filter(pk=account.pk).update(owner_since_on=MONDAY - 3 * DAY)
    night(MONDAY, system)
    assert not PoolWarning.objects.exists()


def test_accounts_of_other_units_and_unowned_ones_stay(company: Company, pool: Pool, system: Viewer) -> None:
    make_account(owner=company.outsider, unit=company.units.south_one, owner_since_on=dt.date(2020, 1, 1))
    make_account(unit=company.units.east_one)
    make_lying(pool, unit=company.units.east_one)
    night(MONDAY, system)
    assert not PoolWarning.objects.exists()


def test_the_pool_of_the_team_stands_before_the_pool_of_the_region(
    company: Company, pool: Pool, system: Viewer
) -> None:
    near = make_pool(company.units.east_one, name="一组公海")
    owned(company, 60)
    night(MONDAY, system)
    assert not PoolWarning.objects.exists(), "the team's pool has no rule"
    add_rule(near, {"kind": "contact", "days": 50})
    night(MONDAY + DAY, system)
    assert PoolWarning.objects.get().pool_id == near.pk


def test_the_database_narrows_to_what_the_rules_mean(company: Company, pool: Pool, system: Viewer) -> None:
    """Whatever the rules: what is looked at and what is found are the same accounts."""
    other = make_pool(company.units.south, name="南区公海")
    add_rule(
        other,
        {"kind": "contact", "days": 20},
        {"kind": "abc", "values": ["C", ""]},
        {"kind": "region", "values": ["42", "31"]},
        {"kind": "industry", "values": ["C"]},
    )
    add_rule(other, {"kind": "trade", "days": 100}, {"kind": "owned", "days": 200}, joined="any", name="二")
    regions, industries = ("420100", "310000", "110000", ""), ("C35", "C", "", "A01")
    for number in range(64):
        make_account(
            owner=company.outsider,
            unit=company.units.south_one,
            owner_since_on=MONDAY - (number * 7 % 230) * DAY,
            last_contact_on=MONDAY - (number * 11 % 60) * DAY,
            last_trade_on=MONDAY - (number * 13 % 160) * DAY,
            abc_class=("A", "C", "")[number % 3],
            region=regions[number % 4],
            industry=industries[number // 4 % 4],
        )
    book = Rulebook.load()
    until = last_foreseen(MONDAY, book.works)
    every = Account.objects.values_list(*COLUMNS)
    found = {each.account_id for each in find(book, every, on=MONDAY, until=until)}
    narrowed = set(candidates(book, until).values_list("pk", flat=True))
    assert found == narrowed
    assert 5 < len(found) < 60
