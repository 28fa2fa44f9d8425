"""The door: sign-in, lock-out, second factor, sessions, temporary passwords, safe ways on."""

import re
import time
from datetime import timedelta

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from panshi.ground.audit.models import Event
from panshi.ground.identity import services
from panshi.ground.identity.models import Person
from panshi.ground.settings.services import change_setting
from tests.factories.organisation import AT, PASSWORD, SYSTEM, Company, make_person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_passwords")]
LOGIN = "/sign/in/"


@pytest.fixture(autouse=True)
def _no_attempts_remembered(db: None) -> None:
    cache.clear()


@pytest.fixture
def person(db: None) -> Person:
    return make_person("沈南舟", username="shen", password=PASSWORD)


def sign_in(browser: Client, username: str = "shen", password: str = PASSWORD, way_on: str = ""):
    address = f"{LOGIN}?next={way_on}" if way_on else LOGIN
    return browser.post(address, {"login": username, "password": password, "next": way_on})


def is_in(browser: Client) -> bool:
    return "_auth_user_id" in browser.session


def kinds() -> list[str]:
    return list(Event.objects.order_by("pk").values_list("kind", flat=True))


def code_for(person: Person, drift: int = 0) -> str:
    secret = get_adapter().decrypt(Authenticator.objects.get(user_id=person.pk, type="totp").data["secret"])
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + drift))


class TestSignIn:
    def test_the_page_asks_for_name_and_password(self, client: Client) -> None:
        page = client.get(LOGIN)
        html = page.content.decode()
        assert page.status_code == 200
        assert re.search(r'<input[^>]+name="login"', html)
        assert re.search(r'<input[^>]+type="password"[^>]*', html)
        assert "csrfmiddlewaretoken" in html
        assert 'lang="zh-Hans"' in html

    @pytest.mark.parametrize("username", ["shen", "SHEN"])
    def test_the_right_password_opens(self, client: Client, person: Person, username: str) -> None:
        assert sign_in(client, username).status_code == 302
        assert is_in(client)
        assert kinds()[-1] == "identity.signed_in"
        assert UserSession.objects.get().user_id == person.pk

    def test_a_wrong_password_and_an_unknown_name_look_alike(self, client: Client, person: Person) -> None:
        wrong = sign_in(client, password="not-the-password")
        unknown = sign_in(client, username="nobody")
        errors = [
            re.findall(r"[^<>]*(?:不正确|incorrect|错误)[^<>]*", answer.content.decode())
            for answer in (wrong, unknown)
        ]
        assert wrong.status_code == unknown.status_code == 200
        assert errors[0] == errors[1] != []
        assert not is_in(client)
        assert kinds()[-2:] == ["identity.sign_in_failed"] * 2
        assert list(Event.objects.order_by("-pk").values_list("subject_id", flat=True)[:2]) == [
            None,
            person.pk,
        ]

    def test_after_five_failures_even_the_right_password_waits(self, client: Client, person: Person) -> None:
        for _attempt in range(5):
            sign_in(client, password="not-the-password")
        sign_in(client)
        assert not is_in(client)

    def test_a_lock_out_holds_in_every_worker(self, person: Person) -> None:
        for _attempt in range(5):
            sign_in(Client(), password="not-the-password")
        fresh = Client()
        sign_in(fresh)
        assert not is_in(fresh)

    def test_a_flood_from_one_address_is_stopped(self, client: Client) -> None:
        answers = [sign_in(client, f"name-{number}").status_code for number in range(31)]
        assert answers[-1] == 429

    def test_a_deactivated_person_stays_out_and_is_put_out(self, client: Client, company: Company) -> None:
        person = make_person("离任", username="gone", password=PASSWORD)
        sign_in(client, "gone")
        assert is_in(client)
        services.deactivate_person(person=person, by=SYSTEM, at=AT)
        assert client.get(reverse("usersessions_list")).status_code == 302
        again = Client()
        sign_in(again, "gone")
        assert not is_in(again)

    def test_nobody_signs_himself_up(self, client: Client) -> None:
        for address in ("/sign/up/", "/sign/signup/", "/accounts/signup/"):
            assert client.get(address).status_code == 404

    @pytest.mark.parametrize(
        "elsewhere",
        [
            "https://evil.example/",
            "//evil.example/",
            "/\\evil.example",
            "https:evil.example",
            "javascript:alert(1)",
            "http://localhost:9/",
            "\thttps://evil.example",
        ],
    )
    def test_the_way_on_never_leaves_the_site(self, client: Client, person: Person, elsewhere: str) -> None:
        assert sign_in(client, way_on=elsewhere)["Location"] == "/"

    def test_the_way_on_leads_back(self, client: Client, person: Person) -> None:
        assert sign_in(client, way_on="/sign/sessions/")["Location"] == "/sign/sessions/"

    def test_sign_out_needs_a_post(self, client: Client, person: Person) -> None:
        sign_in(client)
        client.get("/sign/out/")
        assert is_in(client)
        client.post("/sign/out/")
        assert not is_in(client)
        assert kinds()[-1] == "identity.signed_out"

    def test_after_sign_out_the_browser_keeps_nothing(self, client: Client, person: Person) -> None:
        sign_in(client)
        assert "Clear-Site-Data" not in client.get(reverse("usersessions_list")).headers
        assert client.post(reverse("account_logout"))["Clear-Site-Data"] == '"cache", "storage"'

    def test_a_form_from_elsewhere_is_refused(self, person: Person) -> None:
        strict = Client(enforce_csrf_checks=True)
        assert sign_in(strict).status_code == 403
        assert not is_in(strict)

    def test_a_signed_in_session_gets_a_new_key(self, client: Client, person: Person) -> None:
        client.get(LOGIN)
        client.session.save()
        before = client.session.session_key
        sign_in(client)
        assert client.session.session_key != before


