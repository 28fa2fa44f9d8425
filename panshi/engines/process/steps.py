"""The step table: a process as rows that an administrator fills in, drawn as BPMN by `draw_steps`.

One row is one step after the other. A step with a condition is passed over when it does not hold; an approval that
is turned down leads to an end of its own, unless the row's setting `reject` says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from .types import Flow, Lane, Node, NodeKind

StepKind = Literal["approve", "do", "inform", "action"]
"""approve: yes or no; do: a person does work; inform: carbon copy, nobody waits; action: a registered service."""

SignRule = Literal["single", "all", "any", "percent", "veto"]
"""Countersign: one person; all agree; the first decides; a percentage agrees; all are asked and one no ends it."""

OnOverdue = Literal["none", "remind", "escalate", "approve", "reject"]
"""When `days` have passed: nothing, remind the holders, hand to their superior, or decide by itself."""

OUTCOME: Final = "outcome"
"""The value a completed approval brings: the caller of `Run.complete` gives it."""
APPROVED: Final = "approved"
REJECTED: Final = "rejected"

INFORM: Final = "inform"
"""The action of an inform step."""


@dataclass(frozen=True)
class TableStep:
    """One row. `who` is an opaque role expression, `condition` an expression or empty (always).

    `days` are working days (0: no deadline); `percent` belongs to the sign rule percent; `action` names the service
    of an action step; `settings` are further properties of the task (form fields, comment …), kept as they are.
    """

    id: str
    name: str
    who: str = ""
    kind: StepKind = "approve"
    condition: str = ""
    sign: SignRule = "single"
    percent: int = 0
    days: int = 0
    overdue: OnOverdue = "none"
    action: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def routes_rejection(self) -> bool:
        """Whether the drawing shows where a rejection leads."""
        return self.kind == "approve" and self.settings.get("reject", "route") == "route"


@dataclass(frozen=True)
class StepTable:
    """A process as a table: the key and name of the process and its rows in order."""

    key: str
    name: str
    steps: tuple[TableStep, ...]
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Words:
    """What the drawing writes by itself; the caller may give other words."""

    start: str = "提交申请"
    end: str = "同意"
    rejected: str = "驳回"
    otherwise: str = "否则跳过"


@dataclass(frozen=True)
class Outline:
    """The nodes of a step table in order of drawing, with its lanes and arrows; `place` says where each is drawn."""

    lanes: tuple[Lane, ...]
    nodes: tuple[Node, ...]
    flows: tuple[Flow, ...]
    below: Mapping[str, str]
    """Nodes drawn under another one: node id to the id of the one above."""


def outline(table: StepTable, words: Words) -> Outline:
    """The process a step table means. Raises ValueError for a table without steps or with an id twice."""
    ids = [step.id for step in table.steps]
    if not ids or len(set(ids)) != len(ids) or "" in ids:
        raise ValueError("a step table needs steps with different ids")
    return _Outliner(table, words).outline()


class _Outliner:
    """Goes through the rows, adding nodes and arrows; `self.ends` are the loose ends that lead to the next node."""

    def __init__(self, table: StepTable, words: Words) -> None:
        self.table, self.words = table, words
        self.lanes = _lanes(table)
        self.lane = self.lanes[0]
        self.nodes: list[Node] = []
        self.flows: list[Flow] = []
        self.below: dict[str, str] = {}
        self.loose: list[tuple[str, str, bool, str]] = []

    def outline(self) -> Outline:
        """Start, each row, end."""
        self._lane_for(self.table.steps[0])
        self._node("start", "start.event", self.words.start)
        for step in self.table.steps:
            self._lane_for(step)
            self._step(step)
        self._node("end", "end.event", self.words.end, {OUTCOME: APPROVED})
        return Outline(tuple(self.lanes), tuple(self.nodes), tuple(self.flows), self.below)

    def _step(self, step: TableStep) -> None:
        skipped: list[tuple[str, str, bool, str]] = []
        if step.condition:
            gate = self._node("exclusive", f"{step.id}.when", step.condition)
            self.loose = [(gate, step.condition, False, "")]
            skipped = [(gate, "", True, self.words.otherwise)]
        self._node(
            "service" if step.kind in ("inform", "action") else "user", step.id, step.name, _settings(step)
        )
        if step.routes_rejection:
            gate = self._node("exclusive", f"{step.id}.decision", "")
            self.loose = [(gate, f'{OUTCOME} == "{REJECTED}"', False, self.words.rejected)]
            self._node("end", f"{step.id}.rejected", self.words.rejected, {OUTCOME: REJECTED})
            self.below[f"{step.id}.rejected"] = gate
            self.loose = [(gate, "", True, "")]
        if skipped:
            self.loose += skipped
            self._node("exclusive", f"{step.id}.after", "")

    def _node(
        self, kind: NodeKind, node_id: str, name: str, settings: Mapping[str, str] | None = None
    ) -> str:
        self.nodes.append(
            Node(node_id, name, kind, lane=self.lane.id, role=self.lane.role, settings=settings or {})
        )
        for source, condition, default, label in self.loose:
            self.flows.append(Flow(f"flow.{len(self.flows) + 1}", source, node_id, condition, default, label))
        self.loose = [(node_id, "", False, "")]
        return node_id

    def _lane_for(self, step: TableStep) -> None:
        """The lane of a step's role; a step without one stays where the step before it was."""
        self.lane = next((lane for lane in self.lanes if step.who and lane.role == step.who), self.lane)


def _lanes(table: StepTable) -> list[Lane]:
    """One lane for each role, in order of first appearance; the setting `lane` of a row names it."""
    names: dict[str, str] = {}
    for step in table.steps:
        if step.who:
            name = step.settings.get("lane", "")
            names[step.who] = names.get(step.who) or name
    if not names:
        return [Lane("lane.1", table.name, "")]
    return [Lane(f"lane.{number}", name or who, who) for number, (who, name) in enumerate(names.items(), 1)]


def _settings(step: TableStep) -> dict[str, str]:
    return dict(_pairs(step))


def _pairs(step: TableStep) -> Iterator[tuple[str, str]]:
    """The properties a row is written as, those of the row's own settings last."""
    if step.kind in ("inform", "action"):
        yield "action", step.action or INFORM
    else:
        yield "kind", step.kind
        yield "sign", step.sign
        if step.sign == "percent":
            yield "percent", str(step.percent)
        if step.days:
            yield "days", str(step.days)
            yield "overdue", step.overdue
        if step.routes_rejection:
            yield "reject", "route"
    yield from ((name, value) for name, value in step.settings.items() if name != "lane")
