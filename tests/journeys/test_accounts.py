"""The account room in a real browser: from sign-in to a logged contact, by mouse, by keyboard and on a phone."""

import re

import pytest
from playwright.sync_api import Page, expect

from panshi.domains.accounts.models import Account
from panshi.domains.accounts.services import rebuild_accounts
from panshi.domains.people.models import Contact, LogEntry
from tests.factories.accounts import make_account
from tests.factories.organisation import AT, PASSWORD, Company, make_person
from tests.journeys.conftest import Visit, inaccessible

pytestmark = pytest.mark.journey


@pytest.fixture
def accounts(company: Company) -> list[Account]:
    """Accounts over more than one page, with a group, contacts and figures."""
    mine = {"owner": company.owner, "unit": company.units.east_one}
    made = [
        make_account(f"长江{number:03d}装备有限公司", sales_12m=number * 10_000, **mine)
        for number in range(60)
    ]
    head = make_account(
        "恒岳重工机械有限公司", abc_class="A", sales_12m=12_864_000, sales_prior_12m=11_000_000, **mine
    )
    make_account("恒岳铸造有限公司", parent=head, group=head, **mine)
    Account.objects.filter(pk=head.pk).update(group=head)
    head.refresh_from_db()
    Contact.objects.create(account=head, name="王工", title="技术部", created_at=AT, updated_at=AT)
    rebuild_accounts()
    return [head, *made]


PAGES = (
    *("/accounts/", "/accounts/?abc=A&owner=me&sort=-sales", "/accounts/?q=没有这样的客户", "/accounts/new/"),
    *("/imports/new/", "/accounts/{pk}/", "/accounts/{pk}/profile/", "/accounts/{pk}/contacts/"),
    *("/accounts/{pk}/log/", "/accounts/{pk}/group/", "/accounts/{pk}/history/", "/accounts/{pk}/edit/"),
    *("/people/", "/people/log/", "/people/log/new/{pk}/", "/search/?q=恒岳", "/", "/accounts/?part=filters"),
)


@pytest.mark.parametrize("address", PAGES)
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    accounts: list[Account], company: Company, visit: Visit, address: str
) -> None:
    for width, scheme in ((1440, "light"), (390, "dark")):
        page = visit(address.format(pk=accounts[0].pk), company.director, width=width, scheme=scheme)
        assert inaccessible(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_sign_in_and_open_an_account_that_looks_like_another(
    accounts: list[Account], company: Company, visit: Visit
) -> None:
    make_person(
        "新人", role="key_account_manager", unit=company.units.east_one, username="xinren", password=PASSWORD
    )
    page = visit("/accounts/new/")
    page.fill("input[name=login]", "xinren")
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/accounts/new/")
    page.locator("#id_name").press_sequentially("恒岳重工机械")
    expect(page.locator("#candidates")).to_contain_text("您权限之外的客户")
    page.get_by_role("button", name="建立档案").click()
    reason = page.get_by_label("确实是另一家客户的理由")
    expect(reason).to_be_visible()
    expect(page.locator("#id_name")).to_have_value("恒岳重工机械")
    reason.fill("同名，另一家")
    page.get_by_role("button", name="建立档案").click()
    page.wait_for_url(re.compile(r"/accounts/\d+/"))
    expect(page.locator("h1")).to_have_text("恒岳重工机械")


def test_a_contact_is_logged_from_the_record_and_the_page_shows_it(
    accounts: list[Account], company: Company, visit: Visit
) -> None:
    page = visit(f"/accounts/{accounts[0].pk}/", company.owner)
    page.keyboard.press("n")
    drawer = page.locator("#drawer")
    expect(drawer.get_by_label("内容")).to_be_focused()
    page.keyboard.type("问了二期计划，月底给方案")
    drawer.get_by_label("下次联系", exact=True).fill("2099-01-01")
    assert inaccessible(page) == []
    drawer.get_by_role("button", name="记下").click()
    expect(drawer).to_be_hidden()
    expect(page.locator("#record")).to_contain_text("问了二期计划")
    assert LogEntry.objects.count() == 1


def test_a_list_is_narrowed_sorted_and_paged_without_loading_the_page_anew(
    accounts: list[Account], company: Company, visit: Visit
) -> None:
    page = visit("/accounts/", company.owner)
    page.evaluate("window.stays = true")
    page.get_by_role("link", name="近 12 个月销售").click()
    expect(page.locator("tbody tr").first).to_contain_text("恒岳重工机械")
    page.get_by_role("link", name="下一页").focus()
    page.keyboard.press("Enter")
    expect(page.locator("nav.under")).to_contain_text("第 2 页")
    page.get_by_role("link", name="首页", exact=True).click()
    page.get_by_role("link", name="条件", exact=True).click()
    page.locator("#drawer").get_by_label("A 类").check()
    assert inaccessible(page) == []
    page.get_by_role("button", name="应用条件").click()
    expect(page.locator("#drawer")).to_be_hidden()
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("#list-count")).to_have_text("1")
    page.get_by_role("link", name="去掉条件：ABC 分类").click()
    expect(page.locator("tbody tr")).to_have_count(50)
    page.locator("#list-q").press_sequentially("恒岳")
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page.locator("#list-q")).to_be_focused()
    assert page.evaluate("window.stays")
    page.reload()
    expect(page.locator("tbody tr")).to_have_count(2)


