"""The frame in a real browser: keyboard, choices that last, both themes and the phone, nothing axe objects to."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.factories.accounts import make_account
from tests.factories.organisation import Company
from tests.journeys.conftest import Visit, inaccessible

pytestmark = pytest.mark.journey


@pytest.fixture
def accounts(company: Company) -> Company:
    """The company with three accounts of its owner."""
    for name in ("恒岳重工机械有限公司", "长江轮渡装备股份有限公司", "瑞丰精密铸造有限公司"):
        make_account(name, owner=company.owner, unit=company.units.east_one, sales_12m=1_286_400)
    return company


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("address", ["/", "/accounts/", "/sign/second-factor/", "/sign/sessions/"])
def test_axe_finds_nothing(accounts: Company, visit: Visit, address: str, width: int, scheme: str) -> None:
    page = visit(address, accounts.owner, width=width, scheme=scheme)
    assert inaccessible(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_sign_in_is_accessible_to_strangers(transactional_db: None, visit: Visit) -> None:
    assert inaccessible(visit("/sign/in/")) == []


def test_the_command_box_opens_by_key_finds_by_pinyin_and_goes(accounts: Company, visit: Visit) -> None:
    page = visit("/", accounts.owner)
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox")).to_be_focused()
    page.keyboard.type("lianxiren")
    expect(page.locator("#command [aria-selected=true]")).to_contain_text("联系人")
    assert inaccessible(page) == []
    page.keyboard.press("Enter")
    page.wait_for_url("**/people/")


def test_a_list_is_worked_through_by_keyboard(accounts: Company, visit: Visit) -> None:
    page = visit("/accounts/", accounts.owner)
    for key in ("j", "j", "x"):
        page.keyboard.press(key)
    rows = page.locator("tbody tr")
    expect(rows.nth(1)).to_have_attribute("aria-selected", "true")
    expect(page.locator("[data-picked]")).to_have_text("1")
    page.keyboard.press("o")
    page.wait_for_url(re.compile(r"/accounts/\d+/"))


def open_own_menu(page: Page) -> None:
    page.locator(".top details:last-of-type > summary").click()


def test_theme_and_unit_of_money_change_at_once_and_last(accounts: Company, visit: Visit) -> None:
    page = visit("/accounts/", accounts.owner)
    amount = page.locator("data.money").first
    expect(amount).to_have_text("128.6")
    open_own_menu(page)
    with page.expect_response("**/choose/"):
        page.locator("[data-choice=theme][value=dark]").click()
    page.locator("[data-choice=money][value=yuan]").click()
    expect(amount).to_have_text("1,286,400.00")
    expect(page.locator("body")).to_have_css("background-color", "rgb(17, 23, 22)")
    page.reload()
    expect(page.locator("data.money").first).to_have_text("1,286,400.00")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    accounts.owner.refresh_from_db()
    assert accounts.owner.theme == "dark"


def test_the_first_answer_wears_the_theme_of_the_system(accounts: Company, visit: Visit) -> None:
    for scheme, ground in (("light", "rgb(245, 247, 246)"), ("dark", "rgb(17, 23, 22)")):
        page = visit("/", accounts.owner, scheme=scheme)
        expect(page.locator("body")).to_have_css("background-color", ground)


def test_on_a_phone_everything_else_is_behind_more(accounts: Company, visit: Visit) -> None:
    page = visit("/accounts/", accounts.owner, width=390)
    expect(page.locator("#rail")).to_be_hidden()
    page.get_by_role("button", name="更多").click()
    expect(page.locator("#rail")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#rail")).to_be_hidden()


def test_the_keys_are_explained(accounts: Company, visit: Visit) -> None:
    page = visit("/", accounts.owner)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("键盘操作")
    page.keyboard.press("Escape")
    expect(page.locator("#keyboard")).to_be_hidden()
