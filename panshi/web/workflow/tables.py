"""The lists of the inbox as data: 待办 · 已办 · 我发起的 · 抄送, and every request one may see."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from panshi.ground.base.viewer import Viewer
from panshi.web.generic.cells import EMPTY, Cell, Tone
from panshi.web.generic.columns import ChoiceColumn, Column, MomentColumn, Plain, Row, TitleColumn
from panshi.web.generic.filters import Asking, Case, CaseFilter, ChoiceFilter, Filter
from panshi.web.generic.lists import Act as ListAct
from panshi.web.generic.lists import ListPage, View
from panshi.web.generic.places import AccountFilter, PersonFilter
from panshi.web.generic.ranges import MomentFilter
from panshi.web.workflow.bulk import APPROVE
from panshi.web.workflow.holding import HolderFilter
from panshi.workflow import reports
from panshi.workflow.models import Act, ActKind, Copy, Request, RequestState, Task, TaskKind
from panshi.workflow.models.acts import HANDLED
from panshi.workflow.models.requests import NOT_ENDED
from panshi.workflow.reports.lines import open_steps, process_names

STATE_TONES: Final[Mapping[str, Tone]] = {
    RequestState.RUNNING: "info",
    RequestState.RETURNED: "warn",
    RequestState.STUCK: "bad",
    RequestState.APPROVED: "good",
    RequestState.REJECTED: "bad",
    RequestState.WITHDRAWN: "",
    RequestState.CANCELLED: "",
}
ACT_TONES: Final[Mapping[str, Tone]] = {
    ActKind.APPROVED: "good",
    ActKind.REJECTED: "bad",
    ActKind.SENT_BACK: "warn",
}


class ProcessChoices:
    """Every process by key and name, asked anew for each page."""

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter([(str(pk), name) for pk, name in process_names()])


@dataclass(frozen=True, kw_only=True)
class WaitingColumn(Column):
    """For how long: a moment by its distance from now."""

    def cell(self, row: Row, on: dt.date) -> Cell:
        """See `Column.cell`."""
        return Cell("ago", row[self.reads[0]])

    def plain(self, row: Row) -> Plain:
        """See `Column.plain`."""
        return f"{timezone.localtime(row[self.reads[0]]):%Y-%m-%d %H:%M}"


@dataclass(frozen=True, kw_only=True)
class DueColumn(Column):
    """Until when: `reads` are the moment and whether it was counted without an official calendar."""

    def cell(self, row: Row, on: dt.date) -> Cell:
        """See `Column.cell`."""
        due, provisional = row[self.reads[0]], row[self.reads[1]]
        if due == NOT_ENDED:
            return EMPTY
        local = timezone.localtime(due)
        words = f"{local:%m-%d %H:%M}" if local.year == on.year else f"{local:%Y-%m-%d}"
        if provisional:
            words = _("%(due)s（暂定）") % {"due": words}
        left = due - timezone.now()
        if left < dt.timedelta(0):
            return Cell("tag", _("已超时 %(due)s") % {"due": words}, "bad")
        return Cell("tag", words, "warn") if left < dt.timedelta(days=1) else Cell("text", words)

    def plain(self, row: Row) -> Plain:
        """See `Column.plain`."""
        due = row[self.reads[0]]
        return None if due == NOT_ENDED else f"{timezone.localtime(due):%Y-%m-%d %H:%M}"


@dataclass(frozen=True, kw_only=True)
class MarkColumn(Column):
    """A word where a moment is set (urged), nothing where it is not."""

    word: Promise
    tone: Tone = "warn"
    unset: bool = False

    def cell(self, row: Row, on: dt.date) -> Cell:
        """See `Column.cell`."""
        return Cell("tag", self.word, self.tone) if self._set(row) else EMPTY

    def plain(self, row: Row) -> Plain:
        """See `Column.plain`."""
        return str(self.word) if self._set(row) else None

    def _set(self, row: Row) -> bool:
        return (row[self.reads[0]] is None) is self.unset


@dataclass(frozen=True, kw_only=True)
class InboxPage(ListPage):
    """A list of the inbox: its tabs stand above it, `place` names the one shown."""

    heading: str = "workflow/inbox_tabs.html"
    place: str


def _words(path: str) -> Any:
    """Search by number or title; the rows of an inbox are one's own, so a substring may be looked for."""

    def search(words: str, viewer: Viewer) -> Q:
        return Q(**{f"{path}title__icontains": words}) | Q(**{f"{path}number__startswith": words.upper()})

    return search


