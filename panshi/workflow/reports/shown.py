"""What the page of one request shows, as values: fields, story, who waits, nodes of the diagram."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from panshi.engines.process import NodeState, Plain
from panshi.workflow.forms import Field
from panshi.workflow.models import Act, ActKind, Request, Task
from panshi.workflow.reports.possible import PossibleActs


@dataclass(frozen=True, slots=True)
class Shown:
    """A field of the form as a person reads it; `value` is as stored, `words` how it reads."""

    field: Field
    value: Plain
    words: str


@dataclass(frozen=True, slots=True)
class AboutRow:
    """One subject: what it was called when the request started; `visible` says whether the viewer may open it."""

    kind: str
    record_id: int
    label: str
    account_id: int | None
    visible: bool


@dataclass(frozen=True, slots=True)
class ChangedField:
    """A field before and after an act."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class StoryLine:
    """One line of the story. `who` is empty where the process itself acted; `to` says where it went, as the reader
    speaks."""

    act: Act
    kind: ActKind
    who: str
    acted_for: str
    target: str
    to: str
    changes: tuple[ChangedField, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A task that is open or paused: who has it (names behind roles, too), since when, until when, and why them."""

    task: Task
    seats: tuple[str, ...]
    holders: tuple[str, ...]
    voted: tuple[str, ...]
    claimed_by: str
    why: tuple[str, ...]
    overdue: bool
    due_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class NodeShown:
    """A node of the diagram: finished, current, skipped or ahead; who has or had it, since and until when."""

    node: str
    name: str
    kind: str
    state: NodeState
    who: tuple[str, ...]
    since: dt.datetime | None
    until: dt.datetime | None
    due_at: dt.datetime | None
    provisional: bool


@dataclass(frozen=True, slots=True)
class RequestPage:
    """Everything a page of one request shows. `drawing` is BPMN for the viewer island, `nodes` its states."""

    request: Request
    applicant: str
    unit: str
    about: tuple[AboutRow, ...]
    fields: tuple[Shown, ...]
    story: tuple[StoryLine, ...]
    waiting: tuple[Waiting, ...]
    nodes: tuple[NodeShown, ...]
    drawing: str
    possible: tuple[PossibleActs, ...]
    acts: frozenset[str]
    copies: tuple[str, ...]


def key_of(value: object) -> int | None:
    """A key out of stored JSON."""
    if isinstance(value, int):
        return value
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else None


def field_words(field: Field, value: Plain, *, people: Mapping[int, str], accounts: Mapping[int, str]) -> str:
    """A stored value as people read it; an account outside the reader's scope stays without a name."""
    if value is None or value == []:
        return ""
    labels = dict(field.choices)
    match field.kind:
        case "choice":
            return labels.get(str(value), str(value))
        case "multi":
            return (
                _("、").join(labels.get(str(each), str(each)) for each in value)
                if isinstance(value, list)
                else ""
            )
        case "person":
            return people.get(key_of(value) or 0, "")
        case "account":
            return accounts.get(key_of(value) or 0, "")
        case _:
            return str(value)
