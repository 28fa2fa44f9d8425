"""Contacts: people at an account, found by name and number, one of them primary, some gone."""

import datetime as dt
from typing import Any

import pytest

from panshi.domains.accounts.models import Account
from panshi.domains.people import services
from panshi.domains.people.models import Contact
from panshi.domains.people.reports import contacts_of
from panshi.ground.audit.models import Event
from panshi.ground.base.refusals import NotAllowed, Stale
from panshi.ground.base.viewer import Viewer
from panshi.ground.search.reports import find
from tests.factories.accounts import make_account
from tests.factories.organisation import Company

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(company: Company) -> Account:
    return make_account(owner=company.owner, unit=company.units.east_one, team=(company.teammate,))


def add(company: Company, account: Account, at: dt.datetime, who: str = "owner", **values: Any) -> Contact:
    given = {"name": "欧阳若兰"} | values
    return services.add_contact(account=account, values=given, by=company.viewer(who), at=at)


def test_a_contact_is_found_by_name_pinyin_and_number(
    company: Company, account: Account, at: dt.datetime
) -> None:
    contact = add(company, account, at, "teammate", mobile="+86 138 0013 8000", title="采购经理")
    for words in ("若兰", "ouyang", "oyrl", "13800138000"):
        assert [hit.record_id for hit in find(words, accounts=None)] == [contact.pk], words
    event = Event.objects.get(kind="people.contact_added")
    assert (event.account_id, event.subject_id) == (account.pk, contact.pk)
    assert "若兰" not in event.payload


@pytest.mark.parametrize(
    ("values", "field"),
    [({"name": " "}, "name"), ({"email": "not@"}, "email"), ({"title": "长" * 61}, "title")],
)
def test_what_is_wrong_is_named(
    company: Company, account: Account, at: dt.datetime, values: dict[str, str], field: str
) -> None:
    with pytest.raises(services.CannotSaveContact) as refusal:
        add(company, account, at, **values)
    assert list(refusal.value.errors) == [field]
    assert not Contact.objects.exists()


def test_the_contact_named_primary_last_is_primary(
    company: Company, account: Account, at: dt.datetime
) -> None:
    first, second = (
        add(company, account, at, primary=True),
        add(company, account, at, name="石磊", primary=True),
    )
    first.refresh_from_db()
    assert (first.primary, second.primary) == (False, True)
    by = company.viewer("owner")
    services.update_contact(contact=first, values={"primary": True}, expected_version=1, by=by, at=at)
    assert [contact.name for contact in contacts_of(account, viewer=by)] == ["欧阳若兰", "石磊"]
    assert Contact.objects.filter(primary=True).count() == 1


def test_who_left_stays_and_may_come_back(company: Company, account: Account, at: dt.datetime) -> None:
    by, day = company.viewer("owner"), dt.date(2026, 11, 1)
    contact = add(company, account, at, primary=True)
    gone = services.leave_contact(contact=contact, left_on=day, by=by, at=at)
    assert (gone.left_on, gone.primary) == (day, False)
    assert not Contact.objects.present().exists()
    with pytest.raises(services.CannotSaveContact):
        services.leave_contact(contact=contact, left_on=day, by=by, at=at)
    with pytest.raises(services.CannotSaveContact):
        services.update_contact(contact=contact, values={"primary": True}, expected_version=2, by=by, at=at)
    back = services.return_contact(contact=contact, by=by, at=at)
    assert back.left_on is None
    with pytest.raises(services.CannotSaveContact):
        services.return_contact(contact=contact, by=by, at=at)
    with pytest.raises(services.CannotSaveContact):
        services.leave_contact(contact=contact, left_on=dt.date(2999, 1, 1), by=by, at=at)


def test_a_stale_page_saves_nothing(company: Company, account: Account, at: dt.datetime) -> None:
    contact, by = add(company, account, at), company.viewer("owner")
    services.update_contact(contact=contact, values={"title": "厂长"}, expected_version=1, by=by, at=at)
    with pytest.raises(Stale):
        services.update_contact(contact=contact, values={"title": "经理"}, expected_version=1, by=by, at=at)
    contact.refresh_from_db()
    assert (contact.title, contact.version) == ("厂长", 2)


@pytest.mark.parametrize("who", ["outsider", "colleague", "compliance", "administrator", "newcomer"])
def test_strangers_add_and_see_nobody(company: Company, account: Account, at: dt.datetime, who: str) -> None:
    with pytest.raises(NotAllowed):
        add(company, account, at, who)
    with pytest.raises(NotAllowed):
        services.add_contacts(rows=[(account.pk, {"name": "甲"})], by=company.viewer(who), at=at)
    add(company, account, at)
    if who != "compliance":
        assert contacts_of(account, viewer=company.viewer(who)) == []


def test_many_contacts_come_in_a_few_statements(
    company: Company, account: Account, at: dt.datetime, django_assert_max_num_queries: Any
) -> None:
    rows = [
        (account.pk, {"name": f"联系人{number}", "mobile": str(13800000000 + number)})
        for number in range(500)
    ]
    with django_assert_max_num_queries(27):
        services.add_contacts(rows=rows, by=company.viewer("owner"), at=at)
    assert Contact.objects.count() == Event.objects.filter(kind="people.contact_added").count() == 500
    assert [hit.title for hit in find("13800000499", accounts=None)] == ["联系人499"]
    with pytest.raises(services.CannotSaveContact):
        services.add_contacts(rows=[(account.pk, {"title": "无名"})], by=company.viewer("owner"), at=at)


def test_people_added_at_once_keep_who_added_them_and_when(
    company: Company, account: Account, system: Viewer, at: dt.datetime
) -> None:
    when = at - dt.timedelta(days=300)
    (made,) = services.add_contacts(
        rows=[(account.pk, {"name": "甲"})], authors={account.pk: (company.owner.pk, when)}, by=system, at=at
    )
    made.refresh_from_db()
    event = Event.objects.get(kind="people.contact_added")
    assert (made.created_at, made.created_by_id) == (event.at, event.by_id) == (when, company.owner.pk)
