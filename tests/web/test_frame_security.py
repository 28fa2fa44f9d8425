"""The frame every page stands in: cross-site requests, framing, cookies, hosts, caching, the content policy."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, StreamingHttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import translation

from panshi.ground.identity.models import Person
from panshi.ground.identity.services import choose_appearance
from panshi.web.request import PersonMiddleware
from tests.factories.organisation import PASSWORD, Company, make_person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_passwords")]


class TestCrossSite:
    """A form on another site can make a browser send a request with our cookies; nothing may come of it."""

    POSTS = (
        ("account_logout", ()),
        ("account_change_password", ()),
        ("usersessions_list", ()),
        ("frame:choose", ()),
        ("identity:profile", ()),
        ("identity:invite", ()),
        ("identity:create_unit", ()),
    )

    @pytest.mark.parametrize(("name", "keys"), POSTS)
    def test_a_form_without_our_token_is_refused(
        self, company: Company, name: str, keys: tuple[int, ...]
    ) -> None:
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(company.administrator)
        answer = strict.post(reverse(name, args=keys), {"name": "x"})
        assert answer.status_code == 403
        assert strict.session["_auth_user_id"] == str(company.administrator.pk)

    def test_a_token_of_somebody_else_is_no_token(self, company: Company) -> None:
        other = Client(enforce_csrf_checks=True)
        other.get(reverse("account_login"))
        mine = Client(enforce_csrf_checks=True)
        mine.force_login(company.owner)
        answer = mine.post(
            reverse("identity:profile"), {"csrfmiddlewaretoken": other.cookies["csrftoken"].value}
        )
        assert answer.status_code == 403

    @pytest.mark.parametrize("origin", ["https://evil.example", "null"])
    def test_a_request_from_another_origin_is_refused(self, company: Company, origin: str) -> None:
        browser = Client(enforce_csrf_checks=True)
        browser.force_login(company.owner)
        browser.get(reverse("identity:profile"))
        token = browser.cookies["csrftoken"].value
        answer = browser.post(
            reverse("frame:choose"),
            {"language": "en"},
            headers={"X-CSRFToken": token, "Origin": origin},
        )
        assert answer.status_code == 403

    def test_reading_changes_nothing(self, company: Company) -> None:
        browser = Client()
        browser.force_login(company.administrator)
        for name in ("identity:deactivate", "identity:reset_password", "identity:second_factor"):
            browser.get(reverse(name, args=[company.owner.pk]))
        browser.get(reverse("account_logout"))
        before = company.owner.password
        company.owner.refresh_from_db()
        assert (company.owner.is_active, company.owner.password) == (True, before)
        assert "_auth_user_id" in browser.session


class TestAnswers:
    @pytest.fixture(params=["/sign/in/", "/settings/me/", "/no/such/page/"])
    def answer(self, request: pytest.FixtureRequest, company: Company):
        browser = Client()
        if request.param != "/sign/in/":
            browser.force_login(company.owner)
        return browser.get(request.param)

    def test_no_page_can_be_framed_or_sniffed(self, answer) -> None:
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Referrer-Policy"] == "same-origin"
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]

    def test_scripts_come_from_our_files_only(self, answer) -> None:
        policy = dict(
            part.strip().split(" ", 1)
            for part in answer["Content-Security-Policy"].split(";")
            if " " in part.strip()
        )
        assert policy["script-src"] == "'self'"
        assert policy["default-src"] == "'self'"
        assert policy["object-src"] == policy["base-uri"] == "'none'"
        assert policy["form-action"] == "'self'"
        assert "unsafe-inline" not in policy["style-src-elem"]
        assert "unsafe-eval" not in answer["Content-Security-Policy"]

    def test_what_a_person_sees_is_kept_by_no_shared_cache(self, company: Company) -> None:
        browser = Client()
        browser.force_login(company.owner)
        answer = browser.get(reverse("identity:profile"))
        assert "private" in answer["Cache-Control"]
        assert "Cookie" in answer["Vary"]

    def test_each_answer_has_its_own_nonce(self, client: Client) -> None:
        first, second = (client.get("/sign/in/")["Content-Security-Policy"] for _time in range(2))
        assert first != second


class TestHosts:
    @pytest.mark.parametrize(
        "host", ["evil.example", "localhost.evil.example", "127.0.0.1@evil.example", "a b"]
    )
    def test_a_forged_host_is_refused(self, client: Client, host: str) -> None:
        assert client.get("/sign/in/", headers={"host": host}).status_code == 400

    def test_a_proxys_word_is_not_believed_unless_we_stand_behind_one(self, client: Client) -> None:
        answer = client.get("/sign/in/", headers={"X-Forwarded-Host": "evil.example"})
        assert "evil.example" not in answer.content.decode()
        assert not answer.wsgi_request.is_secure()
        forged = client.get("/sign/in/", headers={"X-Forwarded-Proto": "https"})
        assert not forged.wsgi_request.is_secure()


class TestCookies:
    def test_scripts_cannot_read_the_session(self, client: Client) -> None:
        make_person("沈南舟", username="shen", password=PASSWORD)
        client.post(reverse("account_login"), {"login": "shen", "password": PASSWORD})
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert client.session.get_expiry_age() == 12 * 60 * 60

    def test_behind_https_cookies_never_travel_in_clear(self) -> None:
        """The settings as `PANSHI_HTTPS=1` makes them, in a process of their own."""
        words = (
            "from django.conf import settings as s;"
            "print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME,"
            " s.SECURE_HSTS_SECONDS, s.DEBUG)"
        )
        said = subprocess.run(
            [sys.executable, "-c", words],
            env=os.environ | {"PANSHI_HTTPS": "1", "DJANGO_SETTINGS_MODULE": "panshi.config.settings"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        assert said == ["True", "True", "__Host-session", "__Host-csrf", "31536000", "False"]


class TestLockOutHolds:
    def test_a_flood_of_other_names_does_not_open_the_lock(self, client: Client) -> None:
        """Django's table cache drops a third of its rows at 300; ours must outlast a flood."""
        make_person("沈南舟", username="shen", password=PASSWORD)
        for _attempt in range(5):
            client.post(reverse("account_login"), {"login": "shen", "password": "not-the-password"})
        cache.set_many({f"flood-{number}": [1.0] for number in range(1000)})
        client.post(reverse("account_login"), {"login": "shen", "password": PASSWORD})
        assert "_auth_user_id" not in client.session
        cache.clear()


class TestLanguage:
    def test_a_streamed_answer_speaks_the_persons_language(self, company: Company) -> None:
        """Exports are written after the middleware is done."""
        choose_appearance(language="en", by=company.viewer("owner"))

        def answer(request: HttpRequest) -> StreamingHttpResponse:
            return StreamingHttpResponse(str(translation.get_language()).encode() for _part in range(2))

        asked = RequestFactory().get("/")
        asked.user = Person.objects.get(pk=company.owner.pk)
        said = b"".join(PersonMiddleware(answer)(asked).streaming_content)
        assert said == b"enen"
        assert translation.get_language() == "zh-hans"