def edit(page: Page, field: str, value: str) -> None:
    page.get_by_role("link", name="修改 基本信息").or_(
        page.get_by_role("link", name="修改基本信息")
    ).first.click()
    page.locator("#drawer").get_by_label(field, exact=True).fill(value)


def test_two_tabs_edit_one_record_and_nobody_loses_anything(
    accounts: list[Account], company: Company, visit: Visit
) -> None:
    address = f"/accounts/{accounts[0].pk}/profile/"
    mine, theirs = visit(address, company.owner), visit(address, company.director)
    edit(mine, "简称", "恒岳")
    edit(theirs, "简称", "恒岳重工")
    theirs.get_by_role("button", name="保存").click()
    expect(theirs.locator("#drawer")).to_be_hidden()
    mine.locator("#drawer").get_by_label("地址", exact=True).fill("武汉市江夏区")
    mine.get_by_role("button", name="保存").click()
    expect(mine.locator("#drawer")).to_contain_text("对方已保存")
    assert inaccessible(mine) == []
    mine.locator("#drawer").get_by_label("恒岳重工", exact=True).check()
    mine.get_by_role("button", name="保存").click()
    expect(mine.locator("#drawer")).to_be_hidden()
    expect(mine.locator("#record")).to_contain_text("武汉市江夏区")
    expect(mine.locator("#record")).to_contain_text("恒岳重工")


def test_the_phone_shows_cards_and_logs_a_contact(
    accounts: list[Account], company: Company, visit: Visit
) -> None:
    page = visit("/accounts/?sort=-sales", company.owner, width=390)
    page.locator("tbody tr").first.locator("td.title a").click()
    page.wait_for_url(re.compile(r"/accounts/\d+/"))
    page.get_by_role("link", name="写跟进", exact=True).click()
    page.locator("#drawer").get_by_label("内容").fill("在展会遇到王工")
    page.locator("#drawer").get_by_role("button", name="记下").click()
    expect(page.locator("#drawer")).to_be_hidden()
    expect(page.locator("#record")).to_contain_text("在展会遇到王工")


def test_a_person_in_english_meets_no_chinese_words_of_ours(
    accounts: list[Account], company: Company, visit: Visit
) -> None:
    company.owner.language = "en"
    company.owner.save(update_fields=["language"])
    for address in ("/accounts/", f"/accounts/{accounts[5].pk}/profile/", "/accounts/new/", "/people/", "/"):
        page = visit(address, company.owner)
        text = page.locator("#content").inner_text()
        names = (
            *Account.objects.values_list("name", flat=True),
            *Contact.objects.values_list("name", flat=True),
        )
        for name in (*names, "技术部", company.owner.name, company.units.east_one.name):
            text = text.replace(name, "")
        assert re.findall(r"[\u4e00-\u9fff]+", text) == []
