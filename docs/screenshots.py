"""Takes the pictures of README and the user guides from a running demo company, in both languages.

`python docs/screenshots.py http://127.0.0.1:8000` signs in with what `panshi demo` printed, given as name:password in
SHOTS_DIRECTOR, SHOTS_OPERATIONS and SHOTS_ADMINISTRATOR; chromium is taken from CHROMIUM or /usr/bin/chromium.
"""

import argparse
import csv
import io
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from palette import smaller
from playwright.sync_api import Browser, Page, sync_playwright

OUT = Path(__file__).parent / "images"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
LANGUAGES = {"zh": "zh-hans", "en": "en"}
LARGEST = 200_000
DESKTOP, PHONE = (1440, 900), (390, 844)
HEADINGS = ("客户编码", "客户名称", "单据号", "日期", "产品", "数量", "金额")


@dataclass(frozen=True)
class Shot:
    """One picture: who looks, at which address; `before` does something on the page first."""

    name: str
    who: str
    address: str
    before: Callable[[Page], None] | None = None
    size: tuple[int, int] = DESKTOP
    theme: str = "light"


def open_first_row(page: Page) -> None:
    """Go from a list to its first record."""
    page.locator("#list td.title a").first.click()
    page.wait_for_load_state("networkidle")


def open_trade(page: Page) -> None:
    """The trade tab of the largest account."""
    open_first_row(page)
    page.locator("nav.tabs a", has_text="交易").or_(
        page.locator("nav.tabs a", has_text="Trade")
    ).first.click()
    page.wait_for_load_state("networkidle")


def write_log(page: Page) -> None:
    """The drawer in which a contact is logged."""
    open_first_row(page)
    page.locator("a[href*='/log/new/'], button[hx-get*='/log/new/']").first.click()
    page.locator("#drawer form").wait_for()


def search(page: Page) -> None:
    """The command box with something found."""
    page.keyboard.press("Control+k")
    page.locator("#command input").fill("jx")
    page.locator("#command [data-found] a").first.wait_for()


def open_event(page: Page) -> None:
    """The drawer of one event."""
    page.locator("#list td.title a").nth(3).click()
    page.locator("#drawer dl").first.wait_for()


def upload_ledger(page: Page) -> None:
    """A ledger file with rows nobody can read and accounts nobody knows, at the step where columns are named."""
    known = list(csv.DictReader(io.StringIO(page.request.get("/accounts/export/?format=csv").text())))[:8]
    names = [next(value for key, value in row.items() if "公司" in value or "厂" in value) for row in known]
    rows = [
        ("", name, f"S{number:04d}", "2026-11-03", "减速机", 2, 18600) for number, name in enumerate(names)
    ]
    rows += [("N1", "新辉重工有限公司", "S0101", "2026-11-04", "联轴器", 6, 9300)]
    rows += [("N2", "远帆矿山机械厂", "S0102", "2026-11-05", "减速机", 1, 21500)]
    rows += [("N3", "海原港口设备有限公司", "S0103", "2026-11-31", "联轴器", 1, 1550)]
    rows += [("N3", "海原港口设备有限公司", "S0104", "2026-11-06", "联轴器", 1, "一千五")]
    text = io.StringIO()
    csv.writer(text).writerows([HEADINGS, *rows])
    page.locator("input[name=source]").fill("ERP")
    file = {"name": "2026-11.csv", "mimeType": "text/csv", "buffer": text.getvalue().encode("gbk")}
    page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    page.locator("main form button[type=submit], main form button.btn-primary").last.click()
    page.locator("select[name=account]").wait_for(timeout=60_000)


def preview_accounts(page: Page) -> None:
    """A file of accounts up to the preview: new ones, one that looks like a known one, one with a wrong code."""
    known = next(iter(csv.DictReader(io.StringIO(page.request.get("/accounts/export/?format=csv").text()))))
    name = next(value for value in known.values() if "公司" in value)
    rows = [
        ("客户名称", "统一社会信用代码", "电话", "地址"),
        ("新辉重工有限公司", "", "0571-88120033", "杭州市萧山区"),
        ("远帆矿山机械厂", "", "0531-66120781", "济南市历城区"),
        (name, "", "", ""),
        ("海原港口设备有限公司", "91310000MA1K00000X", "021-50120099", "上海市浦东新区"),
    ]
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    file = {"name": "客户.csv", "mimeType": "text/csv", "buffer": text.getvalue().encode("gbk")}
    page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    for _step in range(2):
        page.locator("main button.btn-primary").last.click()
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(600)


def check_ledger(page: Page) -> None:
    """The same file checked: what was read, refused, unknown."""
    upload_ledger(page)
    page.locator("main form button.btn-primary").click()
    page.locator("form[action$='/commit/']").wait_for(timeout=60_000)
    page.wait_for_load_state("networkidle")


def first_account(page: Page) -> str:
    """The address of the account with the largest sales."""
    page.goto("/accounts/?sort=-sales")
    return str(page.locator("#list td.title a").first.get_attribute("href"))


