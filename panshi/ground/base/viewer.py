"""Who is looking: a person's permissions and how far each of them reaches.

A `Viewer` is a plain value built once a request by `identity`; everything that reads or writes rows takes one.
"""

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from django.utils.translation import gettext_lazy as _

from panshi.ground.base.refusals import NotAllowed


class Reach(enum.IntEnum):
    """How far a role's permission reaches: own · team · unit and below · all."""

    OWN = 1
    TEAM = 2
    UNIT = 3
    ALL = 4


@dataclass(frozen=True, slots=True)
class Span:
    """The rows one permission reaches: everything, or own rows plus those of `units` (already expanded).

    `homes` are the units the permission is held in and all above them: what is offered to a unit's people is theirs.
    They widen no reach over rows, so spans that differ only in them are equal.
    """

    everything: bool = False
    units: frozenset[int] = frozenset()
    homes: frozenset[int] = field(default=frozenset(), compare=False)

    def __or__(self, other: "Span") -> "Span":
        """Several roles add up."""
        return Span(self.everything or other.everything, self.units | other.units, self.homes | other.homes)


def person_key(person_id: int) -> str:
    """How a table of parties names one person."""
    return f"p:{person_id}"


def seat_key(role: str, unit_id: int | None) -> str:
    """How a table of parties names whoever holds a role in a unit, or anywhere."""
    return f"r:{role}:{unit_id or ''}"


def keys_of(person_id: int, seats: Iterable[tuple[str, int]]) -> list[str]:
    """Every key that names a person who sits on these seats."""
    held = {seat_key(role, unit) for role, unit in seats} | {seat_key(role, None) for role, _unit in seats}
    return [person_key(person_id), *sorted(held)]


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person (or the system itself): the span of each permission held, and the seats held, (role, unit)."""

    person_id: int | None
    spans: Mapping[str, Span] = field(default_factory=lambda: MappingProxyType({}))
    is_system: bool = False
    seats: frozenset[tuple[str, int]] = frozenset()

    @classmethod
    def system(cls) -> "Viewer":
        """The house itself; only `jobs` and `cli` may call this (a house test says so)."""
        return cls(person_id=None, is_system=True)

    @property
    def keys(self) -> list[str]:
        """What names this viewer in a table of parties: the person, each seat, and each role wherever it is held."""
        if self.person_id is None:
            return []
        return keys_of(self.person_id, self.seats)

    def span(self, permission: str) -> Span | None:
        """How far `permission` reaches, None when it is not held at all."""
        if self.is_system:
            return Span(everything=True)
        return self.spans.get(permission)

    def may(self, permission: str) -> bool:
        """Whether the permission is held for at least some rows; what wants none ("") is everybody's who signed in."""
        if not permission:
            return self.is_system or self.person_id is not None
        return self.span(permission) is not None

    def may_any(self, permissions: Iterable[str]) -> bool:
        """Whether at least one of the permissions is held."""
        return any(self.may(permission) for permission in permissions)

    def sees_all(self, permission: str) -> bool:
        """Whether the permission reaches every row."""
        span = self.span(permission)
        return span is not None and span.everything

    def require(self, permission: str) -> None:
        """Raise `NotAllowed` unless the permission is held."""
        if not self.may(permission):
            raise NotAllowed(str(_("您没有此项操作的权限。")))