class TestTemporaryPassword:
    def test_it_opens_only_the_page_that_replaces_it(self, client: Client, person: Person) -> None:
        temporary = services.reset_password(person=person, by=SYSTEM, at=timezone.now())
        sign_in(client, password=temporary)
        for address in (reverse("usersessions_list"), reverse("mfa_index")):
            assert client.get(address)["Location"] == reverse("account_change_password")
        client.post(
            reverse("account_change_password"),
            {"oldpassword": temporary, "password1": PASSWORD, "password2": PASSWORD},
        )
        person.refresh_from_db()
        assert not person.must_change_password
        assert client.get(reverse("usersessions_list")).status_code == 200
        assert "identity.password_set" in kinds()

    def test_it_opens_nothing_after_its_days(self, client: Client, person: Person) -> None:
        given_at = timezone.now() - timedelta(days=8)
        temporary = services.reset_password(person=person, by=SYSTEM, at=given_at)
        answer = sign_in(client, password=temporary)
        assert answer["Location"] == LOGIN
        assert not is_in(client)
        assert kinds()[-1] == "identity.sign_in_failed"
        change_setting(
            code="system.temporary_password_days",
            value="30",
            reason="长假",
            expected_number=0,
            by=SYSTEM,
            at=timezone.now(),
        )
        sign_in(client, password=temporary)
        assert is_in(client)

    def test_a_reset_ends_the_sessions_that_are_open(self, client: Client, person: Person) -> None:
        sign_in(client)
        services.reset_password(person=person, by=SYSTEM, at=AT)
        assert client.get(reverse("usersessions_list")).status_code == 302


class TestDemandedSecondFactor:
    @pytest.fixture
    def demanded(self, company: Company) -> Person:
        change_setting(
            code="system.second_factor_roles", value=["key_account_director"], reason="制度", expected_number=0,
            by=SYSTEM, at=timezone.now(),
        )  # fmt: skip
        for person in (company.director, company.owner):
            person.set_password(PASSWORD)
            person.save()
        return company.director

    def test_nothing_opens_before_it_is_set_up(self, client: Client, demanded: Person) -> None:
        sign_in(client, demanded.username)
        for address in (reverse("workbench:home"), reverse("accounts:list"), reverse("identity:profile")):
            assert client.get(address)["Location"] == reverse("mfa_activate_totp")
        fragment = client.get(reverse("accounts:list"), headers={"HX-Request": "true"})
        assert fragment.status_code == 401
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        assert client.get(reverse("mfa_activate_totp")).status_code == 200
        secret = client.session["mfa.totp.secret"]
        code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
        client.post(reverse("mfa_activate_totp"), {"code": code})
        assert client.get(reverse("workbench:home")).status_code == 200

    def test_other_roles_are_not_asked(self, client: Client, demanded: Person, company: Company) -> None:
        sign_in(client, company.owner.username)
        assert client.get(reverse("workbench:home")).status_code == 200


