"""Notices by the clock: mails on their way, digests, the morning's reminders, word of background work that ended."""

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, Final

from django.db.models import Count, Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from panshi.domains.accounts.models import Account
from panshi.domains.accounts.services.imports.batches import JOB as IMPORT
from panshi.domains.people.events import CONTACTS_DUE
from panshi.domains.people.reports import reminders
from panshi.ground.base.refs import RecordRef
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.models import Person
from panshi.ground.identity.reports import viewer_of
from panshi.ground.notices.digests import forget_old, gather_digests
from panshi.ground.notices.events import JOB_DONE, JOB_FAILED
from panshi.ground.notices.letters import Letter, Section, digest_letter, notice_letter, test_letter
from panshi.ground.notices.models import Mail, MailPurpose, Notice
from panshi.ground.notices.reports import Told, go, told
from panshi.ground.notices.sending import Delivered, deliver
from panshi.ground.notices.services import DELIVER, call_deliverer, notify
from panshi.ground.work.ended import when_ended
from panshi.ground.work.kinds import Schedule, all_kinds, job
from panshi.ground.work.models import Job, JobState
from panshi.ground.work.progress import Progress

LONG: Final = dt.timedelta(seconds=15)
"""Who waited longer for a job has gone on to other things and wants to hear that it ended."""

TELLS_ITSELF: Final = frozenset({IMPORT})
"""Kinds of jobs whose services tell what came of them in better words."""

DUE: Final = RecordRef("due", 0)
"""The list of accounts to contact, which is no record but a place to go to."""


@job(DELIVER, title=gettext_lazy("发送邮件"))
def deliver_mail(progress: Progress) -> Mapping[str, Any]:
    """Send what is due, and come back when the next one is."""
    return _delivered(progress)


@job(
    "notices.tick", title=gettext_lazy("通知：摘要与邮件"), schedule=Schedule(every=dt.timedelta(minutes=10))
)
def tick(progress: Progress, *, due_on: str) -> Mapping[str, Any]:
    """Gather the digests that are due and send whatever waits, also what was forgotten when a process died."""
    digests = gather_digests(at=timezone.now())
    return {"digests": digests, **_delivered(progress)}


@job("notices.remind", title=gettext_lazy("提醒今天该联系的客户"), schedule=Schedule(dt.time(7, 0)))
def remind(progress: Progress, *, due_on: str) -> Mapping[str, Any]:
    """Tell each owner how many accounts are to be contacted today; once a day, with the job's end."""
    on = dt.date.fromisoformat(due_on)
    rows = Account.objects.visible_to(Viewer.system()).standing().due(on).exclude(owner=None)
    found = (
        rows.order_by()
        .values("owner_id")
        .annotate(
            today=Count("pk", filter=Q(next_contact_on=on)),
            before=Count("pk", filter=Q(next_contact_on__lt=on)),
        )
    )
    with progress.commit() as result:
        owners = [row for row in found.order_by("owner_id") if row["today"]]
        for row in owners:
            notify(
                CONTACTS_DUE,
                to=[row["owner_id"]],
                at=timezone.now(),
                record=DUE,
                count=row["today"],
                overdue=row["before"],
            )
        result["people"] = len(owners)
    return result


@job("notices.forget", title=gettext_lazy("清理旧通知"), schedule=Schedule(dt.time(2, 50)))
def forget(progress: Progress, *, due_on: str) -> Mapping[str, Any]:
    """Remove what was read long ago."""
    return {"notices": forget_old(at=timezone.now())}


def _delivered(progress: Progress) -> Mapping[str, Any]:
    done: Delivered = deliver(clock=timezone.now, compose=compose, check=progress.check)
    if done.next_at is not None:
        call_deliverer(at=timezone.now(), when=done.next_at)
    return {"sent": done.sent, "failed": done.failed, "deferred": done.deferred}


def compose(mail: Mail, person: Person) -> Letter | None:
    """The letter of a mail, in its person's language and with what they may see today."""
    with translation.override(person.language):
        if mail.purpose == MailPurpose.TEST:
            return test_letter()
        viewer = viewer_of(person.pk, on=timezone.localdate())
        if mail.purpose == MailPurpose.DIGEST:
            return _digest(mail, viewer)
        notices = _told(mail.notices.order_by("pk"), viewer)
        return notice_letter(notices[0]) if notices else None


def _told(notices: Iterable[Notice], viewer: Viewer) -> list[Told]:
    """Notices in words for their person."""
    rows = list(notices)
    ids = {each.account_id for each in rows if each.account_id is not None}
    visible = Account.objects.visible_to(viewer).filter(pk__in=ids)
    return told(rows, accounts=dict(visible.values_list("pk", "name")))


def _digest(mail: Mail, viewer: Viewer) -> Letter | None:
    """Everything that waited, by kind in the order of time; under the reminder the accounts it speaks of."""
    notices = _told(mail.digested.order_by("pk"), viewer)
    by_kind: dict[str, list[Told]] = {}
    for each in notices:
        by_kind.setdefault(each.kind, []).append(each)
    sections = [
        Section(each[0].label, [(one.text, one.address) for one in each]) for each in by_kind.values()
    ]
    if CONTACTS_DUE.name in by_kind:
        sections.insert(0, _contacts(viewer))
    return digest_letter(sections, count=len(notices)) if notices else None


def _contacts(viewer: Viewer) -> Section:
    """Whom to contact today, from the archive as it is now."""
    due = reminders(viewer=viewer, on=timezone.localdate(), owner_id=viewer.person_id, days=0)
    lines = [
        (
            _("%(account)s：%(note)s") % {"account": each.account, "note": each.note}
            if each.note
            else each.account,
            go(RecordRef("account", each.account_id)),
        )
        for each in due
    ]
    return Section(_("今天该联系的客户"), lines)


@when_ended
def tell_of_job(ended: Job) -> None:
    """Tell a person that work they asked for failed, or is done after they waited long."""
    kind = all_kinds().get(ended.kind)
    if kind is None or ended.kind in TELLS_ITSELF or ended.finished_at is None:
        return
    tell = partial(
        notify, to=[ended.asked_by_id or 0], at=ended.finished_at, record=RecordRef("job", ended.pk)
    )
    if ended.state == JobState.FAILED:
        tell(JOB_FAILED, title=str(kind.title), error=ended.error[:200])
    elif ended.state == JobState.DONE and ended.finished_at - ended.asked_at >= LONG:
        tell(JOB_DONE, title=str(kind.title))
