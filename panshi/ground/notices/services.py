"""Writes of notices: tell people, mark read, keep how they want to be told. Mails are sent by `sending`."""

import datetime as dt
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from email.utils import make_msgid
from functools import partial
from typing import Final

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from panshi.calc.working_time import WorkCalendar
from panshi.ground.base.bulk import insert_rows
from panshi.ground.base.refs import RecordRef
from panshi.ground.base.refusals import Refused
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.models import Person
from panshi.ground.notices.kinds import FILLED_AT_READING, NoticeKind, all_kinds
from panshi.ground.notices.models import (
    Choice,
    DigestRhythm,
    Mail,
    MailPurpose,
    MailState,
    Notice,
    Rhythm,
)
from panshi.ground.notices.quiet import loud_again
from panshi.ground.notices.ways import Ways, proposed
from panshi.ground.settings.reports.calendar import official_years
from panshi.ground.work.models import Job, JobState
from panshi.ground.work.services import enqueue

DELIVER: Final = "notices.deliver"
"""The job that sends what waits."""

FEW: Final = 20
"""So many notices are inserted by one statement; for more the bulk way is faster."""

AT_ONCE: Final = 500
"""People asked about in one statement."""

Value = str | int


def notify(
    kind: NoticeKind,
    *,
    to: Iterable[int],
    at: dt.datetime,
    by_id: int | None = None,
    account_id: int | None = None,
    record: RecordRef | None = None,
    **values: Value,
) -> list[Notice]:
    """Tell people something, in the caller's transaction, as `draft_notices` says; the same few queries however many
    they are."""
    with transaction.atomic(savepoint=False):
        notices = draft_notices(
            kind, to=to, at=at, by_id=by_id, account_id=account_id, record=record, **values
        )
        _insert(notices)
    return notices


def draft_notices(
    kind: NoticeKind,
    *,
    to: Iterable[int],
    at: dt.datetime,
    by_id: int | None = None,
    account_id: int | None = None,
    record: RecordRef | None = None,
    **values: Value,
) -> list[Notice]:
    """Notices ready to be inserted by a caller who writes more with them; their mails are written already. They are
    part of what they tell of: where they fail, that fails with them, so they stand in no savepoint of their own.

    Who caused it (`by_id`) knows already and is left out, as is whoever no longer works here or wants none of this
    kind. `values` fill the kind's sentence. Mails wait for the end of quiet hours unless the kind is urgent.
    """
    if taken := FILLED_AT_READING & set(values):
        raise ValueError(f"{sorted(taken)} are filled when a notice is read")
    told = sorted(set(to) - {by_id})
    mails, ways = _reached(kind, told)
    notices = [
        Notice(
            person_id=pk,
            kind=kind.name,
            at=at,
            by_id=by_id,
            account_id=account_id,
            record_kind=record.kind if record else "",
            record_id=record.id if record else None,
            values=json.dumps(values, ensure_ascii=False, sort_keys=True),
            in_app=ways[pk].in_app,
            for_digest=ways[pk].in_digest,
        )
        for pk in sorted(mails)
        if ways[pk] != Ways(False, False, False)
    ]
    mailed = [each for each in notices if ways[each.person_id].by_mail and mails[each.person_id]]
    if mailed and settings.MAIL_URL:
        _post(kind, mailed, at=at)
    return notices


def _insert(notices: list[Notice]) -> None:
    """Mostly one or two: a single statement; many go the bulk way."""
    if len(notices) > FEW:
        insert_rows(Notice, notices)
    else:
        Notice.objects.bulk_create(notices)


def _reached(kind: NoticeKind, person_ids: Sequence[int]) -> tuple[dict[int, str], dict[int, Ways]]:
    """The addresses of those of these people who still work here, and how each wants this kind: as they chose, else as
    the kind proposes. One statement, because it stands in everything that is told to anybody."""
    mails: dict[int, str] = {}
    ways: dict[int, Ways] = {}
    for start in range(0, len(person_ids), AT_ONCE):
        some = person_ids[start : start + AT_ONCE]
        with connection.cursor() as cursor:
            cursor.execute(
                f"""SELECT person.id, person.email, choice.in_app, choice.by_mail, choice.in_digest
                FROM {Person._meta.db_table} person LEFT JOIN {Choice._meta.db_table} choice
                ON choice.person_id = person.id AND choice.kind = %s
                WHERE person.is_active AND person.id IN ({", ".join(["%s"] * len(some))})""",
                [kind.name, *some],
            )
            for key, mail, *chosen in cursor.fetchall():
                mails[key] = mail
                ways[key] = proposed(kind) if chosen[0] is None else Ways(*map(bool, chosen))
    return mails, ways


def _post(kind: NoticeKind, notices: Sequence[Notice], *, at: dt.datetime) -> None:
    """Write a mail for each notice, held until its person may be disturbed, and see that it is sent."""
    rhythms = Rhythm.objects.in_bulk([each.person_id for each in notices])
    local, works = timezone.localtime(at), WorkCalendar(official_years()).is_working
    mails = []
    for each in notices:
        rhythm = rhythms.get(each.person_id) or Rhythm(person_id=each.person_id)
        when = at if kind.urgent else loud_again(rhythm, local, works=works)
        mails.append(new_mail(person_id=each.person_id, purpose=MailPurpose.NOTICE, at=at, not_before=when))
    insert_rows(Mail, mails)
    for notice, mail in zip(notices, mails, strict=True):
        notice.mail = mail
    transaction.on_commit(partial(call_deliverer, at=at, when=min(mail.not_before for mail in mails)))