def compare(page: Page) -> None:
    """Two accounts field by field, before they are merged."""
    page.goto("/accounts/?sort=-sales")
    links = page.locator("#list td.title a")
    kept, other = (str(links.nth(place).get_attribute("href")) for place in (0, 2))
    page.goto(f"{kept}merge/{other.strip('/').split('/')[-1]}/")
    page.wait_for_load_state("networkidle")


def facts(page: Page) -> None:
    """Changed facts of an account: the registered capital is raised twice first, where nobody did so yet."""
    account = first_account(page)
    page.goto(f"{account}facts/")
    for capital, reason in (("60000000", "增资，已变更工商登记"), ("80000000", "股东会决议，二期增资")):
        if page.locator("table.data tbody tr", has_text=reason).count():
            continue
        page.goto(f"{account}edit/company/")
        page.fill("[name=registered_capital]", capital)
        page.locator("main form button.btn-primary").last.click()
        page.locator("[name=fact_reason]").wait_for()  # asked for once a known value changes
        page.fill("[name=fact_reason]", reason)
        page.locator("main form button.btn-primary").last.click()
        page.wait_for_load_state("networkidle")
        page.goto(f"{account}facts/")


def hang_files(page: Page) -> None:
    """The files of an account: two are uploaded first, where there are none yet."""
    page.goto(f"{first_account(page)}files/")
    for name, text in (
        ("年度框架协议要点.txt", "一、供货范围"),
        ("备件报价.csv", "型号,单价\nZLY-355,18600\n"),
    ):
        if page.get_by_text(name).count() == 0:
            file = {"name": name, "mimeType": "text/plain", "buffer": text.encode()}
            page.locator("main input[type=file]").first.set_input_files(file)  # type: ignore[arg-type]
            page.get_by_text(name).first.wait_for()
            page.reload()
    page.wait_for_load_state("networkidle")


def combine(page: Page) -> None:
    """The drawer in which conditions are joined with and, or."""
    page.locator("a[data-key=f]").click()
    page.locator("#drawer form").wait_for()
    page.wait_for_load_state("networkidle")


def save_view(page: Page) -> None:
    """The drawer in which conditions are kept as a view."""
    page.locator("a[href*='part=views'], button[hx-get*='part=views']").first.click()
    page.locator("#drawer form").first.wait_for()


def assign_many(page: Page) -> None:
    """Some accounts picked, and what may be done with all of them."""
    boxes = page.locator("#list td.pick input")
    for place in range(4):
        boxes.nth(place).check()
    page.wait_for_timeout(300)


def open_field(page: Page) -> None:
    """The form of a new custom field."""
    page.fill("[name=label]", "厂区编号")
    page.fill("[name=label_en]", "Site code")


def open_running(page: Page) -> None:
    """A request of several steps under way."""
    page.locator("#list td.title a", has_text="变更负责人").or_(
        page.locator("#list td.title a", has_text="SQ")
    ).first.click()
    page.wait_for_load_state("networkidle")


def draw(page: Page) -> None:
    """The diagram of that request."""
    open_running(page)
    page.goto(page.url.split("?")[0].rstrip("/") + "/diagram/")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(1500)


def open_process(page: Page) -> None:
    """The step table of the change of owner, as it is edited."""
    row = page.locator("main tr", has_text="owner_change").locator("a").first
    page.goto(f"{row.get_attribute('href')}edit/")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(1500)


def open_table(page: Page) -> None:
    """The decision table of the four classes, as it is edited."""
    row = page.locator("main tr", has_text="account_classes").or_(page.locator("main tbody tr").last)
    page.goto(f"{row.locator('a').first.get_attribute('href')}edit/")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(800)


