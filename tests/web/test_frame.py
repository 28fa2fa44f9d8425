"""The frame round every page: what a browser may run, what a person may go to, and how the page is put together."""

import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from django.template import engines
from django.test import Client
from django.urls import get_resolver, reverse

from panshi.ground.identity.models import Person
from panshi.ground.identity.permissions import BY_CODE
from panshi.ground.identity.services import choose_appearance
from panshi.web.navigation import CREATE, GROUPS
from panshi.web.security import policy
from tests.factories.organisation import Company

pytestmark = pytest.mark.django_db
PAGE = "/sign/second-factor/"
Browser = Callable[[Person], Client]


class Page(HTMLParser):
    """A page as a list of its tags with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, name: str) -> list[dict[str, str | None]]:
        return [attrs for tag, attrs in self.tags if tag == name]


@pytest.fixture
def page(company: Company, signed_in: Browser) -> Page:
    """A page as the owner of accounts sees it."""
    return Page(signed_in(company.owner).get(PAGE).content.decode())


def test_every_answer_carries_a_policy_with_its_own_nonce(company: Company, signed_in: Browser) -> None:
    browser = signed_in(company.owner)
    policies = [browser.get(PAGE)["Content-Security-Policy"] for _ in range(2)]
    nonces = [re.search(r"'nonce-([\w-]{20,})'", each)[1] for each in policies]  # type: ignore[index]
    assert nonces[0] != nonces[1]
    assert policies[0] == policy(nonces[0])
    assert browser.get("/no/such/page/")["Content-Security-Policy"]


def test_the_policy_lets_no_inline_script_run() -> None:
    directives = dict(part.split(" ", 1) for part in policy("n").split("; "))
    assert directives["script-src"] == "'self'"
    assert directives["object-src"] == directives["base-uri"] == directives["frame-ancestors"] == "'none'"
    assert "unsafe" not in directives["style-src-elem"]


def test_pages_keep_to_their_own_policy(page: Page) -> None:
    for script in page.all("script"):
        assert script.get("src", "").startswith("/static/") or script["type"] == "application/json"  # type: ignore[union-attr]
    assert not page.all("style")
    assert not [name for _, attrs in page.tags for name in attrs if name.startswith("on") or name == "hx-on"]
    loaded = [
        attrs.get("src") or attrs.get("href") or ""
        for tag, attrs in page.tags
        if tag in {"script", "link", "img", "use"}
    ]
    assert loaded
    assert all(address.startswith("/") and not address.startswith("//") for address in loaded)


def test_landmarks_and_the_way_past_them(page: Page) -> None:
    assert len(page.all("main")) == 1
    assert page.all("main")[0]["id"] == "content"
    assert page.all("a")[0]["href"] == "#content"
    assert len(page.all("h1")) == 1
    assert all(nav.get("aria-label") for nav in page.all("nav"))
    labels = [nav["aria-label"] for nav in page.all("nav")]
    assert len(labels) == len(set(labels))


def test_ids_are_unique_and_references_lead_somewhere(page: Page) -> None:
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    for _, attrs in page.tags:
        for name in ("aria-controls", "aria-labelledby", "aria-describedby", "for"):
            for target in (attrs.get(name) or "").split():
                assert target in ids, f"{name}={target}"


def test_the_page_speaks_the_language_and_wears_the_theme_of_the_person(
    company: Company, signed_in: Browser
) -> None:
    choose_appearance(language="en", theme="dark", by=company.viewer("owner"))
    html = signed_in(company.owner).get(PAGE).content.decode()
    [root] = Page(html).all("html")
    assert (root["lang"], root["data-bs-theme"]) == ("en", "dark")
    assert "Two-step sign-in" in html
    chrome = re.sub(r"<button[^>]*lang=\"zh-hans\".*?</button>|<title>.*?</title>", "", html, flags=re.DOTALL)
    chrome = chrome.replace(company.owner.name, "").replace(company.owner.name[0], "")
    assert not re.findall(r"[\u4e00-\u9fff]+", chrome)


def test_choices_of_this_browser_are_in_the_first_answer_so_nothing_jumps(
    company: Company, signed_in: Browser
) -> None:
    browser = signed_in(company.owner)
    browser.cookies["panshi_rail"] = "narrow"
    browser.cookies["panshi_money"] = '"><script>'
    [root] = Page(browser.get(PAGE).content.decode()).all("html")
    assert root["data-rail"] == "narrow"
    assert root["data-money"] == "wan"


def reachable(browser: Client) -> set[str]:
    """What the rail and the create menu offer."""
    return {str(link["href"]) for link in Page(browser.get(PAGE).content.decode()).all("a")}


def installed(permission: str) -> set[str]:
    """Addresses that the navigation declares for a permission."""
    entries = [*(entry for group in GROUPS for entry in group.entries), *CREATE]
    return {reverse(entry.url_name) for entry in entries if entry.permission == permission}


def test_only_what_a_person_may_use_is_offered(company: Company, signed_in: Browser) -> None:
    owner, newcomer = reachable(signed_in(company.owner)), reachable(signed_in(company.newcomer))
    assert installed("accounts.view") <= owner
    assert not installed("identity.manage") & owner
    assert not (installed("accounts.view") | installed("accounts.create")) & newcomer
    assert installed("identity.manage") <= reachable(signed_in(company.administrator))


def test_an_entry_is_absent_only_when_its_whole_system_is() -> None:
    """A misspelt name would hide a page without a word."""
    rooms = set(get_resolver().namespace_dict)
    entries = [*(entry for group in GROUPS for entry in group.entries), *CREATE]
    present = [entry for entry in entries if entry.url_name.partition(":")[0] in rooms]
    assert present
    for entry in present:
        assert reverse(entry.url_name)
    assert {entry.permission for entry in entries} - {""} <= set(BY_CODE)


def test_a_lost_stranger_and_a_lost_person_find_a_way_on(company: Company, signed_in: Browser) -> None:
    for browser in (Client(), signed_in(company.owner)):
        answer = browser.get("/no/such/page/")
        assert answer.status_code == 404
        assert "/" in [link["href"] for link in Page(answer.content.decode()).all("a")]


def test_every_template_compiles() -> None:
    environment = engines["jinja2"].env  # type: ignore[attr-defined]
    names = environment.list_templates(extensions=("html", "txt"))
    assert len(names) > 30
    for name in names:
        environment.get_template(name)


def test_no_template_opens_a_hole() -> None:
    """Nothing is marked safe in a template, and no attribute stands without quotes round a value."""
    environment = engines["jinja2"].env  # type: ignore[attr-defined]
    for name in environment.list_templates(extensions=("html",)):
        source = environment.loader.get_source(environment, name)[0]
        assert not re.search(r"\|\s*safe\b|autoescape\s+false", source), name
        assert not re.search(r"<script(?![^>]*(type=\"application/json\"|src=))[^>]*>", source), name
        assert not re.search(r"\s(?:href|src|value|id|class|action)={{", source), name