def _filters(path: str) -> tuple[Filter, ...]:
    """The filters every list of requests has."""
    return (
        ChoiceFilter(
            name="process", label=gettext_lazy("流程"), field=f"{path}process_id", choices=ProcessChoices()
        ),
        PersonFilter(
            name="applicant", label=gettext_lazy("申请人"), field=f"{path}applicant_id",
            source="accounts:pick_people", nobody=gettext_lazy("无"),
        ),
        AccountFilter(
            name="account", label=gettext_lazy("客户"), field=f"{path}account_id", source="accounts:pick_accounts"
        ),
    )  # fmt: skip


def _state_filter(path: str) -> ChoiceFilter:
    return ChoiceFilter(
        name="state", label=gettext_lazy("状态"), field=f"{path}state", choices=RequestState.choices
    )


def _columns(path: str) -> tuple[Column, ...]:
    """What is said of a request in every list."""
    return (
        Column(name="number", label=gettext_lazy("编号"), reads=(f"{path}number",), phone=3),
        Column(name="process", label=gettext_lazy("流程"), reads=(f"{path}process__name",), phone=3),
        Column(name="applicant", label=gettext_lazy("申请人"), reads=(f"{path}applicant__name",)),
    )


def _state(path: str, **more: Any) -> ChoiceColumn:
    return ChoiceColumn(
        name="state", label=gettext_lazy("申请状态"), reads=(f"{path}state",), choices=RequestState.choices,
        tones=STATE_TONES, **more,
    )  # fmt: skip


def _title(path: str) -> TitleColumn:
    return TitleColumn(name="title", label=gettext_lazy("申请"), reads=(f"{path}title",), wide=True)


def _to_do(viewer: Viewer) -> "QuerySet[Any]":
    return reports.to_do(viewer=viewer, on=timezone.localdate())


START: Final = ListAct(gettext_lazy("发起申请"), "workflow:start", icon="plus", primary=True)
OVERDUE: Final = CaseFilter(
    name="overdue",
    label=gettext_lazy("期限"),
    cases=(
        Case("yes", gettext_lazy("已超时"), lambda asking: Q(due_at__lt=timezone.now())),
        Case("day", gettext_lazy("24 小时内到期"), lambda asking: _soon()),
        Case("no", gettext_lazy("未超时"), lambda asking: Q(due_at__gte=timezone.now())),
    ),
)


def _soon() -> Q:
    now = timezone.now()
    return Q(due_at__gte=now, due_at__lt=now + dt.timedelta(days=1))


TO_DO: Final = InboxPage(
    place="inbox",
    name="inbox",
    title=gettext_lazy("待办"),
    model=Task,
    rows=_to_do,
    permission="",
    label="request__title",
    columns=(
        _title("request__"),
        Column(name="node", label=gettext_lazy("步骤"), reads=("name",), phone=1),
        *_columns("request__"),
        WaitingColumn(
            name="since", label=gettext_lazy("到达"), reads=("opened_at",), sort=("opened_at",), descending=True
        ),
        DueColumn(name="due", label=gettext_lazy("期限"), reads=("due_at", "provisional"), sort=("due_at",)),
        MarkColumn(name="urged", label=gettext_lazy("催办"), reads=("urged_at",), word=gettext_lazy("已催办")),
        Column(name="claimed", label=gettext_lazy("领取人"), reads=("claimed_by__name",), default=False, phone=3),
    ),
    filters=(
        *_filters("request__"),
        OVERDUE,
        MomentFilter(name="since", label=gettext_lazy("到达日期"), field="opened_at"),
        ChoiceFilter(name="kind", label=gettext_lazy("任务"), field="kind", choices=TaskKind.choices),
    ),
    views=(
        View("all", gettext_lazy("全部"), ()),
        View("overdue", gettext_lazy("已超时"), (("overdue", "yes"),)),
        View("soon", gettext_lazy("即将到期"), (("overdue", "day"),)),
        View("back", gettext_lazy("退回给我的"), (("kind", "revise"), ("kind", "refused"))),
    ),
    sort="due",
    record="workflow:task",
    record_in_drawer=True,
    search=_words("request__"),
    search_hint=gettext_lazy("标题、编号"),
    bulk=(APPROVE,),
    bulk_url="workflow:inbox_bulk",
    acts=(START,),
    export_url="workflow:inbox_export",
    empty=(
        gettext_lazy("没有待办"),
        gettext_lazy("轮到您审批、需要您修改或处理的申请会出现在这里。"),
    ),
)  # fmt: skip


