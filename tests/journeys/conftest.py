"""A real browser for journeys: Debian's chromium, one page per visitor, and everything it complained about."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from panshi.ground.identity.models import Person
from tests.factories.organisation import Company, make_company

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # playwright runs an event loop in the test's thread
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"

Visit = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for the whole run."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-background-networking"]
        )
        yield started
        started.close()


@pytest.fixture
def company(transactional_db: None) -> Company:
    """The small company, visible to the server's threads."""
    return make_company()


@pytest.fixture
def visit(browser: Browser, live_server: LiveServer) -> Iterator[Visit]:
    """Open an address as a person (None: a stranger); whatever the browser complains of fails the test at the end."""
    complaints: list[str] = []
    opened = []

    def go(address: str, person: Person | None = None, *, width: int = 1440, scheme: str = "light") -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme="dark" if scheme == "dark" else "light"
        )
        opened.append(context)
        if person is not None:
            client = Client()
            client.force_login(person)
            context.add_cookies(
                [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
            )
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if is_complaint(said) else None)
        page.goto(live_server.url + address)
        page.wait_for_load_state("networkidle")
        return page

    yield go
    for context in opened:
        context.close()
    assert complaints == []


def is_complaint(said: ConsoleMessage) -> bool:
    """Whether the browser complains of a mistake of ours; a refused form (409, 422) is an answer, not a mistake."""
    refused = any(f"status of {status}" in said.text for status in (409, 422))
    return said.type == "error" and not refused


def inaccessible(page: Page) -> list[str]:
    """What axe finds on the page: rule and element. It runs outside the page's policy, as an inspector does."""
    inspector = page.context.new_cdp_session(page)
    expression = f"{AXE.read_text()};axe.run().then(found => found.violations)"
    answer: dict[str, Any] = inspector.send(
        "Runtime.evaluate", {"expression": expression, "awaitPromise": True, "returnByValue": True}
    )
    return [f"{rule['id']}: {node['html']}" for rule in answer["result"]["value"] for node in rule["nodes"]]
