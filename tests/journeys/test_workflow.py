"""Processes in a real browser: define, publish, apply, approve on a phone, send back and return, see it drawn."""

import re

import pytest
from playwright.sync_api import Page, expect

from panshi.workflow.models import Process, ProcessVersion, Request, Task
from tests.factories.organisation import Company
from tests.journeys.conftest import Visit, inaccessible
from tests.workflow.processes import agree, make_process, start, step

pytestmark = pytest.mark.journey


def cell(page: Page, grid: str, row: int, column: int, text: str) -> None:
    """Type into a cell of a grid as one would: click it, type over, go on."""
    page.get_by_role("grid", name=grid).locator("tbody tr").nth(row).locator("td").nth(column).click()
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def approve(page: Page, remark: str) -> None:
    """Agree from the bar of the request's page."""
    page.get_by_role("link", name="同意", exact=True).click()
    drawer = page.locator("#drawer")
    drawer.locator("textarea[name=remark]").fill(remark)
    drawer.get_by_role("button", name="同意", exact=True).click()
    expect(drawer).to_be_hidden()


def test_two_steps_are_defined_published_and_approved_on_a_phone(company: Company, visit: Visit) -> None:
    page = visit("/process/definitions/new/", company.administrator)
    page.get_by_label("名称").fill("出差申请")
    page.get_by_label("代号").fill("travel")
    page.get_by_role("button", name="新建").last.click()
    page.wait_for_url(re.compile(r"/definitions/\d+/edit/"))
    page.get_by_role("button", name="加一步").click()
    cell(page, "步骤表", 1, 0, "总经理审批")
    cell(page, "步骤表", 1, 2, "不存在的人")
    expect(page.get_by_role("status").filter(has_text="处问题")).to_be_visible()
    expect(page.get_by_role("grid", name="步骤表").locator("td.bad")).to_have_count(1)
    cell(page, "步骤表", 1, 2, "全公司的总经理")
    expect(page.get_by_role("grid", name="步骤表").locator("td.bad")).to_have_count(0)
    expect(page.locator(".diagram-canvas .djs-shape").filter(has_text="总经理审批").first).to_be_visible()
    page.get_by_role("button", name="试走一遍").click()
    expect(page.get_by_text("全部同意后通过。")).to_be_visible()
    assert inaccessible(page) == []
    page.get_by_role("button", name="发布…").click()
    page.wait_for_url("**/publish/")
    page.get_by_label("发布说明").fill("第一版")
    page.get_by_role("button", name="发布").last.click()
    page.wait_for_url(re.compile(r"/definitions/\d+/$"))
    assert ProcessVersion.objects.get(process__key="travel").state == "published"

    page = visit("/process/start/travel/", company.owner)
    page.get_by_label("标题").fill("去武汉拜访客户")
    page.get_by_role("button", name="提交").click()
    page.wait_for_url(re.compile(r"/process/\d+/"))
    request = Request.objects.get()

    for person, remark in ((company.supervisor, "同意，注意安全"), (company.general_manager, "同意")):
        phone = visit(f"/process/{request.pk}/", person, width=390)
        assert phone.evaluate("document.documentElement.scrollWidth") <= 390
        approve(phone, remark)
    request.refresh_from_db()
    assert request.state == "approved"

    phone = visit(f"/process/requests/{request.pk}/diagram/", company.owner, width=390, scheme="dark")
    expect(phone.locator("[data-drawn]")).to_be_visible()
    expect(phone.locator(".diagram-canvas .is-finished[data-element-id='step1']")).to_be_visible()
    expect(phone.locator(".bjs-powered-by")).to_be_visible()
    phone.locator("[data-node='step1']").click()
    expect(phone.locator("[data-panel]")).to_contain_text(company.supervisor.name)


def test_sent_back_it_is_corrected_and_goes_straight_to_the_sender(company: Company, visit: Visit) -> None:
    make_process(
        "leave",
        [step("first", "applicant.superior"), step("second", "role:general_manager")],
        form=[{"name": "title", "label": "标题", "kind": "text", "required": True}],
    )
    request = start("leave", company.owner, title="请假")
    agree(request, company.supervisor)
    page = visit(f"/process/{request.pk}/", company.general_manager, width=390)
    page.get_by_text("更多", exact=True).first.click()
    page.get_by_role("link", name="退回", exact=True).click()
    drawer = page.locator("#drawer")
    drawer.locator("textarea[name=remark]").fill("请写明日期")
    drawer.get_by_role("button", name="退回", exact=True).click()
    expect(drawer).to_be_hidden()
    request.refresh_from_db()
    assert request.cycle == 2
    back = Task.objects.get(request=request, state="open")
    if back.node:
        page = visit(f"/process/{request.pk}/", company.supervisor)
        approve(page, "已核实")
    else:
        page = visit(f"/process/{request.pk}/", company.owner)
        page.get_by_role("link", name="修改并重新提交").click()
        page.locator("#drawer").get_by_role("button", name=re.compile("提交")).click()
        expect(page.locator("#drawer")).to_be_hidden()
    assert Task.objects.get(request=request, state="open").node == "second"
    page = visit(f"/process/{request.pk}/", company.general_manager)
    approve(page, "同意")
    request.refresh_from_db()
    assert request.state == "approved"


@pytest.fixture
def running(company: Company) -> Request:
    """A request at its first step, and one that nobody can do."""
    make_process("orphan", [step("first", "role:finance")])
    start("orphan", company.owner)
    make_process(
        "leave", [step("first", "applicant.superior", days=2), step("second", "role:general_manager")]
    )
    return start("leave", company.owner)


PAGES = (
    *("/process/requests/{pk}/diagram/", "/process/definitions/", "/process/definitions/{process}/"),
    *(
        "/process/definitions/{process}/edit/",
        "/process/definitions/{process}/1/",
        "/process/definitions/new/",
    ),
    *("/process/definitions/{process}/import/", "/process/statistics/", "/process/queue/", "/process/"),
    *("/process/{pk}/", "/process/start/", "/process/start/leave/"),
)


@pytest.mark.parametrize("address", PAGES)
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    running: Request, company: Company, visit: Visit, address: str
) -> None:
    process = Process.objects.get(key="leave")
    person = company.operations
    for width, scheme in ((1440, "light"), (390, "dark")):
        page = visit(address.format(pk=running.pk, process=process.pk), person, width=width, scheme=scheme)
        if re.search(r"diagram/|/edit/|\{process\}/(1/)?$", address):
            expect(page.locator("[data-drawn]")).to_be_visible()
        assert inaccessible(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_what_is_told_on_a_phone_stands_above_the_buttons(
    running: Request, company: Company, visit: Visit
) -> None:
    page = visit(f"/process/{running.pk}/", company.supervisor, width=390)
    page.get_by_text("更多", exact=True).first.click()
    page.get_by_role("link", name="评论", exact=True).click()
    drawer = page.locator("#drawer")
    drawer.locator("textarea").first.fill("请补充报价单")
    drawer.get_by_role("button", name="评论", exact=True).click()
    toast = page.locator(".toasts .toast").first
    expect(toast).to_be_visible()
    told, bar = toast.bounding_box(), page.locator(".page-head .act-bar").bounding_box()
    assert told is not None
    assert bar is not None
    assert told["y"] + told["height"] <= bar["y"]