def _done(viewer: Viewer) -> "QuerySet[Any]":
    return reports.handled(viewer=viewer)


DONE: Final = InboxPage(
    place="done",
    name="inbox_done",
    title=gettext_lazy("已办"),
    model=Act,
    rows=_done,
    permission="",
    label="request__title",
    columns=(
        _title("request__"),
        ChoiceColumn(
            name="kind", label=gettext_lazy("我的处理"), reads=("kind",), choices=ActKind.choices, tones=ACT_TONES,
            phone=1,
        ),
        Column(name="node", label=gettext_lazy("步骤"), reads=("node_name",), phone=3),
        *_columns("request__"),
        Column(name="text", label=gettext_lazy("意见"), reads=("text",), wide=True, phone=3),
        Column(name="for", label=gettext_lazy("代"), reads=("acted_for__name",), phone=3, default=False),
        MomentColumn(name="at", label=gettext_lazy("处理时间"), reads=("at",), sort=("at",)),
        _state("request__"),
    ),
    filters=(
        *_filters("request__"),
        ChoiceFilter(
            name="kind", label=gettext_lazy("我的处理"), field="kind",
            choices=[(kind.value, kind.label) for kind in HANDLED],
        ),
        _state_filter("request__"),
        MomentFilter(name="at", label=gettext_lazy("处理日期"), field="at"),
    ),
    views=(
        View("all", gettext_lazy("全部"), ()),
        View("open", gettext_lazy("还在审批"), (("state", "running"), ("state", "returned"), ("state", "stuck"))),
        View("rejected", gettext_lazy("我驳回或退回的"), (("kind", "rejected"), ("kind", "sent_back"))),
    ),
    sort="-at",
    record="workflow:handled",
    search=_words("request__"),
    search_hint=gettext_lazy("标题、编号"),
    acts=(START,),
    export_url="workflow:done_export",
    empty=(
        gettext_lazy("还没有处理过申请"),
        gettext_lazy("您同意、驳回、退回或转交过的申请会留在这里，可以随时回来看进展。"),
    ),
)  # fmt: skip


def with_whom(keys: Sequence[int], reads: Sequence[str]) -> dict[int, dict[str, Any]]:
    """The steps that open requests wait at, by request; one query a page."""
    return {request_id: {"step": "、".join(names)} for request_id, names in open_steps(keys).items()}


def _request_columns(*more: Column) -> tuple[Column, ...]:
    return (
        _title(""),
        _state("", phone=1),
        *more,
        *_columns("")[:2],
        Column(name="step", label=gettext_lazy("当前步骤"), reads=("step",), filled=True),
        MomentColumn(
            name="started", label=gettext_lazy("提交时间"), reads=("started_at",), sort=("started_at",)
        ),
    )


def _mine(viewer: Viewer) -> "QuerySet[Any]":
    return reports.applied_for(viewer=viewer)


