"""The whole way of a custom field: defined, filled in, shown, listed, filtered, searched, exported."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from panshi.domains.accounts.models import Account
from panshi.domains.accounts.services import update_account
from panshi.domains.people.models import Contact
from panshi.ground.audit.models import Change, Event
from panshi.ground.identity.models import Person
from panshi.ground.settings.models import CustomField, RecordKind
from panshi.ground.settings.reports import all_fields, custom_values
from panshi.ground.settings.services import change_field, keep_preference, retire_choice, retire_field
from tests.factories.accounts import make_account
from tests.factories.custom import choice_of, make_dictionary, make_field
from tests.factories.organisation import AT, SYSTEM, Company

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Person], Client]

FILLED = {
    "custom.site": "DH-0412",
    "custom.story": "二期在建",
    "custom.lines": "12",
    "custom.invest": "3200万",
    "custom.due": "2027-03-31",
    "custom.level": "b",
    "custom.shops": ["a", "c"],
    "custom.strategic": "1",
}


@pytest.fixture
def account(company: Company) -> Account:
    """An account with ten fields of every kind in two groups."""
    dictionary = make_dictionary("车间", "冲压", "焊装", "总装")
    make_field("text", "厂区编号", code="site", group="工厂", label_en="Site code", group_en="Plant")
    make_field("long", "扩建说明", code="story", group="工厂")
    make_field("number", "产线条数", code="lines", group="工厂", unit="条")
    make_field("money", "投资额", code="invest", group="工厂")
    make_field("day", "投产日期", code="due", group="工厂")
    make_field("choice", "自动化水平", code="level", dictionary=dictionary)
    make_field("choices", "涉及车间", code="shops", dictionary=dictionary)
    make_field("person", "技术对接人", code="engineer")
    make_field("account", "配套主机厂", code="maker")
    make_field("yes", "战略客户", code="strategic")
    return make_account("东海车桥", owner=company.owner, unit=company.units.east_one)


def sections(account: Account) -> list[str]:
    first = {spec.row.group: spec.id for spec in reversed(all_fields(viewer=SYSTEM))}
    return [f"/accounts/{account.pk}/edit/custom-{key}/" for key in (first["工厂"], first[""])]


def fill(browser: Client, account: Account, company: Company, **other: Any) -> None:
    """Fill in everything through the two forms, as a person does."""
    maker = make_account("北方重卡", owner=company.owner, unit=company.units.east_one)
    people = {"custom.engineer": str(company.colleague.pk), "custom.maker": str(maker.pk)}
    for version, address in enumerate(sections(account), start=account.version):
        answer = browser.post(address, {**FILLED, **people, "expected_version": version, **other})
        assert answer.status_code == 302, answer.content.decode()


def values_of(account: Account) -> dict[str, Any]:
    return custom_values([account.pk], fields=all_fields(viewer=SYSTEM)).get(account.pk, {})


def lines(browser: Client, address: str) -> list[list[str]]:
    answer: Any = browser.get(address)
    rows = csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig")))
    return [row for row in rows if row and not row[0].startswith("导出说明")]


def test_what_is_typed_is_stored_typed_told_and_shown(
    company: Company, signed_in: SignedIn, account: Account
) -> None:
    browser = signed_in(company.owner)
    fill(browser, account, company)
    stored = values_of(account)
    assert (stored["custom.site"], str(stored["custom.invest"])) == ("DH-0412", "32000000.00")
    assert (stored["custom.level"], stored["custom.shops"]) == ("b", ("a", "c"))
    assert stored["custom.engineer"] == company.colleague.pk
    account.refresh_from_db()
    assert account.version == 3
    events = Event.objects.filter(kind="accounts.changed", account_id=account.pk)
    told = set(Change.objects.filter(event__in=events).values_list("field", "before", "after"))
    assert ("custom.shops", "", "a,c") in told
    assert ("custom.due", "", "2027-03-31") in told
    page = browser.get(f"/accounts/{account.pk}/profile/").content.decode()
    for shown in ("工厂", "DH-0412", "12 条", "2027-03-31", "焊装", "冲压、总装", "林可", "北方重卡"):
        assert shown in page
    history = browser.get(f"/accounts/{account.pk}/history/").content.decode()
    assert "涉及车间 – → 冲压、总装" in history


def test_in_english_labels_groups_and_choices_are_english(
    company: Company, signed_in: SignedIn, account: Account
) -> None:
    fill(signed_in(company.owner), account, company)
    Person.objects.filter(pk=company.owner.pk).update(language="en")
    page = signed_in(company.owner).get(f"/accounts/{account.pk}/profile/").content.decode()
    assert "Plant" in page
    assert "Site code" in page
    assert "Choice 0, Choice 2" in page
    assert "厂区编号" not in page


NARROWED = {
    "custom.site=dh-04": True,
    "custom.site=zz": False,
    "custom.story=在建": True,
    "custom.lines.min=12&custom.lines.max=12": True,
    "custom.lines.min=13": False,
    "custom.invest.min=3000万": True,
    "custom.due.from=2027-01-01&custom.due.to=2027-06-30": True,
    "custom.due.to=2026-12-31": False,
    "custom.strategic=1": True,
    "custom.strategic=0": False,
    "custom.site.is=filled": True,
    "custom.site.is=empty": False,
}


@pytest.mark.parametrize("query", NARROWED)
def test_every_kind_filters(company: Company, signed_in: SignedIn, account: Account, query: str) -> None:
    browser = signed_in(company.owner)
    fill(browser, account, company)
    make_account("无字段客户", owner=company.owner, unit=company.units.east_one)
    names = [row[0] for row in lines(browser, f"/accounts/export/?format=csv&{query}")[1:]]
    assert ("东海车桥" in names) is NARROWED[query]
    assert ("无字段客户" in names) is (query == "custom.site.is=empty")


def test_choices_people_and_accounts_filter_by_key(
    company: Company, signed_in: SignedIn, account: Account
) -> None:
    browser = signed_in(company.owner)
    fill(browser, account, company)
    maker = Account.objects.get(name="北方重卡")
    held = choice_of(CustomField.objects.get(code="shops").dictionary, "c")  # type: ignore[arg-type]
    free = choice_of(CustomField.objects.get(code="shops").dictionary, "b")  # type: ignore[arg-type]
    for query, found in (
        (f"custom.shops={held.pk}", ["东海车桥"]),
        (f"custom.shops={free.pk}", []),
        (f"custom.engineer={company.colleague.pk}", ["东海车桥"]),
        ("custom.engineer=none", ["北方重卡"]),
        (f"custom.maker={maker.pk}", ["东海车桥"]),
    ):
        assert [row[0] for row in lines(browser, f"/accounts/export/?format=csv&{query}")[1:]] == found, query


def test_columns_stand_in_list_and_export(company: Company, signed_in: SignedIn, account: Account) -> None:
    browser = signed_in(company.owner)
    fill(browser, account, company)
    names = [f"custom.{code}" for code in ("site", "lines", "shops", "engineer", "maker", "strategic", "due")]
    keep_preference(name="list.accounts", value={"columns": names}, by=company.viewer("owner"))
    headings, *rows = lines(browser, "/accounts/export/?format=csv&q=东海车桥")
    told = dict(zip(headings, rows[0], strict=True))
    assert told["涉及车间"] == "冲压、总装"
    assert (told["产线条数"], told["技术对接人"], told["配套主机厂"]) == ("12", "林可", "北方重卡")
    assert (told["战略客户"], told["投产日期"]) == ("是", "2027-03-31")
    assert "12 条" in browser.get("/accounts/").content.decode()


def test_the_search_box_finds_texts(company: Company, signed_in: SignedIn, account: Account) -> None:
    browser = signed_in(company.owner)
    fill(browser, account, company)
    assert "东海车桥" in browser.get("/search/?q=DH-0412").content.decode()
    assert lines(browser, "/accounts/export/?format=csv&q=DH-0412")[1][0] == "东海车桥"


def test_refusals_come_back_at_the_field_and_nothing_is_lost(
    company: Company, signed_in: SignedIn, account: Account
) -> None:
    browser = signed_in(company.owner)
    first, second = sections(account)
    bad = {"custom.lines": "十二条", "custom.due": "2027-02-30", "custom.site": "DH"}
    answer = browser.post(first, {**bad, "expected_version": 1})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "“十二条”不是数字。" in page
    assert "“2027-02-30”不是日期。" in page
    assert 'value="DH"' in page
    outside = make_account("别家客户", owner=company.outsider, unit=company.units.south_one)
    answer = browser.post(second, {"custom.maker": str(outside.pk), "expected_version": 1})
    assert "没有这个客户。" in answer.content.decode()
    assert values_of(account) == {}


def test_two_people_see_base_mine_and_theirs(company: Company, signed_in: SignedIn, account: Account) -> None:
    browser = signed_in(company.owner)
    _first, second = sections(account)
    update_account(
        account=account, values={"custom.shops": "b", "custom.level": "c"}, expected_version=1,
        by=company.viewer("supervisor"), at=AT,
    )  # fmt: skip
    answer = browser.post(second, {"custom.shops": ["a"], "custom.level": "", "expected_version": 1})
    page = answer.content.decode()
    assert answer.status_code == 409
    for words in ("涉及车间", "焊装", "冲压"):
        assert words in page
    assert values_of(account)["custom.shops"] == ("b",)
    sent = {"custom.shops": ["a"], "expected_version": 2, "choose-custom.shops": "theirs"}
    assert browser.post(second, {**sent, "custom.level": "a"}).status_code == 302
    assert values_of(account) == {"custom.shops": ("b",), "custom.level": "a"}


def test_a_field_made_required_asks_only_where_it_is_edited(
    company: Company, signed_in: SignedIn, account: Account
) -> None:
    field = CustomField.objects.get(code="site")
    change_field(field=field, values={"required": True}, expected_version=1, by=SYSTEM, at=AT)
    browser = signed_in(company.owner)
    own = browser.post(
        f"/accounts/{account.pk}/edit/", {"name": "东海车桥", "phone": "1", "expected_version": 1}
    )
    assert own.status_code == 302  # what was valid stays so
    factory, _other = sections(account)
    assert browser.post(factory, {"custom.lines": "3", "expected_version": 2}).status_code == 422
    new = browser.post("/accounts/new/", {"name": "西山精工"})
    assert new.status_code == 422
    assert 'name="custom.site"' in new.content.decode()
    made = browser.post("/accounts/new/", {"name": "西山精工", "custom.site": "XS-1"})
    assert made.status_code == 302
    assert values_of(Account.objects.get(name="西山精工")) == {"custom.site": "XS-1"}


def test_a_retired_choice_stays_where_it_is_and_is_offered_to_nobody_else(
    company: Company, signed_in: SignedIn, account: Account
) -> None:
    browser = signed_in(company.owner)
    fill(browser, account, company)
    dictionary = CustomField.objects.get(code="level").dictionary
    assert dictionary is not None
    retire_choice(choice=choice_of(dictionary, "b"), by=SYSTEM, at=AT)
    _first, second = sections(account)
    assert "焊装（已停用）" in browser.get(second).content.decode()
    other = make_account("南方底盘", owner=company.owner, unit=company.units.east_one)
    assert "焊装" not in browser.get(sections(other)[1]).content.decode()
    assert browser.post(sections(other)[1], {"custom.level": "b", "expected_version": 1}).status_code == 422


def test_a_retired_field_is_shown_nowhere_and_keeps_its_values(
    company: Company, signed_in: SignedIn, account: Account
) -> None:
    browser = signed_in(company.owner)
    fill(browser, account, company)
    retire_field(field=CustomField.objects.get(code="site"), by=SYSTEM, at=AT)
    assert "DH-0412" not in browser.get(f"/accounts/{account.pk}/profile/").content.decode()
    assert "custom.site" not in browser.get("/accounts/?part=columns").content.decode()
    assert values_of(account)["custom.site"] == "DH-0412"


def test_contacts_carry_fields_too(company: Company, signed_in: SignedIn, account: Account) -> None:
    make_field("text", "工位", record_kind=RecordKind.CONTACT, code="desk", required=True)
    make_field("yes", "技术决策人", record_kind=RecordKind.CONTACT, code="decides")
    browser = signed_in(company.owner)
    address = f"/people/of/{account.pk}/new/"
    assert browser.post(address, {"name": "魏工"}).status_code == 422
    assert browser.post(address, {"name": "魏工", "custom.desk": "B-17"}).status_code == 302
    contact = Contact.objects.get(name="魏工")
    edit = f"/people/{contact.pk}/"
    assert 'value="B-17"' in browser.get(edit).content.decode()
    sent = {"name": "魏工", "custom.desk": "B-18", "custom.decides": "1", "expected_version": 1}
    assert browser.post(edit, sent).status_code == 302
    found = lines(browser, "/people/export/?format=csv&custom.decides=1")
    assert [row[0] for row in found[1:]] == ["魏工"]
    assert "魏工" in browser.get("/search/?q=B-18").content.decode()
    assert signed_in(company.outsider).get(edit).status_code == 404
