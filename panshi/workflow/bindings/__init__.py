"""What ties a process to the business: its subjects, the facts its conditions may use, and the decision at its end.

A module of this package declares one binding for each process of its domain; a process without one is about nothing and
decides nothing beyond its own end. Named actions of service tasks are declared here as well.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from panshi.engines.process import Plain
from panshi.ground.base.approval import Approval
from panshi.ground.base.refs import RecordRef
from panshi.ground.base.viewer import Viewer
from panshi.workflow.models import Request

Word = str | Promise


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing a subject says: `kind` is an expression kind (text, number, money, date, boolean, choice, list)."""

    name: str
    label: Word
    kind: str


@dataclass(frozen=True, slots=True)
class About:
    """One subject as the request keeps it: what it is called, and its account."""

    ref: RecordRef
    label: str
    account_id: int | None = None


@dataclass(frozen=True, slots=True)
class Resolved:
    """What the subjects of a request say. `facts` fill the form's fields of source subject and stand in conditions,
    amounts and numbers as text; `owner_id` and `unit_id` are what roles are found from."""

    about: tuple[About, ...] = ()
    facts: Mapping[str, Plain] = field(default_factory=dict)
    account_id: int | None = None
    unit_id: int | None = None
    owner_id: int | None = None
    title: str = ""


Resolve = Callable[[tuple[RecordRef, ...], Viewer], Resolved]
"""Reads the subjects through the viewer's gate; raises `Refused` for one that may not be applied for."""
CheckStart = Callable[[Resolved, Mapping[str, Plain], Viewer, dt.datetime], None]
"""Raises `Refused` when this may not be applied for, with the field it belongs to."""
Decide = Callable[[Approval, Request, dt.datetime], None]
"""Calls the domain's decision; `Refused` sends the request back to a person with the reason."""
Started = Callable[[Request, dt.datetime], None]
"""Hears of the start in its transaction, when the request has its number; `Refused` takes it back."""
Ended = Callable[[Request, Viewer, dt.datetime], None]
"""Hears of every end, agreed or not, in the same transaction."""
Locate = Callable[[tuple[RecordRef, ...]], tuple[int | None, int | None]]
"""Owner and unit of the subjects as they are now; roles follow a change of owner while the request runs."""


@dataclass(frozen=True, slots=True)
class Binding:
    """One process and the business behind it. `most` bounds the subjects of one request."""

    process: str
    subject_kinds: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    most: int = 1
    permission: str = ""
    resolve: Resolve | None = None
    check_start: CheckStart | None = None
    started: Started | None = None
    decide: Decide | None = None
    ended: Ended | None = None
    locate: Locate | None = None

    def __post_init__(self) -> None:
        if bool(self.subject_kinds) != (self.resolve is not None):
            raise ValueError(f"binding {self.process} resolves subjects if and only if it has kinds of them")


Perform = Callable[[Request, Mapping[str, str], dt.datetime], Mapping[str, Plain] | None]


@dataclass(frozen=True, slots=True)
class Action:
    """A named action of service tasks: gets the request and the node's settings, answers values for conditions.

    It runs in the transaction of the task before it. `Refused` sends the request to a person with the reason.
    """

    name: str
    label: Word
    perform: Perform


_BINDINGS: dict[str, Binding] = {}
_ACTIONS: dict[str, Action] = {}


def bind(binding: Binding) -> Binding:
    """Declare the business behind a process."""
    if binding.process in _BINDINGS:
        raise ValueError(f"process {binding.process} is bound twice")
    _BINDINGS[binding.process] = binding
    return binding


def binding_of(process: str) -> Binding:
    """The binding of a process; one about nothing where none is declared."""
    return _BINDINGS.get(process) or Binding(process)


def action(name: str, label: Word) -> Callable[[Perform], Perform]:
    """Declare the function below as a named action of service tasks."""

    def declare(perform: Perform) -> Perform:
        if name in _ACTIONS:
            raise ValueError(f"action {name} is declared twice")
        _ACTIONS[name] = Action(name, label, perform)
        return perform

    return declare


def actions() -> dict[str, Action]:
    """Every declared action by name."""
    return dict(_ACTIONS)


@action("nothing", _("不执行任何操作"))
def _nothing(request: Request, settings: Mapping[str, str], at: dt.datetime) -> None:
    """Do nothing: for processes that are still being drawn."""


ALWAYS_KNOWN: Final = (Fact("outcome", _("上一步的结果"), "text"),)
"""Names every condition may use."""

INFORM: Final = ("inform", "copy")
"""The action of steps that only send copies: workflow does it itself."""
