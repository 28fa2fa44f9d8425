"""The account room: opening, editing, what two people do at once, duplicates, team, pickers, and who may see what."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from panshi.domains.accounts.models import Account, TeamMember
from panshi.domains.accounts.services import rebuild_accounts, update_account
from panshi.domains.people.models import Contact, LogEntry
from panshi.ground.identity.models import Person
from panshi.workflow.models import Absence
from tests.factories.accounts import make_account
from tests.factories.organisation import AT, Company

Browser = Callable[[Person], Client]
HTMX = {"HX-Request": "true", "HX-Target": "drawer-body"}
TABS = ("", "profile/", "contacts/", "log/", "group/", "history/")


@pytest.fixture
def account(company: Company) -> Account:
    """An account the owner holds."""
    return make_account(
        "恒岳重工机械有限公司", owner=company.owner, unit=company.units.east_one, phone="027-88886666"
    )


def section(account: Account, **changes: str) -> dict[str, str]:
    """The first section of the card as the form sends it."""
    fields = (
        "name",
        "short_name",
        "uscc",
        "ownership_type",
        "size",
        "industry",
        "region",
        "address",
        "phone",
        "website",
    )
    sent = {name: str(getattr(account, name)) for name in fields}
    return sent | {"expected_version": str(account.version)} | changes


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize(
    ("who", "status"),
    [("owner", 200), ("teammate", 404), ("director", 200), ("outsider", 404), ("newcomer", 404)],
)
def test_an_account_opens_only_to_those_who_may_see_it(
    account: Account, company: Company, signed_in: Browser, who: str, status: int, tab: str
) -> None:
    answer = signed_in(getattr(company, who)).get(f"/accounts/{account.pk}/{tab}")
    assert answer.status_code in ({status} if status == 200 else {403, 404})


def test_every_tab_answers_whole_and_as_a_part(
    account: Account, company: Company, signed_in: Browser
) -> None:
    browser = signed_in(company.owner)
    for tab in TABS:
        part = browser.get(
            f"/accounts/{account.pk}/{tab}", headers={"HX-Request": "true", "HX-Target": "record"}
        )
        assert part.status_code == 200
        assert b"<html" not in part.content
        assert 'aria-current="page"' in part.content.decode()
    assert browser.get(f"/accounts/{account.pk}/nothing/").status_code == 404


def test_the_overview_says_who_answers_for_an_absent_owner(
    account: Account, company: Company, signed_in: Browser
) -> None:
    browser, today = signed_in(company.supervisor), timezone.localdate()
    assert "代理到" not in browser.get(f"/accounts/{account.pk}/").content.decode()
    away = {"person": company.owner, "substitute": company.colleague, "created_at": AT}
    Absence.objects.create(since_on=today, until_on=today, processes="leave", **away)  # for one process only
    assert "代理到" not in browser.get(f"/accounts/{account.pk}/").content.decode()
    Absence.objects.create(since_on=today, until_on=today, **away)
    assert f"由 {company.colleague.name} 代理到" in browser.get(f"/accounts/{account.pk}/").content.decode()


def test_history_writes_amounts_and_codes_as_people_do(
    account: Account, company: Company, signed_in: Browser
) -> None:
    by = company.viewer("owner")
    for name, value in (
        ("registered_capital", "12500万"),
        ("region", "320500"),
        ("ownership_type", "private"),
    ):
        account.refresh_from_db()
        update_account(
            account=account,
            values={name: value},
            expected_version=account.version,
            fact_reason="核对",
            by=by,
            at=AT,
        )
    history = signed_in(company.owner).get(f"/accounts/{account.pk}/history/").content.decode()
    for words in ("→ 125,000,000 元", "→ 江苏 苏州市", "→ 民营企业"):
        assert words in history
    assert "320500" not in history


def test_a_section_is_saved_and_its_history_told(
    account: Account, company: Company, signed_in: Browser
) -> None:
    browser = signed_in(company.owner)
    answer = browser.post(f"/accounts/{account.pk}/edit/", section(account, short_name="恒岳"), headers=HTMX)
    assert answer.status_code == 204
    assert "panshi:close" in answer["HX-Trigger"]
    account.refresh_from_db()
    assert account.short_name == "恒岳"
    history = browser.get(f"/accounts/{account.pk}/history/").content.decode()
    assert "修改 简称" in history
    assert "简称 – → 恒岳" not in history, "a single field is named once"
    assert "– → 恒岳" in history
    assert "沈南舟" in history


def test_what_the_service_refuses_comes_back_at_the_field_with_all_that_was_typed(
    account: Account, company: Company, signed_in: Browser
) -> None:
    sent = section(account, uscc="91420100MA4KXXXXX1", address="新地址 1 号")
    answer = signed_in(company.owner).post(f"/accounts/{account.pk}/edit/", sent, headers=HTMX)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="id_uscc-error"' in text
    assert 'value="新地址 1 号"' in text
    account.refresh_from_db()
    assert account.address == ""


def test_two_people_at_once_see_base_mine_and_theirs_and_nothing_is_lost(
    account: Account, company: Company, signed_in: Browser
) -> None:
    owner, director = signed_in(company.owner), signed_in(company.director)
    mine = section(account, short_name="恒岳", address="我写的地址")
    theirs = section(account, short_name="恒岳重工", website="https://hengyue.example")
    assert director.post(f"/accounts/{account.pk}/edit/", theirs, headers=HTMX).status_code == 204

    refused = owner.post(f"/accounts/{account.pk}/edit/", mine, headers=HTMX)
    text = refused.content.decode()
    assert refused.status_code == 409
    for words in ("我写的地址", "恒岳重工", "打开时", "我的修改", "对方已保存"):
        assert words in text
    version = re.search(r'name="expected_version" value="(\d+)"', text)
    assert version is not None

    again = mine | {
        "expected_version": version[1],
        "choose-short_name": "theirs",
        "choose-website": "theirs",
        "choose-address": "mine",
    }
    assert owner.post(f"/accounts/{account.pk}/edit/", again, headers=HTMX).status_code == 204
    account.refresh_from_db()
    assert (account.short_name, account.website, account.address) == (
        "恒岳重工",
        "https://hengyue.example",
        "我写的地址",
    )


def opening(name: str, **more: str) -> dict[str, str]:
    return {"name": name, **more}


def test_a_likely_duplicate_is_shown_before_saving_and_passed_over_only_with_a_reason(
    account: Account, company: Company, signed_in: Browser
) -> None:
    browser = signed_in(company.owner)
    refused = browser.post("/accounts/new/", opening("恒岳重工机械（有限公司）", address="武汉"))
    text = refused.content.decode()
    assert refused.status_code == 422
    assert f"/accounts/{account.pk}/" in text
    assert 'value="武汉"' in text
    assert Account.objects.count() == 1

    wrong = browser.post("/accounts/new/", opening("恒岳重工机械", uscc="123")).content.decode()
    assert 'hx-trigger="load, ' in wrong, "another mistake does not hide the likely duplicate"

    sent = opening("恒岳重工机械（有限公司）", override_reason="同名的另一家，在宜昌")
    assert browser.post("/accounts/new/", sent).status_code == 302
    assert Account.objects.count() == 2


def test_a_duplicate_outside_my_scope_shows_only_reason_and_owner(
    account: Account, company: Company, signed_in: Browser
) -> None:
    text = (
        signed_in(company.outsider).get("/accounts/new/duplicates/", {"name": account.name}).content.decode()
    )
    assert "您权限之外的客户" in text
    assert company.owner.name in text
    assert account.code not in text
    assert f"/accounts/{account.pk}/" not in text


@pytest.mark.parametrize("who", ["teammate", "compliance", "newcomer"])
def test_who_may_not_write_is_refused(
    account: Account, company: Company, signed_in: Browser, who: str
) -> None:
    TeamMember.objects.create(
        account=account, person=company.teammate, role="sales_support", since_on=AT.date()
    )
    browser = signed_in(getattr(company, who))
    for address in (
        f"/accounts/{account.pk}/edit/",
        f"/accounts/{account.pk}/lifecycle/",
        f"/accounts/{account.pk}/owner/",
    ):
        assert browser.post(address, section(account)).status_code in {403, 404}
    assert browser.get("/accounts/new/").status_code == 403


def test_the_lifecycle_moves_with_a_reason_and_not_without(
    account: Account, company: Company, signed_in: Browser
) -> None:
    browser = signed_in(company.owner)
    sent: dict[str, Any] = {"lifecycle": "qualified", "reason": "", "expected_version": "1"}
    assert browser.post(f"/accounts/{account.pk}/lifecycle/", sent).status_code == 422
    assert (
        browser.post(f"/accounts/{account.pk}/lifecycle/", sent | {"lifecycle": "nonsense"}).status_code
        == 422
    )
    assert (
        browser.post(f"/accounts/{account.pk}/lifecycle/", sent | {"reason": "需求已确认"}).status_code == 302
    )
    account.refresh_from_db()
    assert account.lifecycle == "qualified"
    assert "需求已确认" in browser.get(f"/accounts/{account.pk}/history/").content.decode()


def test_owner_team_and_group_change_in_small_forms(
    account: Account, company: Company, signed_in: Browser
) -> None:
    director = signed_in(company.director)
    member = {"person": str(company.outsider.pk), "role": "sales_support"}
    assert director.post(f"/accounts/{account.pk}/team/join/", member, headers=HTMX).status_code == 204
    assert director.post(f"/accounts/{account.pk}/team/join/", member, headers=HTMX).status_code == 422
    assert signed_in(company.outsider).get(f"/accounts/{account.pk}/").status_code == 200
    joined = TeamMember.objects.get(account=account)
    assert director.post(f"/accounts/{account.pk}/team/{joined.pk}/leave/").status_code == 302
    assert signed_in(company.outsider).get(f"/accounts/{account.pk}/").status_code == 404

    sent = {"owner": str(company.colleague.pk), "expected_version": str(account.version)}
    assert director.post(f"/accounts/{account.pk}/owner/", sent, headers=HTMX).status_code == 204
    account.refresh_from_db()
    assert account.owner == company.colleague

    head = make_account("恒岳集团有限公司", owner=company.colleague, unit=company.units.east_one, sales_12m=5)
    sent = {"parent": str(head.pk), "expected_version": str(account.version)}
    assert director.post(f"/accounts/{account.pk}/group/place/", sent, headers=HTMX).status_code == 204
    head.refresh_from_db()
    circle = {"parent": str(account.pk), "expected_version": str(head.version)}
    assert director.post(f"/accounts/{head.pk}/group/place/", circle, headers=HTMX).status_code == 422
    assert "恒岳重工机械有限公司" in director.get(f"/accounts/{head.pk}/group/").content.decode()


def test_pickers_offer_only_what_the_person_may_see(
    account: Account, company: Company, signed_in: Browser
) -> None:
    def offered(person: Person, address: str) -> str:
        return str(signed_in(person).get(address).json())

    assert account.name in offered(company.owner, "/accounts/pick/accounts/")
    assert account.name not in offered(company.outsider, "/accounts/pick/accounts/")
    assert "沈南舟" in offered(company.owner, "/accounts/pick/people/?q=shen")
    assert "420100" in offered(company.owner, "/accounts/pick/regions/?q=武汉")


def test_a_picker_field_names_no_account_outside_my_scope(
    account: Account, company: Company, signed_in: Browser
) -> None:
    text = (
        signed_in(company.outsider)
        .post("/accounts/new/", {"name": "", "parent": str(account.pk)})
        .content.decode()
    )
    assert account.name not in text


def test_a_contact_log_line_is_one_post_and_plans_the_next(
    account: Account, company: Company, signed_in: Browser
) -> None:
    browser = signed_in(company.owner)
    contact = Contact.objects.create(account=account, name="王工", created_at=AT, updated_at=AT)
    elsewhere = make_account(owner=company.owner, unit=company.units.east_one)
    stranger = Contact.objects.create(account=elsewhere, name="外人", created_at=AT, updated_at=AT)
    page = browser.get(f"/people/log/new/{account.pk}/", headers=HTMX).content.decode()
    assert "王工" in page
    assert "外人" not in page
    today = re.search(r'name="on" value="([\d-]+)"', page)
    assert today is not None
    sent = {"kind": "phone", "text": "问了二期计划", "contact": str(contact.pk), "on": today[1]}
    assert (
        browser.post(
            f"/people/log/new/{account.pk}/", sent | {"contact": str(stranger.pk)}, headers=HTMX
        ).status_code
        == 422
    )
    assert (
        browser.post(f"/people/log/new/{account.pk}/", sent | {"text": ""}, headers=HTMX).status_code == 422
    )
    assert (
        browser.post(
            f"/people/log/new/{account.pk}/", sent | {"next_contact_on": "2099-01-01"}, headers=HTMX
        ).status_code
        == 204
    )
    assert LogEntry.objects.count() == 1
    account.refresh_from_db()
    assert str(account.next_contact_on) == "2099-01-01"
    assert "问了二期计划" in browser.get(f"/people/of/{account.pk}/log/").content.decode()
    assert signed_in(company.outsider).get(f"/people/of/{account.pk}/log/").status_code == 404


def test_a_contact_is_added_changed_and_leaves(
    account: Account, company: Company, signed_in: Browser
) -> None:
    browser = signed_in(company.owner)
    assert browser.post(f"/people/of/{account.pk}/new/", {"name": ""}, headers=HTMX).status_code == 422
    assert (
        browser.post(
            f"/people/of/{account.pk}/new/", {"name": "刘总", "email": "no"}, headers=HTMX
        ).status_code
        == 422
    )
    assert (
        browser.post(
            f"/people/of/{account.pk}/new/", {"name": "刘总", "mobile": "13900000000"}, headers=HTMX
        ).status_code
        == 204
    )
    contact = Contact.objects.get()
    stale = {"name": "刘总", "title": "副总", "expected_version": "7"}
    refused = browser.post(f"/people/{contact.pk}/", stale, headers=HTMX)
    assert refused.status_code == 409
    assert "13900000000" in refused.content.decode()
    assert (
        browser.post(f"/people/{contact.pk}/", stale | {"expected_version": "1"}, headers=HTMX).status_code
        == 204
    )
    assert (
        browser.post(f"/people/{contact.pk}/left/", {"left_on": "2026-11-01"}, headers=HTMX).status_code
        == 204
    )
    assert "已离职" in browser.get(f"/people/of/{account.pk}/").content.decode()
    assert signed_in(company.outsider).get(f"/people/{contact.pk}/").status_code == 404


def test_search_finds_only_what_the_person_may_see(
    account: Account, company: Company, signed_in: Browser
) -> None:
    rebuild_accounts()
    for words in ("重工", "hengyue", "hyzg", account.code):
        assert account.name in signed_in(company.owner).get("/search/", {"q": words}).content.decode()
        assert account.name not in signed_in(company.outsider).get("/search/", {"q": words}).content.decode()
    assert signed_in(company.owner).get("/search/", {"q": "\x00"}).status_code == 200
    part = (
        signed_in(company.owner)
        .get("/search/", {"q": "重工"}, headers={"HX-Request": "true"})
        .content.decode()
    )
    assert 'role="option"' in part
    assert "<html" not in part


@pytest.mark.parametrize(
    "who", ["owner", "director", "general_manager", "administrator", "newcomer", "compliance"]
)
def test_the_workbench_opens_for_everybody(
    account: Account, company: Company, signed_in: Browser, who: str
) -> None:
    assert signed_in(getattr(company, who)).get("/").status_code == 200


def test_who_may_only_read_is_offered_nothing_that_would_be_refused(
    account: Account, company: Company, signed_in: Browser
) -> None:
    Account.objects.filter(pk=account.pk).update(next_contact_on=timezone.localdate())
    for who, offered in ((company.owner, True), (company.compliance, False)):
        browser = signed_in(who)
        home = browser.get("/").content.decode()
        record = browser.get(f"/accounts/{account.pk}/").content.decode()
        assert account.name in home
        assert (f"/people/log/new/{account.pk}/" in home) is offered
        assert (f"/accounts/{account.pk}/edit/" in record) is offered
        assert ("更多</summary>" in record) is offered
