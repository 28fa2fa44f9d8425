"""Addresses that only take forms, opened in a browser: drawn with the way back, and no dead end after sign-in."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.models import Person
from panshi.ground.identity.services import choose_appearance
from tests.factories.organisation import Company

pytestmark = pytest.mark.django_db
Browser = Callable[[Person], Client]
UPLOAD = ("files:upload", ["account", 1])


def test_a_form_only_address_is_drawn_in_the_persons_language(company: Company, signed_in: Browser) -> None:
    client, address = signed_in(company.owner), reverse(UPLOAD[0], args=UPLOAD[1])
    for language, words in (("zh-hans", "它只用来提交表单"), ("en", "It only takes forms")):
        choose_appearance(language=language, by=Viewer(person_id=company.owner.pk))
        answer = client.get(address, headers={"Referer": "http://testserver/accounts/?q=1"})
        assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
        assert words in answer.content.decode()
        assert 'href="/accounts/?q=1"' in answer.content.decode()


@pytest.mark.parametrize(
    "referer", ["https://evil.example/trap/", "http://testserver/files/of/account/1/upload/", ""]
)
def test_the_way_back_is_a_page_of_ours_and_never_the_same_address(
    company: Company, signed_in: Browser, referer: str
) -> None:
    page = signed_in(company.owner).get(reverse(UPLOAD[0], args=UPLOAD[1]), headers={"Referer": referer})
    assert "evil.example" not in page.content.decode()
    assert "回到刚才的页面" not in page.content.decode()


def test_before_sign_in_it_is_drawn_too(client: Client, db: None) -> None:
    answer = client.get(reverse(UPLOAD[0], args=UPLOAD[1]), headers={"Accept-Language": "zh"})
    assert answer.status_code == 405
    assert "它只用来提交表单" in answer.content.decode()


def test_a_form_sent_after_the_session_ended_comes_back_to_its_page(client: Client, db: None) -> None:
    sent = client.post(
        reverse(UPLOAD[0], args=UPLOAD[1]), headers={"Referer": "http://testserver/accounts/7/files/"}
    )
    assert sent.headers["Location"] == "/sign/in/?next=/accounts/7/files/"
    assert client.get("/accounts/").headers["Location"].endswith("next=/accounts/")


def test_scripts_and_the_api_get_their_own_answers(company: Company, signed_in: Browser) -> None:
    client = signed_in(company.owner)
    asked = client.get(reverse(UPLOAD[0], args=UPLOAD[1]), headers={"HX-Request": "true"})
    assert (asked.status_code, asked.content) == (405, b"")
    told = client.delete(reverse("api:v1:read_account", args=[1]))
    assert (told.status_code, told.headers["Content-Type"]) == (405, "application/problem+json")


def test_no_page_answers_405_without_words(company: Company, signed_in: Browser) -> None:
    client = signed_in(company.administrator)
    for address in sorted(_plain_addresses(get_resolver().url_patterns)):
        answer = client.get(address)
        if answer.status_code == 405:
            assert b"<h1>" in answer.content, address


def _plain_addresses(patterns: list[URLPattern | URLResolver], before: str = "/") -> set[str]:
    """Addresses of pages that name no record."""
    found: set[str] = set()
    for each in patterns:
        route = str(each.pattern)
        if "<" in route or "^" in route or route.startswith(("api/", "sign/")):
            continue
        if isinstance(each, URLResolver):
            found |= _plain_addresses(each.url_patterns, before + route)
        else:
            found.add(before + route)
    return found
