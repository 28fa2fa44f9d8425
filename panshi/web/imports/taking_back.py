"""The way back from an import: what an undo would do, with numbers, and the order to do it."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from panshi.domains.accounts.services.imports.undoing import (
    CannotUndoImport,
    UndoPlan,
    request_undo,
    undo_plan,
)
from panshi.web.imports.own import around, own_batch
from panshi.web.request import PanshiRequest, page


@page
def undo(request: PanshiRequest, pk: int) -> HttpResponse:
    """Show what an undo would do and what has to stay; a POST lets it run in the background."""
    batch = own_batch(request, pk)
    refused, plan = "", None
    try:
        if request.method == "POST":
            request_undo(batch=batch, by=request.viewer, at=request.at)
            return redirect("imports:result", pk=pk)
        plan = undo_plan(batch, by=request.viewer, at=request.at)
    except CannotUndoImport as refusal:
        refused = refusal.message
    context = {
        **around(batch, 3),
        "title": _("撤销导入"),
        "plan": plan,
        "counts": _counts(plan),
        "refused": refused,
        "back": reverse("imports:result", args=[pk]),
    }
    return render(request, "imports/undo.html", context, status=409 if refused else 200)


def _counts(plan: UndoPlan | None) -> list[tuple[str, int, str]]:
    """The numbers of a plan in words and tone."""
    if plan is None:
        return []
    return [
        (_("移除新建的记录"), plan.removed, ""),
        (_("恢复原值的记录"), plan.restored, ""),
        (_("保持不变"), plan.kept, "bad" if plan.kept else ""),
    ]
