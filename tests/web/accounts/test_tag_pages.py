"""Tags on the pages: on the record, in the list's filter and column, on many accounts at once."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from panshi.domains.accounts.models import Account, AccountTag
from panshi.ground.identity.models import Person
from panshi.web.accounts.tagging import tag_values
from tests.factories.accounts import make_account
from tests.factories.organisation import Company

pytestmark = pytest.mark.django_db
Browser = Callable[[Person], Client]


@pytest.fixture
def accounts(company: Company) -> list[Account]:
    mine = {"owner": company.owner, "unit": company.units.east_one}
    return [make_account("玄武岩有限公司", **mine), make_account("花岗岩有限公司", **mine)]  # type: ignore[arg-type]


def text(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined, no-any-return]


def test_a_tag_is_put_on_shown_and_leads_to_the_others(
    company: Company, accounts: list[Account], signed_in: Browser
) -> None:
    browser, address = signed_in(company.owner), reverse("accounts:tags", args=[accounts[0].pk])
    assert browser.get(address).status_code == 200
    assert browser.post(address, {"tags": "标杆客户"}).status_code == 302
    page = text(browser.get(reverse("accounts:detail", args=[accounts[0].pk])))
    link = re.search(r'href="(/accounts/\?tag=[^"]+)"', page)
    assert link is not None
    shown = text(browser.get(link[1]))
    assert "玄武岩有限公司" in shown
    assert "花岗岩有限公司" not in shown
    history = text(browser.get(reverse("accounts:detail", args=[accounts[0].pk, "history"])))
    assert "修改标签" in history
    assert "– → 标杆客户" in history


def test_a_long_tag_is_refused_at_the_field(
    company: Company, accounts: list[Account], signed_in: Browser
) -> None:
    address = reverse("accounts:tags", args=[accounts[0].pk])
    answer = signed_in(company.owner).post(address, {"tags": "长" * 30})
    assert answer.status_code == 422
    assert "太长" in text(answer)


def test_who_cannot_see_or_change_the_account(
    company: Company, accounts: list[Account], signed_in: Browser
) -> None:
    address = reverse("accounts:tags", args=[accounts[0].pk])
    assert signed_in(company.outsider).get(address).status_code == 404
    assert signed_in(company.compliance).post(address, {"tags": "标杆"}).status_code == 403
    assert not AccountTag.objects.exists()


@pytest.mark.parametrize("query", ["tag=%00", "tag=" + "a" * 400, "tag=%20", "tag=nobody"])
def test_nonsense_in_the_filter_breaks_nothing(
    company: Company, accounts: list[Account], signed_in: Browser, query: str
) -> None:
    assert signed_in(company.owner).get(f"/accounts/?{query}").status_code == 200


def test_many_are_tagged_filtered_listed_and_undone(
    company: Company, accounts: list[Account], signed_in: Browser
) -> None:
    browser = signed_in(company.owner)
    picked = {"act": "tag", "pk": [account.pk for account in accounts]}
    act = browser.post(reverse("accounts:list_bulk"), picked)["Location"]
    assert browser.post(act, {"add": "", "remove": ""}).status_code == 422
    assert "加上 标杆客户" in text(browser.post(act, {"add": "标杆客户"}))
    browser.post(act, {"add": "标杆客户", "confirmed": "1"})
    assert AccountTag.objects.count() == 2
    columns = text(browser.get("/accounts/?tag=标杆客户&cols=name,tags"))
    assert columns.count("标杆客户") > 2
    assert "标杆客户" in text(browser.get("/accounts/?part=filters"))
    browser.post(act + "undo/")
    assert not AccountTag.objects.exists()


def test_tags_in_a_list_are_set_apart_in_the_readers_language(
    company: Company, accounts: list[Account], signed_in: Browser
) -> None:
    key = accounts[0].pk
    signed_in(company.owner).post(reverse("accounts:tags", args=[key]), {"tags": "重点、标杆"})
    for language, mark in (("zh-hans", "、"), ("en", ", ")):
        with override(language):
            shown = tag_values([key])[key]["tag_names"]
        assert sorted(shown.split(mark)) == ["标杆", "重点"]