def new_mail(
    *,
    person_id: int,
    purpose: str,
    at: dt.datetime,
    not_before: dt.datetime,
    digest_on: dt.date | None = None,
) -> Mail:
    """An unsaved mail with the id it keeps whatever happens to it."""
    return Mail(
        person_id=person_id,
        purpose=purpose,
        message_id=make_msgid(domain=settings.MAIL_DOMAIN),
        asked_at=at,
        not_before=not_before,
        digest_on=digest_on,
    )


def call_deliverer(*, at: dt.datetime, when: dt.datetime) -> None:
    """See that a job comes along at `when` that sends what waits; one is enough for many mails.

    Called after the commit, so that a job found waiting cannot already have looked. What is lost between the two is
    found by the clock.
    """
    waiting = Job.objects.filter(kind=DELIVER, state=JobState.WAITING, not_before__lte=max(at, when))
    if not waiting.exists():
        enqueue(kind=DELIVER, arguments={}, by=Viewer(person_id=None), at=at, not_before=max(at, when))


def _me(by: Viewer) -> int:
    """The person's key; the house itself has no notices, so its 0 is nobody's."""
    return by.person_id or 0


@transaction.atomic
def mark_read(*, notice_ids: Collection[int] | None = None, by: Viewer, at: dt.datetime) -> list[int]:
    """Mark a person's own notices as read, all of them when none are named; answers which were not read before."""
    rows = Notice.objects.visible_to(by).filter(person_id=_me(by)).unread()
    if notice_ids is not None:
        rows = rows.filter(pk__in=notice_ids)
    found = list(rows.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(found), 500):
        Notice.objects.filter(pk__in=found[start : start + 500]).update(read_at=at)
    return found


@transaction.atomic
def mark_unread(*, read_at: dt.datetime | None = None, notice_ids: Collection[int] = (), by: Viewer) -> int:
    """Take `mark_read` back: of the notices named, or of all that were read at exactly this moment."""
    rows = Notice.objects.visible_to(by).filter(person_id=_me(by))
    rows = rows.filter(read_at=read_at) if read_at is not None else rows.filter(pk__in=notice_ids)
    return int(rows.update(read_at=None))


class CannotKeepChoices(Refused):
    """There is no such kind of notice or rhythm."""


@transaction.atomic
def keep_choices(*, choices: Mapping[str, Ways], by: Viewer) -> None:
    """Keep how a person wants each kind to reach them. A choice is no business fact, so it leaves no event."""
    kinds = all_kinds()
    if unknown := set(choices) - set(kinds):
        raise CannotKeepChoices(_("没有这种通知：%(kinds)s") % {"kinds": "、".join(sorted(unknown))})
    Choice.objects.filter(person_id=_me(by), kind__in=choices).delete()
    Choice.objects.bulk_create(
        Choice(
            person_id=_me(by),
            kind=name,
            in_app=ways.in_app,
            by_mail=ways.by_mail,
            in_digest=ways.in_digest,
        )
        for name, ways in choices.items()
        if ways != proposed(kinds[name])
    )


@transaction.atomic
def keep_rhythm(
    *,
    quiet_from: dt.time,
    quiet_to: dt.time,
    quiet_on_holidays: bool,
    digest: str,
    digest_at: dt.time,
    by: Viewer,
) -> Rhythm:
    """Keep when a person wants to be left alone and when their digest comes."""
    if digest not in DigestRhythm.values:
        raise CannotKeepChoices(_("没有这种摘要周期。"), field="digest")
    kept: Rhythm = Rhythm.objects.update_or_create(
        person_id=_me(by),
        defaults={
            "quiet_from": quiet_from,
            "quiet_to": quiet_to,
            "quiet_on_holidays": quiet_on_holidays,
            "digest": digest,
            "digest_at": digest_at,
        },
    )[0]
    return kept


class CannotSendMail(Refused):
    """There is no mail server, no address, or nothing to send again."""


@transaction.atomic
def send_test(*, by: Viewer, at: dt.datetime) -> Mail:
    """Send the administrator a mail, to see whether mail works."""
    by.require("settings.manage")
    if not settings.MAIL_URL:
        raise CannotSendMail(_("还没有设置邮件服务器，邮件通知处于关闭状态。"))
    if not Person.objects.filter(pk=_me(by)).exclude(email="").exists():
        raise CannotSendMail(_("请先在个人资料中填写您的邮箱。"))
    mail = new_mail(person_id=_me(by), purpose=MailPurpose.TEST, at=at, not_before=at)
    mail.save(force_insert=True)
    transaction.on_commit(partial(call_deliverer, at=at, when=at))
    return mail


@transaction.atomic
def resend(*, mail_ids: Collection[int] | None, by: Viewer, at: dt.datetime) -> int:
    """Let failed mails wait again (all of them when none are named); each keeps its message id. Answers how many."""
    by.require("settings.manage")
    if not settings.MAIL_URL:
        raise CannotSendMail(_("还没有设置邮件服务器，邮件通知处于关闭状态。"))
    rows = Mail.objects.visible_to(by).filter(state=MailState.FAILED)
    if mail_ids is not None:
        rows = rows.filter(pk__in=mail_ids)
    count = int(rows.update(state=MailState.WAITING, not_before=at, attempts=0, error=""))
    if not count:
        raise CannotSendMail(_("没有可以重发的邮件。"))
    transaction.on_commit(partial(call_deliverer, at=at, when=at))
    return count
