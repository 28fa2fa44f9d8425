"""The contact log: one line, the last contact, the next one, and the reminders that follow from it."""

import datetime as dt
from typing import Any

import pytest

from panshi.domains.accounts.models import Account, Touch
from panshi.domains.people import services
from panshi.domains.people.models import LogEntry
from panshi.domains.people.reports import Due, log_of, reminders
from panshi.domains.people.services import Said
from panshi.ground.audit.models import Event
from panshi.ground.base.models import NEVER, NOT_PLANNED
from panshi.ground.base.refusals import NotAllowed
from panshi.ground.base.viewer import Viewer
from tests.factories.accounts import make_account
from tests.factories.organisation import Company

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 21)


def day(distance: int) -> dt.date:
    return TODAY + dt.timedelta(days=distance)


@pytest.fixture
def account(company: Company) -> Account:
    return make_account("恒岳", owner=company.owner, unit=company.units.east_one, team=(company.teammate,))


def log(company: Company, account: Account, at: dt.datetime, who: str = "owner", **given: Any) -> LogEntry:
    values = {"text": "电话沟通备件"} | given
    return services.log_contact(account=account, by=company.viewer(who), at=at, **values)


def standing(account: Account) -> tuple[dt.date, dt.date, str]:
    account.refresh_from_db()
    return account.last_contact_on, account.next_contact_on, account.next_contact_note


def test_an_entry_is_a_touch_and_plans_the_next_contact(
    company: Company, account: Account, at: dt.datetime
) -> None:
    log(company, account, at, "teammate", next_contact_on=day(7), next_contact_note="送样品")
    assert standing(account) == (TODAY, day(7), "送样品")
    (line,) = log_of(account, viewer=company.viewer("owner"))
    assert (line.by, line.entry.text) == ("顾言", "电话沟通备件")


def test_a_plan_stands_until_a_contact_keeps_it(company: Company, account: Account, at: dt.datetime) -> None:
    log(company, account, at, on=day(-10), next_contact_on=day(-3))
    log(company, account, at, on=day(-5))
    assert standing(account)[1] == day(-3)
    log(company, account, at, on=day(-3))
    assert standing(account) == (day(-3), NOT_PLANNED, "")
    log(company, account, at, next_contact_on=day(2), next_contact_note="报价")
    assert standing(account) == (TODAY, day(2), "报价")


def test_voiding_an_entry_takes_back_touch_and_plan(
    company: Company, account: Account, at: dt.datetime
) -> None:
    by = company.viewer("owner")
    log(company, account, at, on=day(-9), next_contact_on=day(5), next_contact_note="回访")
    wrong = log(company, account, at, next_contact_on=day(30))
    with pytest.raises(services.CannotVoidLog):
        services.void_log(entry=wrong, reason=" ", by=by, at=at)
    services.void_log(entry=wrong, reason="记错客户", by=by, at=at)
    assert standing(account) == (day(-9), day(5), "回访")
    with pytest.raises(services.CannotVoidLog):
        services.void_log(entry=wrong, reason="再次", by=by, at=at)
    services.void_log(entry=LogEntry.objects.standing().get(), reason="也错了", by=by, at=at)
    assert standing(account) == (NEVER, NOT_PLANNED, "")
    assert LogEntry.objects.count() == Touch.objects.count() == 2


