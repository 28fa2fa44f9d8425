"""The lists of the inbox as data: 待办 · 已办 · 我发起的 · 抄送, and every request one may see."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy

from panshi.ground.base.viewer import Viewer
from panshi.web.generic.columns import ChoiceColumn, Column, MomentColumn
from panshi.web.generic.filters import Asking, Case, CaseFilter, ChoiceFilter
from panshi.web.generic.lists import Act as ListAct
from panshi.web.generic.lists import ListPage, View
from panshi.web.generic.ranges import MomentFilter
from panshi.web.workflow.bulk import APPROVE
from panshi.web.workflow.columns import (
    ACT_TONES,
    DueColumn,
    MarkColumn,
    WaitingColumn,
    identity_columns,
    request_columns,
    request_filters,
    search_words,
    state_column,
    state_filter,
    title_column,
    with_whom,
)
from panshi.web.workflow.holding import HolderFilter
from panshi.workflow import reports
from panshi.workflow.models import Act, ActKind, Copy, Request, Task, TaskKind
from panshi.workflow.models.acts import HANDLED


@dataclass(frozen=True, kw_only=True)
class InboxPage(ListPage):
    """A list of the inbox: its tabs stand above it, `place` names the one shown."""

    heading: str = "workflow/inbox_tabs.html"
    place: str


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
        title_column("request__"),
        Column(name="node", label=gettext_lazy("步骤"), reads=("name",), phone=1),
        *identity_columns("request__"),
        WaitingColumn(
            name="since", label=gettext_lazy("到达"), reads=("opened_at",), sort=("opened_at",), descending=True
        ),
        DueColumn(name="due", label=gettext_lazy("期限"), reads=("due_at", "provisional"), sort=("due_at",)),
        MarkColumn(name="urged", label=gettext_lazy("催办"), reads=("urged_at",), word=gettext_lazy("已催办")),
        Column(name="claimed", label=gettext_lazy("领取人"), reads=("claimed_by__name",), default=False, phone=3),
    ),
    filters=(
        *request_filters("request__"),
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
    search=search_words("request__"),
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
        title_column("request__"),
        ChoiceColumn(
            name="kind", label=gettext_lazy("我的处理"), reads=("kind",), choices=ActKind.choices, tones=ACT_TONES,
            phone=1,
        ),
        Column(name="node", label=gettext_lazy("步骤"), reads=("node_name",), phone=3),
        *identity_columns("request__"),
        Column(name="text", label=gettext_lazy("意见"), reads=("text",), wide=True, phone=3),
        Column(name="for", label=gettext_lazy("代"), reads=("acted_for__name",), phone=3, default=False),
        MomentColumn(name="at", label=gettext_lazy("处理时间"), reads=("at",), sort=("at",)),
        state_column("request__"),
    ),
    filters=(
        *request_filters("request__"),
        ChoiceFilter(
            name="kind", label=gettext_lazy("我的处理"), field="kind",
            choices=[(kind.value, kind.label) for kind in HANDLED],
        ),
        state_filter("request__"),
        MomentFilter(name="at", label=gettext_lazy("处理日期"), field="at"),
    ),
    views=(
        View("all", gettext_lazy("全部"), ()),
        View("open", gettext_lazy("还在审批"), (("state", "running"), ("state", "returned"), ("state", "stuck"))),
        View("rejected", gettext_lazy("我驳回或退回的"), (("kind", "rejected"), ("kind", "sent_back"))),
    ),
    sort="-at",
    record="workflow:handled",
    search=search_words("request__"),
    search_hint=gettext_lazy("标题、编号"),
    acts=(START,),
    export_url="workflow:done_export",
    empty=(
        gettext_lazy("还没有处理过申请"),
        gettext_lazy("您同意、驳回、退回或转交过的申请会留在这里，可以随时回来看进展。"),
    ),
)  # fmt: skip


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
    columns=request_columns(),
    filters=(
        request_filters("")[0],
        request_filters("")[2],
        state_filter(""),
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
    search=search_words(""),
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
        title_column("request__"),
        MarkColumn(
            name="unread", label=gettext_lazy("未读"), reads=("read_at",), word=gettext_lazy("未读"), tone="accent",
            unset=True, phone=1,
        ),
        *identity_columns("request__"),
        state_column("request__"),
        MomentColumn(name="at", label=gettext_lazy("抄送时间"), reads=("at",), sort=("at",)),
    ),
    filters=(
        *request_filters("request__"),
        CaseFilter(
            name="read", label=gettext_lazy("阅读"),
            cases=(
                Case("no", gettext_lazy("未读"), _unread),
                Case("yes", gettext_lazy("已读"), lambda asking: ~_unread(asking)),
            ),
        ),
        state_filter("request__"),
        MomentFilter(name="at", label=gettext_lazy("抄送日期"), field="at"),
    ),
    views=(
        View("all", gettext_lazy("全部"), ()),
        View("unread", gettext_lazy("未读"), (("read", "no"),)),
    ),
    sort="-at",
    record="workflow:copied_one",
    search=search_words("request__"),
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
    columns=request_columns(
        Column(name="applicant", label=gettext_lazy("申请人"), reads=("applicant__name",)),
        Column(name="unit", label=gettext_lazy("申请部门"), reads=("unit__name",), phone=3),
    ),
    filters=(
        *request_filters(""),
        HolderFilter(
            name="holder", label=gettext_lazy("等谁处理"), source="accounts:pick_people",
            nobody=gettext_lazy("无人（管理员队列）"),
        ),
        state_filter(""),
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
