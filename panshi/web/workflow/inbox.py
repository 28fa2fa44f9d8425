"""The inbox's own addresses: counts on its tabs, where its rows lead, the block of the workbench."""

from functools import partial
from typing import Any, Final

from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from panshi.ground.base.viewer import Viewer
from panshi.web.request import PanshiRequest, page
from panshi.web.waiting import MOST, WAITING, Waiting
from panshi.workflow import reports, services
from panshi.workflow.models import Act, Copy

MOST_SHOWN: Final = 8


@page
def tabs(request: PanshiRequest) -> HttpResponse:
    """The tabs of the inbox with what waits behind each; asked for after the list stands."""
    counts = reports.counts(viewer=request.viewer, on=request.on, at=request.at)
    context = {"counts": counts, "place": request.GET.get("at", "")[:20], "cap": reports.CAP}
    return render(request, "workflow/inbox_tabs.html", context)


@page
def handled(request: PanshiRequest, pk: int) -> HttpResponse:
    """The request behind a line of 已办."""
    found = Act.objects.visible_to(request.viewer).filter(pk=pk).values_list("request_id", flat=True).first()
    return _lead(found)


@page
def copied_one(request: PanshiRequest, pk: int) -> HttpResponse:
    """The request behind a copy; it is read then."""
    copy = Copy.objects.visible_to(request.viewer).select_related("request").filter(pk=pk).first()
    if copy is not None:
        services.take_note(request=copy.request, by=request.viewer, at=request.at)
    return _lead(copy.request_id if copy is not None else None)


def _lead(request_id: int | None) -> HttpResponse:
    if request_id is None:
        raise Http404
    return HttpResponseRedirect(reverse("workflow:detail", args=[request_id]))


@page
def bench(request: PanshiRequest) -> HttpResponse:
    """What waits for me, most urgent first: the block of the workbench."""
    rows = reports.to_do(viewer=request.viewer, on=request.on)
    tasks = list(
        rows.select_related("request__applicant", "process").order_by("due_at", "pk")[: MOST_SHOWN + 1]
    )
    returned = reports.applied_for(viewer=request.viewer).filter(state="returned").count()
    context = {
        "tasks": tasks[:MOST_SHOWN],
        "more": len(tasks) > MOST_SHOWN,
        "returned": returned,
        "now": request.at,
    }
    return render(request, "workflow/bench.html", context)


def _count(name: str, viewer: Viewer) -> int:
    """One of the counts, to 99+: each reads an index of what is one's own."""
    rows: QuerySet[Any]
    if name == "to_do":
        rows = reports.to_do(viewer=viewer, on=timezone.localdate())
    elif name == "returned":
        rows = reports.applied_for(viewer=viewer).filter(state="returned")
    else:
        rows = reports.copied(viewer=viewer).filter(read_at=None)
    return len(rows.order_by().values_list("pk")[:MOST])


WAITING.extend(
    [
        Waiting("workflow:inbox", partial(_count, "to_do"), _("%(count)s 项待办")),
        Waiting("workflow:mine", partial(_count, "returned"), _("%(count)s 份退回的申请"), tone="bad"),
        Waiting("workflow:copied", partial(_count, "unread"), _("%(count)s 份未读抄送")),
    ]
)