def test_one_voids_ones_own_entries_or_edits_the_account(
    company: Company, account: Account, at: dt.datetime
) -> None:
    entry = log(company, account, at)
    with pytest.raises(NotAllowed):
        services.void_log(entry=entry, reason="x", by=company.viewer("teammate"), at=at)
    own = log(company, account, at, "teammate")
    services.void_log(entry=own, reason="x", by=company.viewer("teammate"), at=at)
    services.void_log(entry=entry, reason="x", by=company.viewer("supervisor"), at=at)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"text": "  "}, "text"),
        ({"text": "长" * 1001}, "text"),
        ({"kind": "telepathy"}, "kind"),
        ({"on": day(1)}, "on"),
        ({"next_contact_on": day(-1)}, "next_contact_on"),
        ({"on": dt.date(1, 1, 1)}, "on"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_written(
    company: Company, account: Account, at: dt.datetime, given: dict[str, Any], field: str
) -> None:
    with pytest.raises(services.CannotLog) as refusal:
        log(company, account, at, **given)
    assert list(refusal.value.errors) == [field]
    assert standing(account) == (NEVER, NOT_PLANNED, "")
    assert not LogEntry.objects.exists()


def test_a_contact_of_another_account_is_refused(company: Company, account: Account, at: dt.datetime) -> None:
    other = make_account(owner=company.owner, unit=company.units.east_one)
    contact = services.add_contact(account=other, values={"name": "石磊"}, by=company.viewer("owner"), at=at)
    with pytest.raises(services.CannotLog) as refusal:
        log(company, account, at, contact=contact)
    assert list(refusal.value.errors) == ["contact"]


@pytest.mark.parametrize("who", ["outsider", "colleague", "compliance", "newcomer"])
def test_strangers_log_nothing(company: Company, account: Account, at: dt.datetime, who: str) -> None:
    with pytest.raises(NotAllowed):
        log(company, account, at, who)
    assert not LogEntry.objects.exists()


def test_reminders_say_whom_to_contact_and_why(company: Company, account: Account, at: dt.datetime) -> None:
    where = {"owner": company.owner, "unit": company.units.east_one}
    today, coming, far = (make_account(name, **where) for name in ("今天", "将来", "以后"))
    theirs = make_account("别人", owner=company.colleague, unit=company.units.east_one)
    log(company, account, at, on=day(-9), next_contact_on=day(-2), next_contact_note="催样品")
    log(company, today, at, next_contact_on=TODAY)
    log(company, coming, at, next_contact_on=day(7))
    log(company, far, at, next_contact_on=day(8))
    log(company, theirs, at, "colleague", next_contact_on=TODAY)
    mine = reminders(viewer=company.viewer("owner"), on=TODAY)
    assert [(each.account, each.due, each.days, each.note) for each in mine] == [
        ("恒岳", Due.OVERDUE, -2, "催样品"),
        ("今天", Due.TODAY, 0, ""),
        ("将来", Due.COMING, 7, ""),
    ]
    led = reminders(viewer=company.viewer("supervisor"), on=TODAY)
    assert {each.account for each in led} == {"恒岳", "今天", "将来", "别人"}
    own = reminders(viewer=company.viewer("supervisor"), on=TODAY, owner_id=company.colleague.pk)
    assert [each.account for each in own] == ["别人"]


def test_many_entries_at_once_leave_what_one_by_one_leaves(
    company: Company, account: Account, system: Viewer, at: dt.datetime
) -> None:
    other, who, one = make_account("临海", owner=company.outsider), company.owner.pk, dt.timedelta(days=1)
    said = [
        Said(account, "phone", "约定下周看样", who, at - 20 * one, day(-10), "带样本"),
        Said(account, "meeting", "看了样本", who, at - 5 * one),
        Said(other, "wechat", "下月再谈", None, at - 2 * one, day(9), "报价"),
    ]
    services.log_contacts(said=said, by=system, at=at)
    assert standing(account) == (day(-5), NOT_PLANNED, ""), "the meeting kept what was agreed"
    assert standing(other) == (day(-2), day(9), "报价")
    told = Event.objects.filter(kind="people.logged", account_id=account.pk).order_by("pk")
    assert [(event.at, event.by_id) for event in told] == [(each.at, who) for each in said[:2]]


def test_many_entries_at_once_are_refused_as_one_is(
    company: Company, account: Account, system: Viewer, at: dt.datetime
) -> None:
    with pytest.raises(services.CannotLog):
        services.log_contacts(said=[Said(account, "phone", " ", None, at)], by=system, at=at)
    with pytest.raises(NotAllowed):
        services.log_contacts(
            said=[Said(account, "phone", "您好", None, at)], by=company.viewer("outsider"), at=at
        )
    assert not LogEntry.objects.exists()
