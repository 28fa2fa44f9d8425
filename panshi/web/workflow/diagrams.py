"""The diagram of a request: how far it is, who has it, since when and until when.

Beside the drawing stands a table that says the same, for those who read by keyboard or ear.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from panshi.web.request import PanshiRequest, page
from panshi.workflow.reports import NodeShown, request_page

STATES: Final[Mapping[str, Promise]] = {
    "finished": gettext_lazy("已完成"),
    "current": gettext_lazy("进行中"),
    "skipped": gettext_lazy("已跳过"),
    "ahead": gettext_lazy("未到"),
}
"""How far a node is, in words; the colours of the drawing say the same."""

TONES: Final[Mapping[str, str]] = {"finished": "good", "current": "accent", "skipped": "", "ahead": ""}
KINDS: Final[Mapping[str, Promise]] = {
    "start": gettext_lazy("开始"),
    "end": gettext_lazy("结束"),
    "user": gettext_lazy("人工"),
    "service": gettext_lazy("自动"),
    "exclusive": gettext_lazy("分支"),
    "parallel": gettext_lazy("并行"),
    "inclusive": gettext_lazy("多选分支"),
    "subprocess": gettext_lazy("子流程"),
    "timer": gettext_lazy("等待"),
    "deadline": gettext_lazy("期限"),
}
"""What a node is, in words."""

_TOLD: Final = frozenset({"start", "end", "user", "service", "subprocess", "timer"})
"""Kinds of nodes the table tells of: gateways say nothing without their arrows; of ends only the one reached."""


@dataclass(frozen=True, slots=True)
class NodeLine:
    """A node as the table and the panel show it."""

    node: str
    name: str
    kind: str
    state: str
    tone: str
    who: str
    since: str
    until: str
    due: str
    late: bool
    told: bool

    @property
    def lines(self) -> list[tuple[str, str]]:
        """What the panel says beside the name."""
        rows = [
            (_("状态"), self.state),
            (_("类型"), self.kind),
            (_("处理人"), self.who),
            (_("开始"), self.since),
            (_("结束"), self.until),
            (_("期限"), self.due),
        ]
        return [(label, value) for label, value in rows if value]


@page
def diagram(request: PanshiRequest, pk: int) -> HttpResponse:
    """The diagram of one request: a fragment for its page, or a page of its own."""
    found = request_page(request_id=pk, viewer=request.viewer, on=request.on, at=request.at)
    if found is None:
        raise Http404
    lines = [node_line(node, at=request.at) for node in found.nodes]
    context = {
        "one": found.request,
        "waiting": found.waiting,
        "data": drawing_data(found.drawing, found.nodes, lines),
        "lines": [line for line in lines if line.told],
        "states": STATES,
        "legend": True,
    }
    template = "workflow/diagram_part.html" if request.htmx else "workflow/diagram.html"
    response = render(request, template, context)
    patch_vary_headers(response, ("HX-Request",))
    return response


def node_line(node: NodeShown, *, at: dt.datetime) -> NodeLine:
    """A node in words."""
    late = node.due_at is not None and (node.until or at) > node.due_at
    due = _moment(node.due_at)
    if due and node.provisional:
        due = _("{day}（暂定，缺少官方日历）").format(day=due)
    if due and late:
        due = _("{day}，已超期").format(day=due)
    return NodeLine(
        node=node.node,
        name=node.name or str(KINDS.get(node.kind, node.kind)),
        kind=str(KINDS.get(node.kind, node.kind)),
        state=str(STATES[node.state]),
        tone=TONES[node.state],
        who=_("、").join(node.who),
        since=_moment(node.since),
        until=_moment(node.until),
        due=due,
        late=late,
        told=node.kind in _TOLD and (node.kind != "end" or node.state == "finished"),
    )


def drawing_data(xml: str, nodes: Iterable[NodeShown], lines: Iterable[NodeLine]) -> dict[str, Any]:
    """What the diagram island gets."""
    return {
        "xml": xml,
        "nodes": [
            {
                "id": node.node,
                "state": node.state,
                "tag": line.who if node.state == "current" else "",
                "title": line.name,
                "lines": line.lines,
            }
            for node, line in zip(nodes, lines, strict=True)
        ],
    }


def plain_data(
    xml: str, told: Mapping[str, list[tuple[str, str]]], names: Mapping[str, str]
) -> dict[str, Any]:
    """What the island gets for a definition: nodes without a state, each with what the panel says."""
    return {
        "xml": xml,
        "nodes": [
            {"id": node, "state": "", "tag": "", "title": names.get(node, node), "lines": lines}
            for node, lines in told.items()
        ],
    }


def _moment(value: dt.datetime | None) -> str:
    return timezone.localtime(value).strftime("%Y-%m-%d %H:%M") if value else ""
