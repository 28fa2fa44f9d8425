"""Digests: what people chose to read together, gathered into one mail a day or a week at their hour."""

import datetime as dt
from functools import partial
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from panshi.calc.working_time import WorkCalendar
from panshi.ground.identity.models import Person
from panshi.ground.notices.models import Mail, MailPurpose, Notice, Rhythm
from panshi.ground.notices.quiet import digest_day
from panshi.ground.notices.services import call_deliverer, new_mail
from panshi.ground.settings.reports.calendar import official_years

OLDEST: Final = dt.timedelta(days=15)
"""What waited longer (mail was off, the digest not wanted) is no news any more."""

READ_KEPT: Final = dt.timedelta(days=180)
MAIL_KEPT: Final = dt.timedelta(days=90)
CHUNK: Final = 500


def gather_digests(*, at: dt.datetime) -> int:
    """Write the digests that are due now; answers how many. Asked again on the same day it writes none twice."""
    if not settings.MAIL_URL:
        return 0
    waiting = Notice.objects.filter(for_digest=True).order_by().values_list("person_id", flat=True).distinct()
    people = Person.objects.active().exclude(email="").filter(pk__in=list(waiting)).order_by("pk")
    rhythms = Rhythm.objects.in_bulk(list(people.values_list("pk", flat=True)))
    local, works = timezone.localtime(at), WorkCalendar(official_years()).is_working
    due = [
        pk
        for pk in people.values_list("pk", flat=True)
        if digest_day(rhythms.get(pk) or Rhythm(person_id=pk), local, works=works)
    ]
    return sum(_gather(pk, local.date(), at=at) for pk in due)


@transaction.atomic
def _gather(person_id: int, on: dt.date, *, at: dt.datetime) -> bool:
    """One person's digest: everything unread that waited for it. What was read meanwhile is no news."""
    Person.objects.select_for_update().get(pk=person_id)
    if Mail.objects.filter(person_id=person_id, digest_on=on).exists():
        return False
    waiting = Notice.objects.filter(person_id=person_id, for_digest=True)
    news = list(waiting.filter(read_at=None, at__gte=at - OLDEST).order_by("pk").values_list("pk", flat=True))
    if not news:
        waiting.update(for_digest=False)
        return False
    mail = new_mail(person_id=person_id, purpose=MailPurpose.DIGEST, at=at, not_before=at, digest_on=on)
    mail.save(force_insert=True)
    waiting.exclude(read_at=None).update(for_digest=False)
    waiting.filter(at__lt=at - OLDEST).update(for_digest=False)
    for start in range(0, len(news), CHUNK):
        Notice.objects.filter(pk__in=news[start : start + CHUNK]).update(for_digest=False, digest=mail)
    transaction.on_commit(partial(call_deliverer, at=at, when=at))
    return True


@transaction.atomic
def forget_old(*, at: dt.datetime) -> int:
    """Remove notices read half a year ago and mails sent a quarter ago; answers how many notices."""
    Notice.objects.filter(for_digest=True, at__lt=at - OLDEST).update(for_digest=False)
    gone = Notice.objects.filter(at__lt=at - READ_KEPT).exclude(read_at=None, in_app=True).delete()[0]
    sent = Mail.objects.exclude(sent_at=None).filter(sent_at__lt=at - MAIL_KEPT)
    Notice.objects.filter(mail__in=sent).update(mail=None)
    Notice.objects.filter(digest__in=sent).update(digest=None)
    sent.delete()
    return int(gone)
