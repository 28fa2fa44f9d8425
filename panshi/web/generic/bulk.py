"""Acts on many rows of a list: pick, say what, see what it will do to how many, do it, see what came of it, undo.

A room declares its acts as data. What was previewed is what is done; rows that may not be changed are told with the
reason and the others done; above a size it happens in the background.
"""

import datetime as dt
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from panshi.ground.base.refusals import Refused
from panshi.ground.base.viewer import Viewer
from panshi.ground.settings.reports import value
from panshi.ground.work import bulk as work
from panshi.ground.work.bulk import Outcome, Pace
from panshi.ground.work.models import Bulk, BulkState, JobState
from panshi.web.figures import number
from panshi.web.generic.addresses import around_key
from panshi.web.generic.answers import saved
from panshi.web.generic.exports import LISTS, asked_again
from panshi.web.generic.filters import Asking
from panshi.web.generic.forms import PanshiForm
from panshi.web.generic.lists import BulkLike, ListPage, picked_keys, read_asked
from panshi.web.request import PanshiRequest, page

RUNNER = "list"
MOST_NAMED = 200
"""So many refused rows are named; of more only the reasons are counted."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What an act would do: to how many, how many are as wanted already, which not and why; more facts in words."""

    will: int
    unchanged: int = 0
    refused: Mapping[int, str] = field(default_factory=dict)
    facts: tuple[str, ...] = ()


class MakeForm(Protocol):
    """Builds the form that asks what an act needs to know."""

    def __call__(self, *args: Any, viewer: Viewer) -> PanshiForm: ...  # noqa: D102


Values = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class BulkAct(BulkLike):
    """One act: its form, what it would do, doing it, and taking it back where that is possible.

    Values come from the form as text, so that they can wait for the background. Above `typed_above` rows the number
    must be typed to agree. `undo_minutes` bounds how long undoing is offered; None offers it as long as it can be done.
    """

    about: Promise
    form: MakeForm
    preview: Callable[[Sequence[int], Values, Viewer, dt.date], Preview]
    act: Callable[[Sequence[int], Values, Viewer, dt.datetime], Outcome]
    undo: Callable[[Outcome, Values, Viewer, dt.datetime], Outcome] | None = None
    undo_minutes: int | None = None
    harms: bool = False
    typed_above: int = 1000


def bulk_urls(declared: ListPage, route: str, name: str) -> list[URLPattern]:
    """The addresses of a list's bulk acts, none for a list without."""
    if not declared.bulk:
        return []
    return [
        path(f"{route}bulk/", begin(declared, name), name=f"{name}_bulk"),
        path(f"{route}bulk/<int:pk>/", carry_on(declared), name=f"{name}_bulk_act"),
        path(f"{route}bulk/<int:pk>/undo/", take_back(declared), name=f"{name}_bulk_undo"),
    ]


def begin(declared: ListPage, name: str) -> Callable[..., Any]:
    """The view that keeps what was picked and leads to the act."""

    @require_POST
    @page
    def answer(request: PanshiRequest) -> HttpResponse:
        viewer = request.viewer
        act = _act(declared, request.POST.get("act", ""), viewer)
        asked = read_asked(declared.for_viewer(viewer), request.GET, Asking(viewer, request.on))
        most: int = value("lists.bulk_most")
        rows = asked.order.sorted(asked.rows())
        if request.POST.get("everything") != "1":
            rows = rows.filter(pk__in=picked_keys(request.POST.getlist("pk")))
        keys = list(rows.values_list("pk", flat=True)[: most + 1])
        back = request.path.removesuffix("bulk/") + asked.query()
        if not keys or len(keys) > most:
            why = (
                _("请先选择记录。")
                if not keys
                else (_("一次最多处理 %(most)s 条，请缩小范围后再试。") % {"most": number(most)})
            )
            return saved(request, back, why)
        draft = work.draft(
            runner=RUNNER, listed=declared.name, act=act.name, keys=keys, back=back, by=viewer, at=request.at
        )
        namespace = request.resolver_match.namespace if request.resolver_match else ""
        return saved(request, reverse(f"{namespace}:{name}_bulk_act", args=[draft.pk]))

    return answer


def carry_on(declared: ListPage) -> Callable[..., Any]:
    """The view of one act: its form, its preview, how far it is, what came of it."""

    @page
    def answer(request: PanshiRequest, pk: int) -> HttpResponse:
        bulk = _own(declared, request, pk)
        act = _act(declared, bulk.act, request.viewer)
        if bulk.state != BulkState.DRAFT:
            return _show_result(request, declared, act, bulk)
        form = act.form(request.POST or None, viewer=request.viewer)
        keys = work.keys_of(bulk)
        context: dict[str, Any] = {
            "list": declared,
            "act": act,
            "bulk": bulk,
            "form": form,
            "count": len(keys),
        }
        if request.method != "POST" or not form.sent():
            context["names"] = _named(declared, keys[:10], request.viewer)
            return render(request, "generic/bulk.html", context, status=422 if form.errors else 200)
        values = _plain(form.values())
        with form.refusals():
            preview = act.preview(keys, values, request.viewer, request.on)
            typed = str(preview.will) if preview.will > act.typed_above else ""
            if (
                "confirmed" in request.POST
                and preview.will
                and request.POST.get("typed", "").strip() == typed
            ):
                background = len(keys) > value("lists.bulk_at_once")
                work.start(
                    bulk=bulk, arguments=values, background=background, by=request.viewer, at=request.at
                )
                return saved(request, request.path)
            refused = _reasons(declared, preview.refused, request.viewer)
            context |= {"preview": preview, "typed": typed, "refused": refused, "values": values,
                        "wrong": "confirmed" in request.POST}  # fmt: skip
            return render(
                request, "generic/bulk_preview.html", context, status=422 if context["wrong"] else 200
            )
        context["names"] = _named(declared, keys[:10], request.viewer)
        return render(request, "generic/bulk.html", context, status=422)

    return answer