class TestSecondFactor:
    @pytest.fixture
    def guarded(self, client: Client, person: Person, django_capture_on_commit_callbacks) -> Person:
        sign_in(client)
        assert client.get(reverse("mfa_activate_totp"))["Location"].startswith("/sign/again/")
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        html = client.get(reverse("mfa_activate_totp"))
        assert html.status_code == 200
        secret = client.session["mfa.totp.secret"]
        code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
        with django_capture_on_commit_callbacks(execute=True):
            assert client.post(reverse("mfa_activate_totp"), {"code": code}).status_code == 302
        cache.clear()
        return person

    def test_the_secret_is_encrypted_at_rest(self, guarded: Person, client: Client) -> None:
        stored = {row.type: row.data for row in Authenticator.objects.all()}
        assert set(stored) == {"totp", "recovery_codes"}
        secret = get_adapter().decrypt(stored["totp"]["secret"])
        assert re.fullmatch(r"[A-Z2-7]{32}", secret)
        assert secret not in str(stored)
        with override_settings(SECOND_FACTOR_KEYS=["another key"]):
            assert get_adapter().decrypt(stored["totp"]["secret"]) == ""
        with override_settings(SECOND_FACTOR_KEYS=["a new key", "the old one"]):
            old = get_adapter().encrypt("x")
        with override_settings(SECOND_FACTOR_KEYS=["a newer key", "a new key"]):
            assert get_adapter().decrypt(old) == "x"

    @pytest.mark.parametrize("drift", [-1, 0, 1])
    def test_password_and_code_open(self, guarded: Person, drift: int) -> None:
        browser = Client()
        assert sign_in(browser)["Location"] == reverse("mfa_authenticate")
        assert not is_in(browser)
        assert browser.get(reverse("mfa_authenticate")).status_code == 200
        cache.clear()  # the code of the set-up may not be used twice; forget it was
        browser.post(reverse("mfa_authenticate"), {"code": code_for(guarded, drift)})
        assert is_in(browser)

    def test_a_wrong_code_is_recorded_and_counted(self, guarded: Person) -> None:
        browser = Client()
        sign_in(browser)
        for _attempt in range(5):
            browser.post(reverse("mfa_authenticate"), {"code": "000000"})
        failed = Event.objects.filter(kind="identity.sign_in_failed", subject_id=guarded.pk)
        assert {event.payload for event in failed} == {'{"step":"code"}'}
        assert failed.count() == 5
        browser.post(reverse("mfa_authenticate"), {"code": code_for(guarded)})
        assert not is_in(browser)

    def test_a_recovery_code_opens_once(self, guarded: Person, client: Client) -> None:
        code = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[0]
        first, second = Client(), Client()
        for browser in (first, second):
            sign_in(browser)
            browser.post(reverse("mfa_authenticate"), {"code": code})
        assert is_in(first)
        assert not is_in(second)

    def test_setting_it_up_is_recorded(self, guarded: Person) -> None:
        event = Event.objects.get(kind="identity.second_factor_changed")
        assert (event.subject_id, event.payload) == (guarded.pk, '{"what":"totp_added"}')

    @pytest.mark.parametrize("page", ["mfa_index", "mfa_view_recovery_codes", "mfa_deactivate_totp"])
    def test_its_pages_render(self, guarded: Person, client: Client, page: str) -> None:
        assert client.get(reverse(page)).status_code == 200


class TestSessions:
    def test_one_signs_another_browser_out(self, client: Client, person: Person) -> None:
        other = Client()
        sign_in(client)
        sign_in(other)
        theirs = UserSession.objects.get(session_key=other.session.session_key)
        assert client.get(reverse("usersessions_list")).status_code == 200
        client.post(reverse("signin:end_session", args=[theirs.pk]))
        assert other.get(reverse("usersessions_list")).status_code == 302
        assert is_in(client)

    def test_a_strangers_session_is_not_there(self, client: Client, person: Person) -> None:
        make_person("他人", username="other", password=PASSWORD)
        other = Client()
        sign_in(client)
        sign_in(other, "other")
        theirs = UserSession.objects.get(session_key=other.session.session_key)
        assert client.post(reverse("signin:end_session", args=[theirs.pk])).status_code == 404
        assert is_in(other)

    def test_all_others_end_at_once(self, client: Client, person: Person) -> None:
        other = Client()
        sign_in(client)
        sign_in(other)
        client.post(reverse("usersessions_list"))
        assert other.get(reverse("usersessions_list")).status_code == 302
        assert kinds()[-1] == "identity.session_ended"

    def test_a_page_writes_its_session_at_most_once_in_a_while(self, client: Client, person: Person) -> None:
        sign_in(client)
        client.get(reverse("mfa_index"))
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("mfa_index"))
        assert not [query["sql"] for query in captured if not query["sql"].startswith("SELECT")]


class TestChoices:
    def test_language_is_chosen_before_sign_in(self, client: Client) -> None:
        client.post(reverse("frame:choose"), {"language": "en"})
        assert 'lang="en"' in client.get(LOGIN).content.decode()

    def test_choices_stay_with_the_person(self, client: Client, person: Person) -> None:
        client.force_login(person)
        client.post(reverse("frame:choose"), {"language": "en", "theme": "dark"})
        person.refresh_from_db()
        assert (person.language, person.theme) == ("en", "dark")

    @pytest.mark.parametrize("referer", ["https://evil.example/", "//evil.example", ""])
    def test_a_choice_leads_back_to_us(self, client: Client, referer: str) -> None:
        answer = client.post(reverse("frame:choose"), {"language": "en"}, headers={"referer": referer})
        assert answer["Location"] == "/"

    def test_nonsense_is_passed_over(self, client: Client) -> None:
        answer = client.post(reverse("frame:choose"), {"language": "../../etc", "theme": "<b>"})
        assert not {"language", "panshi_theme"} & answer.cookies.keys()
