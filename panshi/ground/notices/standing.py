"""How the outbox stands, in figures for monitors."""

import datetime as dt

from django.db.models import Count, Min

from panshi.ground.notices.models import Mail, MailState


def outbox_figures() -> dict[str, int]:
    """How many mails wait, are being sent or failed; those sent are not counted, they are history."""
    figures = dict.fromkeys((MailState.WAITING.value, MailState.SENDING.value, MailState.FAILED.value), 0)
    rows = Mail.objects.exclude(state=MailState.SENT).values_list("state").annotate(Count("pk")).order_by()
    return figures | dict(rows)


def oldest_mail() -> dt.datetime | None:
    """When the mail that waits longest should have left; None when none waits."""
    rows = Mail.objects.filter(state__in=[MailState.WAITING, MailState.SENDING])
    oldest: dt.datetime | None = rows.aggregate(first=Min("not_before"))["first"]
    return oldest
