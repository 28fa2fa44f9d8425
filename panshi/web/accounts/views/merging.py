"""Merging two accounts: choose the other one, compare field by field, hand in the request; the list of merges, undo."""

import json
from collections import defaultdict
from typing import Any, Final

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from panshi.domains.accounts.models import Account, Merge
from panshi.domains.accounts.reports import (
    Draft,
    Facing,
    MergeChoices,
    MergePreview,
    duplicates,
    merge_preview,
    open_account,
)
from panshi.domains.accounts.reports.merging import BOTH, MINE, THEIRS
from panshi.domains.accounts.services import undo_merge
from panshi.domains.people.models import Contact
from panshi.ground.base.refs import RecordRef
from panshi.ground.base.refusals import NotAllowed, Refused
from panshi.ground.base.viewer import Viewer
from panshi.web.accounts import names
from panshi.web.accounts.views.record import visible_account
from panshi.web.generic.answers import saved
from panshi.web.generic.confirm import Question, agreed, ask
from panshi.web.generic.keys import key_or_none
from panshi.web.request import PanshiRequest, page
from panshi.workflow.services import start_request

PROCESS: Final = "account_merge"
STEPS: Final = (gettext_lazy("选择两家客户"), gettext_lazy("逐项比较"), gettext_lazy("提交申请"))
MOST_CONTACTS: Final = 2000
LONGEST_TAKEN: Final = 4000


def submit_merge(
    request: PanshiRequest, *, winner: Account, loser: Account, choices: MergeChoices, viewer: Viewer
) -> str:
    """Hand a checked choice to the process of merges; answers where the request can be followed.

    The only place where the page meets the process: `choices.plain()` is what the request carries, its subjects are
    both accounts, and the decision at its end is `decisions.merge_accounts`.
    """
    asked = start_request(
        process=PROCESS,
        subjects=(RecordRef("account", winner.pk), RecordRef("account", loser.pk)),
        values={
            "taken": _taken(merge_preview(winner, loser, viewer=viewer), choices),
            "reason": choices.reason,
            "choices": json.dumps(choices.plain(), ensure_ascii=False),
        },
        by=viewer,
        at=request.at,
    )
    return reverse("workflow:detail", args=[asked.pk])


def _taken(preview: MergePreview, choices: MergeChoices) -> str:
    """What the account that stays takes over, in words for those who decide."""
    lines = [
        f"{one.label}：{_coded(one.field, one.theirs)}"
        for one in preview.facing
        if one.differs and choices.picks.get(one.field) != MINE
    ]
    return "\n".join(lines)[:LONGEST_TAKEN]


@page
def choose(request: PanshiRequest, pk: int) -> HttpResponse:
    """Step 1: which other account is the same customer; look-alikes stand ready."""
    account = _mergeable(request, pk)
    other = key_or_none(request.GET.get("other", ""))
    error = ""
    if other is not None:
        if other != pk and open_account(other, viewer=request.viewer) is not None:
            return redirect("accounts:merge_compare", pk, other)
        error = _("请选择另一家您能看到的客户。")
    draft = Draft(account.name, "", account.uscc, account.phone, account.pk)
    return render(
        request,
        "accounts/merge_choose.html",
        {
            "title": _("合并客户"),
            "intro": _("同一家客户建了两份档案时，把一份并入另一份；30 天内可以撤销。"),
            "steps": [(label, "") for label in STEPS],
            "at": 0,
            "account": account,
            "candidates": [one for one in duplicates(draft, viewer=request.viewer) if not one.masked],
            "error": error,
        },
    )


@page
def compare(request: PanshiRequest, pk: int, other: int) -> HttpResponse:
    """Steps 2 and 3: both side by side with a choice for each field; then what will happen, and the request."""
    winner, loser = _mergeable(request, pk), _mergeable(request, other)
    preview = merge_preview(winner, loser, viewer=request.viewer)
    context = _context(request, preview)
    if request.method != "POST" or preview.refusal:
        return render(request, "accounts/merge_compare.html", context)
    choices = _choices(request.POST, preview)
    context |= {"picked": context["picked"] | dict(choices.picks), "choices": choices}
    if not choices.reason:
        context["error"] = _("请说明为什么认为是同一家客户。")
        return render(request, "accounts/merge_compare.html", context, status=422)
    if request.POST.get("act") == "submit":
        try:
            address = submit_merge(
                request, winner=winner, loser=loser, choices=choices, viewer=request.viewer
            )
        except NotAllowed:
            raise
        except Refused as refusal:
            context["error"] = refusal.message
        else:
            return saved(request, address, _("已提交合并申请，审批同意后合并。"))
    taken = [one for one in preview.facing if one.differs and choices.picks.get(one.field) != MINE]
    context |= {"at": 2, "taken": taken, "kept": [one for one in preview.facing if one not in taken]}
    status = 409 if context["error"] else 200
    return render(request, "accounts/merge_submit.html", context, status=status)


