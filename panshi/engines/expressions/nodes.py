"""The parts of an expression after reading. Only what stands here can ever be run."""

from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Number:
    """A number literal."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class Text:
    """A text literal."""

    value: str


@dataclass(frozen=True, slots=True)
class Constant:
    """true, false or null (None)."""

    value: bool | None


@dataclass(frozen=True, slots=True)
class Name:
    """A declared input; dots reach into nested values."""

    name: str
    at: int


@dataclass(frozen=True, slots=True)
class Items:
    """A list literal."""

    items: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Span:
    """A range literal after `in`; it is compared with, never counted out."""

    low: "Node"
    high: "Node"
    low_open: bool
    high_open: bool


@dataclass(frozen=True, slots=True)
class Unary:
    """`not x` or `-x`."""

    operator: str
    operand: "Node"


@dataclass(frozen=True, slots=True)
class Binary:
    """Arithmetic, comparison or logic between two parts."""

    operator: str
    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True)
class Within:
    """`x in …` or `x not in …`."""

    operand: "Node"
    holder: "Node"
    negated: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """`condition ? yes : no`."""

    condition: "Node"
    yes: "Node"
    no: "Node"


@dataclass(frozen=True, slots=True)
class Call:
    """A function out of the known list."""

    function: str
    arguments: tuple["Node", ...]


Node: TypeAlias = Number | Text | Constant | Name | Items | Span | Unary | Binary | Within | Choice | Call
