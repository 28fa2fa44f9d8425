"""Mail through a real receiver: it arrives once, in the person's language, and outlives servers that refuse or die."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from panshi.domains.accounts.models import Account
from panshi.domains.people.events import CONTACTS_DUE
from panshi.ground.base.refs import RecordRef
from panshi.ground.identity.models import Person
from panshi.ground.notices.digests import forget_old, gather_digests
from panshi.ground.notices.kinds import NoticeKind
from panshi.ground.notices.models import Mail, MailState, Notice, Rhythm
from panshi.ground.notices.sending import MOST_ATTEMPTS, Delivered, deliver, pause_after
from panshi.ground.notices.server import BadMailUrl, MailServer
from panshi.ground.notices.services import mark_read, notify, resend, send_test
from panshi.ground.work.models import Job, JobState
from panshi.ground.work.running import run_job
from panshi.jobs.notices import compose
from tests.factories.accounts import make_account
from tests.factories.organisation import Company
from tests.ground.notices.receiver import Receiver, free_port, listening

NEWS = NoticeKind("tests.news", "消息", "%(by)s 说：%(account)s 有 %(count)d 件新事")
SMALL = NoticeKind("tests.small", "小事", "第 %(count)d 件小事", mail=False)


class Post:
    """The receiver, the port it listens at, and a clock the test moves."""

    def __init__(self, at: dt.datetime) -> None:
        self.receiver, self.port, self.at = Receiver(), free_port(), at

    def send(self, at: dt.datetime | None = None) -> Delivered:
        self.at = at or self.at
        return deliver(clock=lambda: self.at, compose=compose)


@pytest.fixture
def post(at: dt.datetime, settings: Settings) -> Post:
    found = Post(dt.datetime(2026, 11, 24, 2, 0, tzinfo=dt.UTC))  # Tuesday, 10:00 in Shanghai
    settings.MAIL_URL = f"smtp://127.0.0.1:{found.port}"
    settings.PUBLIC_URL = "https://panshi.example.com"
    settings.MAIL_FROM = "磐石 <panshi@example.com>"
    return found


@pytest.fixture
def open_post(post: Post) -> Iterator[Post]:
    with listening(post.receiver, post.port):
        yield post


@pytest.fixture
def account(company: Company) -> Account:
    for person in (company.owner, company.colleague, company.outsider, company.administrator):
        Person.objects.filter(pk=person.pk).update(email=f"{person.username}@example.com")
    return make_account("闪长岩阀门厂", owner=company.owner, unit=company.units.east_one)


def tell(company: Company, account: Account, post: Post, *people: Person) -> None:
    told = [person.pk for person in people or (company.owner,)]
    notify(NEWS, to=told, at=post.at, by_id=company.director.pk, account_id=account.pk, count=2)


def test_a_notice_arrives_in_words_and_leads_to_its_record(
    company: Company, account: Account, open_post: Post
) -> None:
    tell(company, account, open_post)
    assert open_post.send().sent == 1
    (letter,) = open_post.receiver.letters
    assert letter["Subject"].strip() == "【磐石】秦越 说：闪长岩阀门厂 有 2 件新事"
    assert letter["To"] == f"{company.owner.username}@example.com"
    assert letter["Auto-Submitted"] == "auto-generated"
    mail = Mail.objects.get()
    assert letter["Message-ID"] == mail.message_id
    assert (mail.state, mail.error, mail.attempts) == (MailState.SENT, "", 1)
    (text,) = open_post.receiver.bodies()
    assert f"https://panshi.example.com/go/account/{account.pk}/" in text
    html = letter.get_body(("html",))
    assert html is not None
    assert f'href="https://panshi.example.com/go/account/{account.pk}/"' in html.get_content()
    assert open_post.send().sent == 0


def test_a_mail_speaks_the_persons_language_and_hides_what_they_may_not_see(
    company: Company, account: Account, open_post: Post
) -> None:
    Person.objects.filter(pk=company.outsider.pk).update(language="en")
    tell(company, account, open_post, company.outsider)
    open_post.send()
    (letter,) = open_post.receiver.letters
    assert "闪长岩" not in str(letter["Subject"]) + open_post.receiver.bodies()[0]
    assert "/go/" not in open_post.receiver.bodies()[0]


def test_text_from_people_cannot_break_into_header_or_markup(company: Company, open_post: Post) -> None:
    account = make_account("<b>甲</b>\nBcc: x@example.com", owner=company.owner, unit=company.units.east_one)
    Person.objects.filter(pk=company.owner.pk).update(email="o@example.com")
    tell(company, account, open_post)
    open_post.send()
    (letter,) = open_post.receiver.letters
    assert letter["Bcc"] is None
    html = letter.get_body(("html",))
    assert html is not None
    assert "<b>" not in html.get_content()


def test_a_server_that_is_down_is_tried_again_later_and_later(
    company: Company, account: Account, post: Post
) -> None:
    tell(company, account, post)
    start = post.at
    assert post.send().deferred == 1
    mail = Mail.objects.get()
    assert (mail.state, mail.attempts) == (MailState.WAITING, 1)
    assert "refused" in mail.error.lower()
    assert mail.not_before == start + pause_after(1)
    assert post.send(start + dt.timedelta(seconds=30)).deferred == 0  # not due yet
    with listening(post.receiver, post.port):
        assert post.send(start + pause_after(1)).sent == 1
    assert len(post.receiver.letters) == 1


def test_pauses_grow_and_end(company: Company, account: Account, post: Post) -> None:
    assert [pause_after(number).total_seconds() / 60 for number in (1, 2, 3, 8, 16)] == [1, 2, 4, 120, 120]
    tell(company, account, post)
    Mail.objects.update(attempts=MOST_ATTEMPTS - 1)
    assert post.send().failed == 1
    assert Mail.objects.get().state == MailState.FAILED
    resend(mail_ids=None, by=company.viewer("administrator"), at=post.at)
    with listening(post.receiver, post.port):
        assert post.send().sent == 1


def test_a_refused_address_fails_alone_and_for_good(
    company: Company, account: Account, open_post: Post
) -> None:
    tell(company, account, open_post)
    open_post.receiver.refuse = "550 no such person"
    assert open_post.send().failed == 1
    mail = Mail.objects.get()
    assert (mail.state, mail.error) == (MailState.FAILED, "550 no such person")


def test_a_refusal_for_now_is_tried_again(company: Company, account: Account, open_post: Post) -> None:
    tell(company, account, open_post)
    open_post.receiver.refuse = "451 try later"
    assert open_post.send().deferred == 1
    open_post.receiver.refuse = ""
    assert open_post.send(open_post.at + dt.timedelta(minutes=2)).sent == 1


def test_a_server_that_dies_within_a_batch_loses_and_doubles_nothing(
    company: Company, account: Account, open_post: Post
) -> None:
    for _number in range(4):
        tell(company, account, open_post)
    open_post.receiver.die_at = 2
    done = open_post.send()
    assert (done.sent, done.deferred) == (2, 1)
    assert list(Mail.objects.order_by("pk").values_list("attempts", flat=True)) == [1, 1, 1, 0]
    assert open_post.send(open_post.at + dt.timedelta(minutes=3)).sent == 2
    ids = [letter["Message-ID"] for letter in open_post.receiver.letters]
    assert len(ids) == len(set(ids)) == 4


def test_a_slow_server_counts_as_down(
    company: Company, account: Account, open_post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("panshi.ground.notices.server.PATIENCE", 0.3)
    open_post.receiver.delay = 2
    tell(company, account, open_post)
    done = open_post.send()
    assert (done.sent, done.deferred) == (0, 1)
    assert Mail.objects.get().state == MailState.WAITING


def test_a_mail_whose_process_was_killed_while_sending_is_left_to_a_person(
    company: Company, account: Account, open_post: Post
) -> None:
    tell(company, account, open_post)
    Mail.objects.update(state=MailState.SENDING, tried_at=open_post.at, attempts=1)
    assert open_post.send(open_post.at + dt.timedelta(minutes=5)).sent == 0
    assert Mail.objects.get().state == MailState.SENDING  # its process may still be at it
    assert open_post.send(open_post.at + dt.timedelta(minutes=11)).sent == 0
    assert Mail.objects.get().state == MailState.FAILED
    assert open_post.receiver.letters == []


def test_two_senders_never_send_the_same_mail(company: Company, account: Account, open_post: Post) -> None:
    tell(company, account, open_post)

    def meanwhile(mail: Mail, person: Person) -> Any:
        letter = compose(mail, person)
        if not open_post.receiver.letters:
            open_post.send()  # somebody else is quicker
        return letter

    done = deliver(clock=lambda: open_post.at, compose=meanwhile)
    assert done.sent == 0
    assert len(open_post.receiver.letters) == 1


def test_the_job_sends_and_comes_back_for_what_is_held(
    company: Company, account: Account, open_post: Post, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        send_test(by=company.viewer("administrator"), at=timezone.now())
        send_test(by=company.viewer("administrator"), at=timezone.now())
    (job,) = Job.objects.filter(kind="notices.deliver")  # one comes for both
    later = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)
    Mail.objects.filter(pk=Mail.objects.order_by("-pk").values("pk")[:1]).update(not_before=later)
    assert run_job(job.pk, at=later)
    assert len(open_post.receiver.letters) == 1
    follower = Job.objects.get(kind="notices.deliver", state=JobState.WAITING)
    assert follower.not_before == later


def test_a_digest_tells_what_is_still_news_once_a_day(
    company: Company, account: Account, open_post: Post, django_capture_on_commit_callbacks: Any
) -> None:
    at = open_post.at
    for count in (1, 2, 3):
        notify(SMALL, to=[company.owner.pk, company.colleague.pk], at=at, count=count)
    owner = company.viewer("owner")
    read = Notice.objects.filter(person_id=company.owner.pk).order_by("pk").first()
    mark_read(notice_ids=[read.pk], by=owner, at=at)
    Rhythm.objects.create(person_id=company.colleague.pk, digest="never")
    assert gather_digests(at=at) == 1
    notify(SMALL, to=[company.owner.pk], at=at, count=4)
    assert gather_digests(at=at + dt.timedelta(hours=1)) == 0
    open_post.send()
    (text,) = open_post.receiver.bodies()
    assert [f"第 {number} 件小事" in text for number in (1, 2, 3, 4)] == [False, True, True, False]
    assert gather_digests(at=at + dt.timedelta(days=1)) == 1


def test_no_digest_where_everything_was_read(company: Company, account: Account, post: Post) -> None:
    notify(SMALL, to=[company.owner.pk], at=post.at, count=1)
    mark_read(by=company.viewer("owner"), at=post.at)
    assert gather_digests(at=post.at) == 0
    assert not Notice.objects.filter(for_digest=True).exists()


def test_the_reminder_in_the_digest_names_the_accounts(
    company: Company, account: Account, open_post: Post
) -> None:
    today = timezone.localdate()  # the letter asks the archive as it is on the day it is written
    Account.objects.filter(pk=account.pk).update(next_contact_on=today, next_contact_note="谈续约")
    notify(
        CONTACTS_DUE, to=[company.owner.pk], at=open_post.at, record=RecordRef("due", 0), count=1, overdue=0
    )
    gather_digests(at=open_post.at)
    open_post.send()
    (text,) = open_post.receiver.bodies()
    assert "闪长岩阀门厂：谈续约" in text


def test_old_notices_and_mails_are_forgotten(company: Company, account: Account, open_post: Post) -> None:
    tell(company, account, open_post)
    open_post.send()
    mark_read(by=company.viewer("owner"), at=open_post.at)
    tell(company, account, open_post)
    assert forget_old(at=open_post.at + dt.timedelta(days=200)) == 1
    assert Notice.objects.count() == 1  # what nobody read stays
    assert Mail.objects.filter(state=MailState.SENT).count() == 0


@pytest.mark.parametrize("url", ["http://x", "smtp://", "smtp://host?tls=maybe", "host:25"])
def test_a_wrong_setting_is_said(url: str) -> None:
    with pytest.raises(BadMailUrl):
        MailServer.of(url)


def test_a_server_is_read_from_its_url() -> None:
    server = MailServer.of("smtp://me%40example.com:p%3A%2Fw@mail.example.com:587?tls=starttls")
    assert (server.user, server.password, server.port) == ("me@example.com", "p:/w", 587)
    assert (server.host, server.encryption) == ("mail.example.com", "starttls")
    assert MailServer.of("smtps://mail.example.com").port == 465


def test_a_wrong_setting_blocks_nothing(
    company: Company, account: Account, post: Post, settings: Settings
) -> None:
    settings.MAIL_URL = "http://nonsense"
    tell(company, account, post)
    assert post.send().deferred == 1
    assert "PANSHI_SMTP_URL" in Mail.objects.get().error