SHOTS = (
    Shot("workbench", "director", "/"),
    Shot("accounts", "director", "/accounts/?sort=-sales"),
    Shot("account", "director", "/accounts/?sort=-sales", open_first_row),
    Shot("account-dark", "director", "/accounts/?sort=-sales", open_first_row, theme="dark"),
    Shot("account-phone", "director", "/accounts/?sort=-sales", open_first_row, size=PHONE),
    Shot("accounts-phone", "director", "/accounts/?sort=-sales", size=PHONE),
    Shot("trade", "director", "/accounts/?sort=-sales", open_trade),
    Shot("log", "director", "/accounts/?sort=-sales", write_log),
    Shot("search", "director", "/", search),
    Shot("abc", "director", "/analysis/abc/"),
    Shot("import-accounts", "operations", "/imports/new/", preview_accounts),
    Shot("import-ledger", "operations", "/ledger/import/", upload_ledger),
    Shot("import-ledger-check", "operations", "/ledger/import/", check_ledger),
    Shot("pools", "director", "/accounts/pools/"),
    Shot("pool-settings", "director", "/accounts/pools/settings/1/"),
    Shot("merge", "director", "/", compare),
    Shot("facts", "director", "/", facts),
    Shot("variance", "director", "/accounts/variances/?state=open", open_first_row),
    Shot("balances", "director", "/accounts/balances/"),
    Shot("equipment", "director", "/accounts/equipment/"),
    Shot("wallets", "director", "/accounts/wallets/"),
    Shot("conditions", "director", "/accounts/?abc=A&sort=-sales", combine),
    Shot("views", "director", "/accounts/?abc=A&sort=-sales", save_view),
    Shot("bulk", "director", "/accounts/?sort=-sales", assign_many),
    Shot("custom-field", "administrator", "/setup/fields/account/new/", open_field),
    Shot("settings", "administrator", "/setup/"),
    Shot("files", "director", "/", hang_files),
    Shot("notices", "director", "/notices/"),
    Shot("notice-choices", "director", "/notices/choices/"),
    Shot("inbox", "director", "/process/"),
    Shot("request", "director", "/process/all/?state=running", open_running),
    Shot("request-phone", "director", "/process/all/?state=running", open_running, size=PHONE),
    Shot("diagram", "director", "/process/all/?state=running", draw),
    Shot("step-table", "administrator", "/process/definitions/", open_process),
    Shot("decision-table", "administrator", "/rules/", open_table),
    Shot("classes", "director", "/accounts/classes/"),
    Shot("statistics", "director", "/process/statistics/"),
    Shot("people", "administrator", "/settings/people/"),
    Shot("audit", "administrator", "/audit/", open_event),
)


def credentials(who: str) -> tuple[str, str]:
    """Name and password of one of the demo's people."""
    name, _colon, password = os.environ.get(f"SHOTS_{who.upper()}", "").partition(":")
    if not password:
        sys.exit(f"SHOTS_{who.upper()}=name:password is missing; `panshi demo` prints them.")
    return name, password


def signed_in(browser: Browser, url: str, who: str) -> list[dict[str, object]]:
    """The cookies of one person's session."""
    context = browser.new_context(base_url=url)
    page = context.new_page()
    page.goto("/sign/in/")
    name, password = credentials(who)
    page.fill("input[name=login]", name)
    page.fill("input[name=password]", password)
    page.click("form button.btn-primary")
    page.wait_for_url(lambda address: "/sign/in/" not in address)
    cookies = [dict(cookie) for cookie in context.cookies()]
    context.close()
    return cookies


def take(browser: Browser, url: str, shot: Shot, language: str, cookies: list[dict[str, object]]) -> bytes:
    """One picture."""
    width, height = shot.size
    context = browser.new_context(
        base_url=url,
        viewport={"width": width, "height": height},
        color_scheme="dark" if shot.theme == "dark" else "light",
        reduced_motion="reduce",
        locale="zh-CN" if language == "zh" else "en-GB",
        timezone_id="Asia/Shanghai",
    )
    context.add_cookies(cookies)  # type: ignore[arg-type]
    context.add_cookies([{"name": "panshi_theme", "value": shot.theme, "url": url}])
    page = context.new_page()
    page.goto("/sign/sessions/")
    token = page.locator("input[name=csrfmiddlewaretoken]").first.input_value()
    page.request.post(
        "/sign/choose/",
        form={"csrfmiddlewaretoken": token, "language": LANGUAGES[language], "theme": shot.theme},
        headers={"Referer": url},
    )
    page.goto(shot.address)
    page.wait_for_load_state("networkidle")
    if shot.before:
        shot.before(page)
    page.wait_for_timeout(400)
    picture = smaller(page.screenshot(caret="hide", animations="disabled"), page)
    context.close()
    return picture


def take_all(browser: Browser, url: str, shots: list[Shot], language: str) -> None:
    """The pictures of one language; each person signs in once."""
    sessions: dict[str, list[dict[str, object]]] = {}
    for shot in shots:
        if shot.who not in sessions:
            sessions[shot.who] = signed_in(browser, url, shot.who)
        picture = take(browser, url, shot, language, sessions[shot.who])
        (OUT / f"{shot.name}.{language}.png").write_bytes(picture)
        large = "  too large" if len(picture) > LARGEST else ""
        sys.stdout.write(f"{shot.name}.{language}.png  {len(picture) // 1024} KB{large}\n")
        sys.stdout.flush()


def main() -> None:
    """Take them all and say how large they are."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("url")
    reader.add_argument("names", nargs="*", help=", ".join(shot.name for shot in SHOTS))
    reader.add_argument("--language", choices=LANGUAGES, action="append")
    asked = reader.parse_args()
    OUT.mkdir(exist_ok=True)
    for language in asked.language or LANGUAGES:
        with sync_playwright() as playwright:
            environment = {**os.environ, "LANGUAGE": "zh_CN" if language == "zh" else "en_GB"}
            browser = playwright.chromium.launch(
                executable_path=CHROMIUM, args=["--no-sandbox"], env=environment
            )
            take_all(
                browser,
                asked.url,
                [shot for shot in SHOTS if shot.name in (asked.names or [shot.name])],
                language,
            )
            browser.close()


if __name__ == "__main__":
    main()
