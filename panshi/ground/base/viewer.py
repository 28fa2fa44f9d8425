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
    """The rows one permission reaches: everything, or own rows plus those of `units` (already expanded)."""

    everything: bool = False
    units: frozenset[int] = frozenset()

    def __or__(self, other: "Span") -> "Span":
        """Several roles add up."""
        return Span(self.everything or other.everything, self.units | other.units)


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person (or the system itself) with the span of each permission held."""

    person_id: int | None
    spans: Mapping[str, Span] = field(default_factory=lambda: MappingProxyType({}))
    is_system: bool = False

    @classmethod
    def system(cls) -> "Viewer":
        """The house itself; only `jobs` and `cli` may call this (a house test says so)."""
        return cls(person_id=None, is_system=True)

    def span(self, permission: str) -> Span | None:
        """How far `permission` reaches, None when it is not held at all."""
        if self.is_system:
            return Span(everything=True)
        return self.spans.get(permission)

    def may(self, permission: str) -> bool:
        """Whether the permission is held for at least some rows."""
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