def take_back(declared: ListPage) -> Callable[..., Any]:
    """The view that undoes an act."""

    @require_POST
    @page
    def answer(request: PanshiRequest, pk: int) -> HttpResponse:
        bulk = _own(declared, request, pk)
        outcome = work.undo(bulk=bulk, by=request.viewer, at=request.at)
        told = _("已撤销 %(count)s 条。") % {"count": number(len(outcome.done))}
        return saved(request, request.path.removesuffix("undo/"), told)

    return answer


def _show_result(request: PanshiRequest, declared: ListPage, act: BulkAct, bulk: Bulk) -> HttpResponse:
    """How far it is, or what came of it."""
    outcome = work.outcome_of(bulk)
    state = BulkState(bulk.state)
    stopped = bulk.job is not None and bulk.job.state in {JobState.CANCELLED, JobState.FAILED}
    context = {
        "list": declared,
        "act": act,
        "bulk": bulk,
        "outcome": outcome,
        "under_way": state == BulkState.RUNNING and not stopped,
        "stopped": stopped or state == BulkState.FAILED,
        "refused": _reasons(declared, outcome.refused, request.viewer),
        "may_undo": state == BulkState.DONE and outcome.done and _in_time(act, outcome, bulk, request.at),
        "undo_until": _until(act, bulk),
    }
    fragment = bool(request.htmx) and request.htmx.target == "bulk-result"
    return render(
        request, "generic/bulk_result_part.html" if fragment else "generic/bulk_result.html", context
    )


def _in_time(act: BulkAct, outcome: Outcome, bulk: Bulk, at: dt.datetime) -> bool:
    """Whether undoing is still offered."""
    if act.undo is None or outcome.undo is None:
        return False
    until = _until(act, bulk)
    return until is None or at <= until


def _until(act: BulkAct, bulk: Bulk) -> dt.datetime | None:
    """Until when, None for no bound."""
    if act.undo_minutes is None or bulk.done_at is None:
        return None
    return bulk.done_at + dt.timedelta(minutes=act.undo_minutes)


@dataclass(frozen=True, slots=True)
class Reason:
    """Rows refused for one reason: how many, and the first of them with their addresses."""

    words: str
    count: int
    names: Sequence[tuple[str, str]]


def _reasons(declared: ListPage, refused: Mapping[int, str], viewer: Viewer) -> list[Reason]:
    """The refusals by reason, the most frequent first; the rows are named as far as the person may see them."""
    named = dict(_keyed(declared, list(refused)[:MOST_NAMED], viewer))
    return [
        Reason(words, count, [named[pk] for pk, why in refused.items() if why == words and pk in named])
        for words, count in Counter(refused.values()).most_common()
    ]


def _named(declared: ListPage, keys: Sequence[int], viewer: Viewer) -> list[str]:
    return [name for _pk, (name, _to) in _keyed(declared, keys, viewer)]


def _keyed(declared: ListPage, keys: Sequence[int], viewer: Viewer) -> Iterable[tuple[int, tuple[str, str]]]:
    before, after = around_key(declared.record) if declared.record else ("", "")
    rows = declared.rows(viewer).filter(pk__in=list(keys)).values_list("pk", declared.label)
    return [(pk, (name, f"{before}{pk}{after}" if before else "")) for pk, name in rows]


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """What the form said, as it can wait in the database."""
    return dict(json.loads(json.dumps(values, default=str)))


def _act(declared: ListPage, name: str, viewer: Viewer) -> BulkAct:
    found = next((act for act in declared.bulk if act.name == name), None)
    if not isinstance(found, BulkAct):
        raise Http404
    viewer.require(declared.permission)
    viewer.require(found.permission)
    return found


def _own(declared: ListPage, request: PanshiRequest, pk: int) -> Bulk:
    rows = Bulk.objects.visible_to(request.viewer).filter(asked_by_id=request.user.pk)
    found: Bulk = get_object_or_404(rows.select_related("job"), pk=pk, listed=declared.name)
    return found


class ListRunner:
    """Carries out the acts of lists for the work room."""

    def run(
        self, bulk: Bulk, keys: Sequence[int], *, by: Viewer, at: dt.datetime, each: Pace | None
    ) -> Outcome:
        """Do it; the rows are those kept with the draft, the rights those of now."""
        if each is not None:
            each.total(len(keys))
        outcome = _declared(bulk, by).act(keys, json.loads(bulk.arguments), by, at)
        if each is not None:
            each.advance(len(keys))
        return outcome

    def undo(self, bulk: Bulk, outcome: Outcome, *, by: Viewer, at: dt.datetime) -> Outcome:
        """Take it back."""
        act = _declared(bulk, by)
        if act.undo is None:
            raise Refused(_("这次批量操作不能撤销。"))
        return act.undo(outcome, json.loads(bulk.arguments), by, at)


def _declared(bulk: Bulk, by: Viewer) -> BulkAct:
    asked_again(bulk.listed, "", by, bulk.asked_at)
    return _act(LISTS[bulk.listed], bulk.act, by)
