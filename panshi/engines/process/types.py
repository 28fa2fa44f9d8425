"""What the process engine takes and gives: drawings, waiting places, steps, and the refusals. Plain frozen values.

Nothing here is worded: a problem carries a code and parameters, and the faces own the sentences.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

Plain: TypeAlias = "str | int | float | bool | list[Plain] | dict[str, Plain] | None"
"""Values as JSON knows them. Decimals and dates become text before they come here."""

NAMESPACE: Final = "urn:panshi:bpmn:1"
"""XML namespace of our extension attributes and properties in a BPMN file."""

NodeKind = Literal[
    "start",
    "end",
    "user",
    "service",
    "exclusive",
    "parallel",
    "inclusive",
    "subprocess",
    "timer",
    "deadline",
]
WaitingKind = Literal["user", "service", "timer", "deadline"]
NodeState = Literal["finished", "current", "skipped", "ahead"]


@dataclass(frozen=True)
class Lane:
    """A swim lane: `role` is the opaque expression of who works in it (workflow resolves it at run time)."""

    id: str
    name: str
    role: str


@dataclass(frozen=True)
class Duration:
    """How long a timer waits: its parts are added. Working parts follow the official calendar, the others do not."""

    months: int = 0
    seconds: int = 0
    work_days: int = 0
    work_minutes: int = 0


@dataclass(frozen=True)
class Node:
    """One shape of the drawing. `settings` are our properties as written; `role` is its own, or its lane's.

    `attached_to` names the activity a deadline sits on; `interrupting` says whether the deadline ends it;
    `duration` is what a timer or deadline waits; `parent` is the sub-process the node lies in, or empty.
    """

    id: str
    name: str
    kind: NodeKind
    lane: str = ""
    parent: str = ""
    attached_to: str = ""
    role: str = ""
    interrupting: bool = True
    duration: Duration | None = None
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Flow:
    """An arrow. `condition` is an expression or empty; `default` marks the arrow taken when no other may be."""

    id: str
    source: str
    target: str
    condition: str = ""
    default: bool = False
    name: str = ""


@dataclass(frozen=True)
class Drawing:
    """A valid process definition. `names` are the names its conditions use; `settings` stand on the process itself."""

    key: str
    name: str
    lanes: tuple[Lane, ...]
    nodes: tuple[Node, ...]
    flows: tuple[Flow, ...]
    names: frozenset[str] = frozenset()
    settings: Mapping[str, str] = field(default_factory=dict)

    def node(self, node_id: str) -> Node:
        """The node of this id; KeyError if there is none."""
        for node in self.nodes:
            if node.id == node_id:
                return node
        raise KeyError(node_id)


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a drawing: which element (id and name), what (code), and the words to fill in."""

    element: str
    name: str
    code: str
    params: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        filled = ", ".join(f"{key}={value}" for key, value in self.params.items())
        return f"{self.code} at {self.element or '(file)'}{f' ({filled})' if filled else ''}"


@dataclass(frozen=True)
class Waiting:
    """A place where the run waits for its caller. The id stays the same until the place is left.

    `on` is the waiting id of the activity a deadline watches.
    """

    id: str
    node: str
    kind: WaitingKind
    on: str = ""


@dataclass(frozen=True)
class Step:
    """What an advance did: places newly waiting, places left (completed, interrupted, cancelled), nodes passed."""

    entered: tuple[Waiting, ...]
    left: tuple[Waiting, ...]
    passed: tuple[str, ...]
    ended: bool


class ProcessRefusal(Exception):
    """Base of what this room refuses: a `code` and `params` for the faces to word."""

    def __init__(self, code: str, **params: str) -> None:
        super().__init__(f"{code} {params}" if params else code)
        self.code = code
        self.params: Mapping[str, str] = params


class BadDrawing(ProcessRefusal):
    """The file is no process we can run; `problems` say everything found, never empty."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems = problems


class BadState(ProcessRefusal):
    """A stored definition or state cannot be restored (damaged, or of another definition)."""


class CannotAdvance(ProcessRefusal):
    """No way on: no condition holds, a condition fails, or the process turns in a circle. Load the state again."""


class CannotComplete(ProcessRefusal):
    """The run does not wait there (any more), or it is not that kind of place."""


class CannotSendBack(ProcessRefusal):
    """The step cannot be gone back to: never done, another branch, or the run has ended."""
