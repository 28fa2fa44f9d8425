"""What workflow reads of a drawing: each task's rules as typed values, and the drawing itself as JSON.

A published version stores its drawing this way, so that no XML is read while requests run.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any, Final

from panshi.engines.process import Drawing, Duration, Flow, Lane, Node

MODES: Final = ("edit", "require", "read", "hide")
"""What a step may do with a field of the form."""

VALUES: Final[Mapping[str, tuple[str, ...]]] = {
    "sign": ("single", "all", "any", "percent", "veto"),
    "overdue": ("none", "remind", "escalate", "approve", "reject"),
    "comment": ("", "reject", "always"),
    "reject": ("end", "route", "return"),
    "own": ("superior", "queue", "allow"),
    "repeat": ("ask", "pass"),
    "kind": ("approve", "do"),
    "delegate": ("yes", "no"),
    "sendback": ("yes", "no"),
}
"""Settings of a user task that are words out of a list; the first one holds where none is written."""

NUMBERS: Final = ("percent", "days", "hours", "remind")
"""Settings of a user task that are whole numbers."""

PROCESS_WIDE: Final = ("own", "repeat", "comment", "delegate", "sendback")
"""Settings that may stand on the process for all its tasks."""


@dataclass(frozen=True, slots=True)
class TaskRules:
    """The rules of one user task. `days` and `hours` are working time until the deadline (0: none), `remind` working
    days before it. `fields` maps a form field to its mode; what is not named is read."""

    node: str
    name: str
    who: str
    kind: str
    sign: str
    percent: int
    days: int
    hours: int
    remind: int
    overdue: str
    comment: str
    reject: str
    own: str
    repeat: str
    delegate: bool
    sendback: bool
    fields: Mapping[str, str]


def rules_of(drawing: Drawing, node: Node) -> TaskRules:
    """The rules of a user task, those of the process where the task says nothing. Read from a checked drawing."""

    def word(name: str) -> str:
        wide = drawing.settings.get(name, "") if name in PROCESS_WIDE else ""
        return node.settings.get(name, "") or wide or VALUES[name][0]

    def whole(name: str) -> int:
        return int(node.settings.get(name, "") or 0)

    return TaskRules(
        node=node.id,
        name=node.name,
        who=node.role,
        kind=word("kind"),
        sign=word("sign"),
        percent=whole("percent"),
        days=whole("days"),
        hours=whole("hours"),
        remind=whole("remind"),
        overdue=word("overdue"),
        comment=word("comment"),
        reject=word("reject"),
        own=word("own"),
        repeat=word("repeat"),
        delegate=word("delegate") == "yes",
        sendback=word("sendback") == "yes",
        fields=read_modes(node.settings.get("fields", "")),
    )


def read_modes(text: str) -> dict[str, str]:
    """`amount:edit, note:hide` as a mapping; a name without a mode is edited."""
    pairs = (part.strip().partition(":") for part in text.replace(";", ",").split(",") if part.strip())
    return {name.strip(): mode.strip() or "edit" for name, _colon, mode in pairs}


def dump_drawing(drawing: Drawing) -> str:
    """A drawing as JSON."""
    plain = asdict(drawing)
    plain["names"] = sorted(drawing.names)
    return json.dumps(plain, ensure_ascii=False)


@lru_cache(maxsize=128)
def load_drawing(text: str) -> Drawing:
    """The drawing stored as JSON; kept, because versions never change."""
    plain: dict[str, Any] = json.loads(text)
    return Drawing(
        key=plain["key"],
        name=plain["name"],
        lanes=tuple(Lane(**lane) for lane in plain["lanes"]),
        nodes=tuple(_node(node) for node in plain["nodes"]),
        flows=tuple(Flow(**flow) for flow in plain["flows"]),
        names=frozenset(plain["names"]),
        settings=plain["settings"],
    )


def _node(plain: dict[str, Any]) -> Node:
    duration = plain.pop("duration")
    return Node(**plain, duration=Duration(**duration) if duration else None)
