"""Sending what waits in the outbox: once each, again later when the server is away, given up with the reason.

A mail is marked as being sent, and that is saved, before its first word leaves. If the process is killed in that moment
nobody knows whether it arrived: it is not sent again by itself but shown to the administrator, so that no mail comes
twice. A server that breaks off in the middle is asked again with the same message id, as mail servers expect.
"""

import datetime as dt
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.smtp import EmailBackend
from django.db.models import F, Min
from django.utils.translation import gettext as _

from panshi.ground.identity.models import Person
from panshi.ground.notices.letters import Letter
from panshi.ground.notices.models import Mail, MailState
from panshi.ground.notices.server import Failure, MailServer, failure_of

log = logging.getLogger(__name__)

BATCH: Final = 100
MOST_ATTEMPTS: Final = 16
LONGEST_PAUSE: Final = dt.timedelta(hours=2)
UNCERTAIN_AFTER: Final = dt.timedelta(minutes=10)

Clock = Callable[[], dt.datetime]
Compose = Callable[[Mail, Person], Letter | None]
"""Makes the letter of a mail in its person's language; None when there is nothing left to say."""


@dataclass(slots=True)
class Delivered:
    """What came of one round: how many left, failed for good, or wait for another try; when the next is due."""

    sent: int = 0
    failed: int = 0
    deferred: int = 0
    next_at: dt.datetime | None = None


def deliver(*, clock: Clock, compose: Compose, check: Callable[[], None] = lambda: None) -> Delivered:
    """Send what is due, at most a batch. `check` may raise to stop between two mails."""
    done = Delivered()
    _give_up_interrupted(clock())
    due = list(
        Mail.objects.filter(state=MailState.WAITING, not_before__lte=clock())
        .select_related("person")
        .order_by("not_before", "pk")[:BATCH]
    )
    if due and settings.MAIL_URL:
        _send_all(due, done, clock, compose, check)
    if settings.MAIL_URL:
        done.next_at = Mail.objects.filter(state=MailState.WAITING).aggregate(at=Min("not_before"))["at"]
    return done


def _send_all(
    due: Sequence[Mail], done: Delivered, clock: Clock, compose: Compose, check: Callable[[], None]
) -> None:
    """Send one after the other over one connection; when the server is gone the rest waits as long."""
    try:
        connection = MailServer.of(settings.MAIL_URL).connection()
        connection.open()
    except Exception as error:  # a wrong setting, a refused connection, a wrong password: all wait alike
        _defer(due, failure_of(error), done, clock())
        return
    try:
        for number, mail in enumerate(due):
            check()
            failure = _send_one(mail, connection, done, clock, compose)
            if failure is not None and failure.server_down:
                _hold(due[number + 1 :], failure, clock())
                return
    finally:
        _close(connection)


def _send_one(
    mail: Mail, connection: EmailBackend, done: Delivered, clock: Clock, compose: Compose
) -> Failure | None:
    """Send one mail; answers why not."""
    message = _message(mail, compose, done)
    if message is None:
        return None
    claimed = Mail.objects.filter(pk=mail.pk, state=MailState.WAITING).update(
        state=MailState.SENDING, tried_at=clock(), attempts=F("attempts") + 1, subject=message.subject[:200]
    )
    if not claimed:  # another process has it
        return None
    mail.attempts += 1
    try:
        connection.send_messages([message])
    except Exception as error:
        failure = failure_of(error)
        if failure.final or mail.attempts >= MOST_ATTEMPTS:
            _fail(mail, failure.words, done)
        else:
            _again(mail, failure.words, done, clock())
        return failure
    Mail.objects.filter(pk=mail.pk).update(state=MailState.SENT, sent_at=clock(), error="")
    done.sent += 1
    return None


def _message(mail: Mail, compose: Compose, done: Delivered) -> EmailMultiAlternatives | None:
    """The mail as it goes over the wire; None, and the mail ended, when it cannot or need not be written."""
    if not mail.person.email or not mail.person.is_active:
        _fail(mail, _("收件人没有邮箱或已停用。"), done)
        return None
    try:
        letter = compose(mail, mail.person)
    except Exception:
        log.exception("mail %s could not be written", mail.pk)
        _fail(mail, _("邮件内容无法生成。"), done)
        return None
    if letter is None:
        _fail(mail, _("没有需要告知的内容。"), done)
        return None
    message = EmailMultiAlternatives(
        subject=letter.subject,
        body=letter.text,
        from_email=settings.MAIL_FROM,
        to=[mail.person.email],
        headers={
            "Message-ID": mail.message_id,
            "Auto-Submitted": "auto-generated",  # so that out-of-office replies stay away
            "X-Auto-Response-Suppress": "All",
        },
    )
    message.attach_alternative(letter.html, "text/html")
    return message


def _give_up_interrupted(at: dt.datetime) -> None:
    """Mails whose process was killed while it sent them: they may have arrived, so a person decides."""
    Mail.objects.filter(state=MailState.SENDING, tried_at__lt=at - UNCERTAIN_AFTER).update(
        state=MailState.FAILED, error=_("发送时被中断，可能已经送达。如需再发，请点“重发”。")
    )


def _fail(mail: Mail, words: str, done: Delivered) -> None:
    Mail.objects.filter(pk=mail.pk).update(state=MailState.FAILED, error=words[:300])
    done.failed += 1


def _again(mail: Mail, words: str, done: Delivered, at: dt.datetime) -> None:
    later = at + pause_after(mail.attempts)
    Mail.objects.filter(pk=mail.pk).update(state=MailState.WAITING, not_before=later, error=words[:300])
    done.deferred += 1


def _defer(mails: Sequence[Mail], failure: Failure, done: Delivered, at: dt.datetime) -> None:
    """No connection: each mail has been tried once more in vain."""
    for mail in mails:
        attempts = mail.attempts + 1
        changes: dict[str, Any] = {"attempts": attempts, "tried_at": at, "error": failure.words[:300]}
        if attempts >= MOST_ATTEMPTS:
            changes["state"] = MailState.FAILED
            done.failed += 1
        else:
            changes["not_before"] = at + pause_after(attempts)
            done.deferred += 1
        Mail.objects.filter(pk=mail.pk, state=MailState.WAITING).update(**changes)


def _hold(mails: Sequence[Mail], failure: Failure, at: dt.datetime) -> None:
    """The server went away before these were tried: they wait a little, and that does not count as a try."""
    Mail.objects.filter(pk__in=[mail.pk for mail in mails], state=MailState.WAITING).update(
        not_before=at + pause_after(1), error=failure.words[:300]
    )


def pause_after(attempts: int) -> dt.timedelta:
    """How long a mail waits after so many tries: one minute, doubled each time, two hours at most."""
    return min(dt.timedelta(minutes=1) * (1 << min(attempts - 1, 12)), LONGEST_PAUSE)


def _close(connection: EmailBackend) -> None:
    try:
        connection.close()
    except Exception:
        log.debug("the mail server did not say goodbye", exc_info=True)