OPEN_VIEW: Final = View(
    "open", gettext_lazy("审批中"), (("state", "running"), ("state", "returned"), ("state", "stuck"))
)
ENDED: Final = tuple(("state", each) for each in ("approved", "rejected", "withdrawn", "cancelled"))
MINE: Final = InboxPage(
    place="mine",
    name="inbox_mine",
    title=gettext_lazy("我发起的"),
    model=Request,
    rows=_mine,
    permission="",
    label="title",
    columns=_request_columns(),
    filters=(
        _filters("")[0],
        _filters("")[2],
        _state_filter(""),
        MomentFilter(name="started", label=gettext_lazy("提交日期"), field="started_at"),
    ),
    views=(
        View("all", gettext_lazy("全部"), ()),
        OPEN_VIEW,
        View("returned", gettext_lazy("退回给我的"), (("state", "returned"),)),
        View("ended", gettext_lazy("已结束"), ENDED),
    ),
    sort="-started",
    record="workflow:detail",
    search=_words(""),
    search_hint=gettext_lazy("标题、编号"),
    acts=(START,),
    export_url="workflow:mine_export",
    empty=(
        gettext_lazy("您还没有发起过申请"),
        gettext_lazy("发起的申请在这里跟踪：到了哪一步、在谁手里、什么时候到期。"),
    ),
    fill=with_whom,
)  # fmt: skip


def _copied(viewer: Viewer) -> "QuerySet[Any]":
    return reports.copied(viewer=viewer)


def _unread(asking: Asking) -> Q:
    return Q(read_at=None)


COPIED: Final = InboxPage(
    place="copied",
    name="inbox_copied",
    title=gettext_lazy("抄送"),
    model=Copy,
    rows=_copied,
    permission="",
    label="request__title",
    columns=(
        _title("request__"),
        MarkColumn(
            name="unread", label=gettext_lazy("未读"), reads=("read_at",), word=gettext_lazy("未读"), tone="accent",
            unset=True, phone=1,
        ),
        *_columns("request__"),
        _state("request__"),
        MomentColumn(name="at", label=gettext_lazy("抄送时间"), reads=("at",), sort=("at",)),
    ),
    filters=(
        *_filters("request__"),
        CaseFilter(
            name="read", label=gettext_lazy("阅读"),
            cases=(
                Case("no", gettext_lazy("未读"), _unread),
                Case("yes", gettext_lazy("已读"), lambda asking: ~_unread(asking)),
            ),
        ),
        _state_filter("request__"),
        MomentFilter(name="at", label=gettext_lazy("抄送日期"), field="at"),
    ),
    views=(
        View("all", gettext_lazy("全部"), ()),
        View("unread", gettext_lazy("未读"), (("read", "no"),)),
    ),
    sort="-at",
    record="workflow:copied_one",
    search=_words("request__"),
    search_hint=gettext_lazy("标题、编号"),
    export_url="workflow:copied_export",
    empty=(
        gettext_lazy("没有抄送给您的申请"),
        gettext_lazy("流程设定的知会人，或处理人抄送给您的申请会在这里。"),
    ),
)  # fmt: skip


def _overseen(viewer: Viewer) -> "QuerySet[Any]":
    return reports.overseen(viewer=viewer)


def _by_number(words: str, viewer: Viewer) -> Q:
    """Only by number or the beginning of the title: this list holds everybody's requests."""
    return Q(number__startswith=words.upper()) | Q(title__startswith=words)


OVERSEEN: Final = InboxPage(
    place="overseen",
    name="requests",
    title=gettext_lazy("全部申请"),
    model=Request,
    rows=_overseen,
    permission="processes.view",
    label="title",
    columns=_request_columns(
        Column(name="applicant", label=gettext_lazy("申请人"), reads=("applicant__name",)),
        Column(name="unit", label=gettext_lazy("申请部门"), reads=("unit__name",), phone=3),
    ),
    filters=(
        *_filters(""),
        HolderFilter(
            name="holder", label=gettext_lazy("等谁处理"), source="accounts:pick_people",
            nobody=gettext_lazy("无人（管理员队列）"),
        ),
        _state_filter(""),
        MomentFilter(name="started", label=gettext_lazy("提交日期"), field="started_at"),
    ),
    views=(
        View("all", gettext_lazy("全部"), ()),
        OPEN_VIEW,
        View("stuck", gettext_lazy("停滞"), (("state", "stuck"),)),
    ),
    sort="-started",
    record="workflow:detail",
    search=_by_number,
    search_hint=gettext_lazy("编号，或标题的开头"),
    export_url="workflow:overseen_export",
    empty=(
        gettext_lazy("还没有申请"),
        gettext_lazy("您部门的人提交的申请，和经过您手的申请会列在这里。"),
    ),
    fill=with_whom,
)  # fmt: skip