def _mergeable(request: PanshiRequest, pk: int) -> Account:
    """An account the person sees and may have merged."""
    request.viewer.require("accounts.merge")
    account = visible_account(request, pk)
    if not Account.objects.visible_to(request.viewer, "accounts.merge").filter(pk=pk).exists():
        raise NotAllowed(_("您没有此项操作的权限。"))
    return account


def _context(request: PanshiRequest, preview: MergePreview) -> dict[str, Any]:
    """What the comparison shows."""
    winner, loser = preview.winner, preview.loser
    back = reverse("accounts:merge", args=[winner.pk])
    return {
        "title": _("合并客户"),
        "steps": [(STEPS[0], back), (STEPS[1], request.path), (STEPS[2], "")],
        "at": 1,
        "preview": preview,
        "winner": winner,
        "loser": loser,
        "words": _coded,
        "picked": {one.field: one.proposed for one in preview.facing},
        "choices": MergeChoices(),
        "error": "",
        "twins": _twins(winner, loser, request.viewer),
        "swap": reverse("accounts:merge_compare", args=[loser.pk, winner.pk]),
    }


def _coded(field: str, value: str) -> str:
    """Regions and industries by name."""
    if field == "region":
        return names.region_name(value) if value else ""
    if field == "industry":
        return names.industry_name(value) if value else ""
    return value


def _choices(data: QueryDict, preview: MergePreview) -> MergeChoices:
    """What the person chose; what is no choice of a field is what was proposed for it."""
    return MergeChoices(
        picks={one.field: _pick(data, one) for one in preview.facing if one.differs},
        reason=data.get("reason", "").replace("\x00", "").strip()[:200],
        keep_owner="keep_owner" in data,
        winner_version=preview.winner.version,
        loser_version=preview.loser.version,
    )


def _pick(data: QueryDict, one: Facing) -> str:
    said = data.get(f"pick-{one.field}", "")
    return said if said in (MINE, THEIRS) or (said == BOTH and one.may_join) else one.proposed


def _twins(winner: Account, loser: Account, viewer: Viewer) -> list[tuple[str, str]]:
    """Contacts that seem to stand in both archives: same name, or same number."""
    if not viewer.may("people.view"):
        return []
    rows = Contact.objects.visible_to(viewer).filter(account__in=[winner.pk, loser.pk]).order_by("pk")
    by_account: dict[int, dict[str, str]] = defaultdict(dict)
    for account_id, name, phone, mobile in rows.values_list("account_id", "name", "phone_key", "mobile_key")[
        :MOST_CONTACTS
    ]:
        for sign in filter(None, (name, phone, mobile)):
            by_account[account_id].setdefault(sign, name)
    mine, theirs = by_account[winner.pk], by_account[loser.pk]
    return sorted({(mine[sign], theirs[sign]) for sign in set(mine) & set(theirs)})


@page
def undo(request: PanshiRequest, pk: int) -> HttpResponse:
    """Take a merge back after a question with numbers; says what was not restored."""
    request.viewer.require("accounts.merge")
    merge: Merge | None = (
        Merge.objects.visible_to(request.viewer).filter(pk=pk).select_related("winner").first()
    )
    if merge is None:
        raise Http404
    list_url = reverse("accounts:merges")
    question = Question(
        title=_("撤销合并“%(name)s”") % {"name": merge.loser_name},
        facts=(
            _("“%(loser)s”恢复为独立的客户，从“%(winner)s”取回 %(count)d 条记录。")
            % {"loser": merge.loser_name, "winner": merge.winner.name, "count": merge.moved},
            _("两家的字段恢复到合并之前；合并之后又改过的保持新值，并逐项告诉您。"),
            _("合并之后新加的联系人和跟进留在“%(winner)s”。") % {"winner": merge.winner.name},
        ),
        verb=_("撤销合并"),
        cancel_url=list_url,
        harms=False,
    )
    if not agreed(request, question):
        return ask(request, question)
    try:
        undone = undo_merge(merge=merge, by=request.viewer, at=request.at)
    except NotAllowed:
        raise
    except Refused as refusal:
        return render(
            request,
            "accounts/merge_undone.html",
            {"merge": merge, "refused": refusal.message, "title": question.title},
            status=409,
        )
    return render(
        request, "accounts/merge_undone.html", {"merge": undone, "refused": "", "title": question.title}
    )
