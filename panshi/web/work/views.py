"""Pages of background work: the list of my jobs (everybody's for those who look after them), and one job."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from panshi.ground.work.models import Job
from panshi.ground.work.services import cancel, retry
from panshi.web.generic.answers import saved
from panshi.web.request import PanshiRequest, page
from panshi.web.work.tables import shown

PORTION = 50


@page
def jobs(request: PanshiRequest) -> HttpResponse:
    """Jobs, newest first, a portion at a time."""
    rows = Job.objects.visible_to(request.viewer)
    mine = request.GET.get("mine") == "1" or not request.viewer.may("work.view")
    if mine:
        rows = rows.filter(asked_by_id=request.viewer.person_id)
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows.order_by("-pk")[: PORTION + 1])
    more, found = len(found) > PORTION, found[:PORTION]
    context = {
        "jobs": shown(found, viewer=request.viewer, at=request.at),
        "before": found[-1].pk if more else None,
        "mine": mine,
        "may_see_all": request.viewer.may("work.view"),
    }
    return render(request, "work/list.html", context)


@page
def job(request: PanshiRequest, pk: int) -> HttpResponse:
    """One job; as a fragment the part that refreshes itself while it runs."""
    found = get_object_or_404(Job.objects.visible_to(request.viewer), pk=pk)
    context = {"one": shown([found], viewer=request.viewer, at=request.at)[0]}
    return render(request, "work/job_part.html" if request.htmx else "work/job.html", context)


@require_POST
@page
def cancel_job(request: PanshiRequest, pk: int) -> HttpResponse:
    """Take a job back."""
    get_object_or_404(Job.objects.visible_to(request.viewer), pk=pk)
    cancel(job_id=pk, by=request.viewer, at=request.at)
    return saved(request, reverse("work:detail", args=[pk]), _("已请求取消。"))


@require_POST
@page
def retry_job(request: PanshiRequest, pk: int) -> HttpResponse:
    """Ask again for a job that failed or was cancelled."""
    get_object_or_404(Job.objects.visible_to(request.viewer), pk=pk)
    retry(job_id=pk, by=request.viewer, at=request.at)
    return saved(request, reverse("work:detail", args=[pk]), _("任务已重新排队。"))
