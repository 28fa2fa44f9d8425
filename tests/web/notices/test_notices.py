"""Notices as pages: the bell's count, what each person sees, read and unread, choices, and the outbox."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from panshi.domains.accounts import events
from panshi.domains.accounts.models import Account
from panshi.ground.base.refs import RecordRef
from panshi.ground.identity.models import Person
from panshi.ground.notices.models import Choice, Mail, MailState, Notice, Rhythm
from panshi.ground.notices.reports import go
from panshi.ground.notices.services import notify
from tests.factories.accounts import make_account
from tests.factories.organisation import AT, Company

SignedIn = Callable[[Person], Client]
NAME = "橄榄岩传动设备厂"


@pytest.fixture
def account(company: Company) -> Account:
    return make_account(NAME, owner=company.owner, unit=company.units.east_one)


def tell(company: Company, account: Account, *people: Person) -> list[Notice]:
    told = [person.pk for person in people]
    return notify(events.OWNER_GIVEN, to=told, at=AT, by_id=company.director.pk, account_id=account.pk)


def page(browser: Client, name: str = "notices:list", **query: str) -> str:
    return browser.get(reverse(name), query).content.decode()


def count(browser: Client) -> str:
    """The number on the bell."""
    text = page(browser, "notices:waiting")
    return text.partition('id="waits-notices-list"')[2].partition("</span></span>")[0]


def test_the_bell_counts_what_is_unread_and_leads_to_the_record(
    company: Company, account: Account, signed_in: SignedIn
) -> None:
    (notice,) = tell(company, account, company.owner)
    browser = signed_in(company.owner)
    assert "1 条未读通知" in count(browser)
    assert NAME in page(browser)
    assert NAME in page(browser, "notices:drawer")
    led = browser.get(reverse("notices:open", args=[notice.pk]))
    assert led["Location"] == go(RecordRef("account", account.pk))
    assert browser.get(led["Location"])["Location"] == reverse("accounts:detail", args=[account.pk])
    assert "未读通知" not in count(browser)


def test_whoever_lost_sight_of_an_account_reads_a_sentence_without_it(
    company: Company, account: Account, signed_in: SignedIn
) -> None:
    tell(company, account, company.outsider)
    browser = signed_in(company.outsider)
    for name in ("notices:list", "notices:drawer"):
        text = page(browser, name)
        assert NAME not in text
        assert "我成为客户负责人" in text


def test_nobody_opens_another_persons_notice(company: Company, account: Account, signed_in: SignedIn) -> None:
    (notice,) = tell(company, account, company.owner)
    for who in ("supervisor", "administrator"):
        assert (
            signed_in(getattr(company, who)).get(reverse("notices:open", args=[notice.pk])).status_code == 404
        )
    assert Notice.objects.get().read_at is None


def test_read_all_can_be_taken_back(company: Company, account: Account, signed_in: SignedIn) -> None:
    for _number in range(3):
        tell(company, account, company.owner, company.colleague)
    browser = signed_in(company.owner)
    answer = browser.post(reverse("notices:read"), {"all": "1"}, headers={"HX-Request": "true"})
    happened = json.loads(answer["HX-Trigger"])
    assert "3 条" in happened["panshi:toast"]["text"]
    assert Notice.objects.filter(read_at=None).count() == 3  # the colleague's
    browser.post(happened["panshi:toast"]["undo"], headers={"HX-Request": "true"})
    assert Notice.objects.filter(read_at=None).count() == 6


def test_filters_narrow_and_portions_follow(company: Company, account: Account, signed_in: SignedIn) -> None:
    tell(company, account, company.owner)
    notify(events.IMPORT_FAILED, to=[company.owner.pk], at=AT, error="空")
    browser = signed_in(company.owner)
    narrowed = page(browser, kind="accounts.import_failed")
    assert "导入没有完成：空" in narrowed
    assert NAME not in narrowed
    assert NAME in page(browser, unread="1")
    assert "没有符合的通知" in page(browser, kind="accounts.team_joined")


@pytest.mark.parametrize("query", ["before=x", "before=99999999999999999999", "kind=%00", "unread=maybe"])
def test_nonsense_in_the_address_is_no_error(company: Company, signed_in: SignedIn, query: str) -> None:
    assert signed_in(company.owner).get(f"{reverse('notices:list')}?{query}").status_code == 200


@pytest.mark.parametrize("at", ["x", "2026-01-01T00:00:00", "9999-99-99"])
def test_nonsense_in_undo_changes_nothing(
    company: Company, account: Account, signed_in: SignedIn, at: str
) -> None:
    tell(company, account, company.owner)
    browser = signed_in(company.owner)
    browser.post(reverse("notices:read"), {"all": "1"})
    assert browser.post(reverse("notices:unread") + f"?at={at}").status_code in {302, 404}
    assert not Notice.objects.filter(read_at=None).exists()


def test_an_ended_session_stops_asking_and_leads_nowhere(client: Client, db: None) -> None:
    answer = client.get(reverse("notices:waiting"), headers={"HX-Request": "true", "HX-Trigger": "waits"})
    assert answer.status_code == 286
    assert "HX-Redirect" not in answer.headers


def test_the_counts_cost_two_queries_however_much_waits(
    company: Company, account: Account, signed_in: SignedIn, django_assert_max_num_queries: Any
) -> None:
    browser = signed_in(company.owner)
    browser.get(reverse("notices:waiting"))
    for _number in range(120):
        tell(company, account, company.owner)
    with django_assert_max_num_queries(12) as seen:
        assert "99+" in count(browser)
    asked = [each["sql"] for each in seen.captured_queries if "notices_notice" in each["sql"]]
    assert len(asked) == 1


def test_choices_are_kept_and_shown(company: Company, signed_in: SignedIn) -> None:
    browser = signed_in(company.owner)
    assert "没有设置邮件服务器" in page(browser, "notices:choices")
    sent = {
        "accounts.owner_given.in_digest": "on",
        "quiet_from": "20:00",
        "quiet_to": "07:30",
        "digest": "weekly",
        "digest_at": "09:00",
    }
    assert browser.post(reverse("notices:choices"), sent).status_code == 302
    choice = Choice.objects.get(person=company.owner, kind="accounts.owner_given")
    assert (choice.in_app, choice.by_mail, choice.in_digest) == (False, False, True)
    assert Rhythm.objects.get(person=company.owner).digest == "weekly"
    wrong = browser.post(reverse("notices:choices"), {**sent, "quiet_from": "25:00"})
    assert wrong.status_code == 422
    assert Rhythm.objects.get(person=company.owner).quiet_from.hour == 20


def test_the_outbox_shows_failures_and_sends_again(
    company: Company, account: Account, signed_in: SignedIn, settings: Settings
) -> None:
    settings.MAIL_URL = "smtp://127.0.0.1:9"
    Person.objects.filter(pk=company.owner.pk).update(email="o@example.com")
    tell(company, account, company.owner)
    Mail.objects.update(state=MailState.FAILED, error="550 no such person")
    browser = signed_in(company.administrator)
    assert "550 no such person" in page(browser, "notices:outbox")
    assert "1 封邮件发送失败" in page(browser, "notices:waiting")
    mail = Mail.objects.get()
    assert browser.post(reverse("notices:resend", args=[mail.pk])).status_code == 302
    assert Mail.objects.get().state == MailState.WAITING
    assert browser.post(reverse("notices:test")).status_code == 422  # no address of one's own
    assert signed_in(company.owner).post(reverse("notices:resend_all")).status_code == 403


def test_without_a_server_mail_is_shown_as_off(company: Company, signed_in: SignedIn) -> None:
    assert "PANSHI_SMTP_URL" in page(signed_in(company.administrator), "notices:outbox")


@pytest.mark.parametrize(
    "address", ["/go/unheard/1/", "/go/contact/999999/", "/go/account/99999999999999999999/"]
)
def test_a_place_that_is_not_there_is_not_found(company: Company, signed_in: SignedIn, address: str) -> None:
    assert signed_in(company.owner).get(address).status_code == 404


def test_a_place_tells_nothing_of_what_one_may_not_see(
    company: Company, account: Account, signed_in: SignedIn
) -> None:
    browser = signed_in(company.outsider)
    led = browser.get(go(RecordRef("account", account.pk)), follow=True)
    assert led.status_code == 404
    assert NAME not in led.content.decode()
