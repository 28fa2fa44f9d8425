"""Takes the pictures of README and the user guides from a running demo company, in both languages.

`python docs/screenshots.py http://127.0.0.1:8000` signs in with what `panshi demo` printed, given as name:password in
SHOTS_DIRECTOR, SHOTS_OPERATIONS and SHOTS_ADMINISTRATOR; chromium is taken from CHROMIUM or /usr/bin/chromium.
"""

import argparse
import base64
import csv
import io
import os
import struct
import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
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
    Shot("people", "administrator", "/settings/people/"),
    Shot("audit", "administrator", "/audit/", open_event),
)


PIXELS = """async (picture) => {
  const image = new Image();
  image.src = 'data:image/png;base64,' + picture;
  await image.decode();
  const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height });
  const pen = canvas.getContext('2d');
  pen.drawImage(image, 0, 0);
  const bytes = pen.getImageData(0, 0, image.width, image.height).data;
  let text = '';
  for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
  return btoa(text);
}"""


def smaller(png: bytes, page: Page) -> bytes:
    """The same picture with a palette of 256 colours; rare shades of edges go to the nearest one."""
    width, height = struct.unpack(">II", png[16:24])
    raw = page.evaluate(PIXELS, base64.b64encode(png).decode())
    pixels = np.frombuffer(base64.b64decode(raw), np.uint8).reshape(-1, 4)[:, :3].astype(np.int32)
    keys, inverse, counts = np.unique(pixels @ [65536, 256, 1], return_inverse=True, return_counts=True)
    colours = np.stack((keys >> 16, keys >> 8 & 255, keys & 255), axis=1)
    kept = palette(colours[np.argsort(-counts)])
    nearest = np.array([((kept - colour) ** 2).sum(axis=1).argmin() for colour in colours], np.uint8)
    rows = np.zeros((height, width + 1), np.uint8)  # each row begins with its filter: none
    rows[:, 1:] = nearest[inverse].reshape(height, width)
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = (
        (b"IHDR", head),
        (b"PLTE", kept.astype(np.uint8).tobytes()),
        (b"IDAT", zlib.compress(rows.tobytes(), 9)),
    )
    return png[:8] + b"".join(chunk(kind, body) for kind, body in (*parts, (b"IEND", b"")))


def palette(colours: "np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
    """256 of the colours, the most frequent first; half of them far from each other, so that red words stay red."""
    distance, chosen = np.full(len(colours), np.inf), []
    for place, colour in enumerate(colours):
        if len(chosen) < 128 and distance[place] > 400:
            chosen.append(place)
            distance = np.minimum(distance, ((colours - colour) ** 2).sum(axis=1))
    rest = np.setdiff1d(np.arange(len(colours)), chosen)[: 256 - len(chosen)]
    return colours[[*chosen, *rest]]


def chunk(kind: bytes, body: bytes) -> bytes:
    """One chunk of a PNG file."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


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
