"""The outbox, for administrators: which mails wait, which failed and why; send again, and a mail to try it all."""

from typing import Final

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from panshi.ground.notices import reports, services
from panshi.ground.notices.models import MailPurpose, MailState
from panshi.web.generic.answers import saved
from panshi.web.generic.keys import key_or_none
from panshi.web.request import PanshiRequest, page

PORTION: Final = 50
TONES: Final = {MailState.SENT: "good", MailState.FAILED: "bad", MailState.SENDING: "info"}


@page
def mails(request: PanshiRequest) -> HttpResponse:
    """Mails, newest first, by state."""
    state = reports.outbox(request.viewer)
    rows = reports.mails(request.viewer).select_related("person")
    chosen = request.GET.get("state", "")
    if chosen in MailState.values:
        rows = rows.filter(state=chosen)
    before = key_or_none(request.GET.get("before", ""))
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-pk")[: PORTION + 1])
    context = {
        "mails": [
            (
                each,
                str(MailState(each.state).label),
                TONES.get(MailState(each.state), ""),
                str(MailPurpose(each.purpose).label),
            )
            for each in found[:PORTION]
        ],
        "before": found[PORTION - 1].pk if len(found) > PORTION else None,
        "outbox": state,
        "chosen": chosen,
        "states": [(value, str(label)) for value, label in MailState.choices if value != MailState.SENDING],
        "sender": settings.MAIL_FROM,
        "me": request.user.email,
    }
    return render(request, "notices/outbox.html", context)


@require_POST
@page
def test(request: PanshiRequest) -> HttpResponse:
    """Send me a mail."""
    services.send_test(by=request.viewer, at=request.at)
    text = _("测试邮件已放入发件箱，几秒后查看结果。")
    return saved(request, reverse("notices:outbox"), text)


@require_POST
@page
def resend_all(request: PanshiRequest) -> HttpResponse:
    """Let every failed mail wait again."""
    count = services.resend(mail_ids=None, by=request.viewer, at=request.at)
    text = ngettext("%(count)d 封邮件重新排队", "%(count)d 封邮件重新排队", count) % {"count": count}
    return saved(request, reverse("notices:outbox"), text)


@require_POST
@page
def resend_one(request: PanshiRequest, pk: int) -> HttpResponse:
    """Let one failed mail wait again."""
    mail = get_object_or_404(reports.mails(request.viewer), pk=pk)
    services.resend(mail_ids=[mail.pk], by=request.viewer, at=request.at)
    return saved(request, reverse("notices:outbox"), _("邮件重新排队"))
