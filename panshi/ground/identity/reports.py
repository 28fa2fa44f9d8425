"""Reads of identity: the tree of units and the viewer a person is today."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from types import MappingProxyType

from panshi.ground.base.viewer import Reach, Span, Viewer
from panshi.ground.identity.models import Assignment, Unit
from panshi.ground.identity.roles import BY_CODE, Role


class UnitTree:
    """The tree of units in memory (a company has hundreds, not millions)."""

    def __init__(self, pairs: Iterable[tuple[int, int | None]]) -> None:
        self._children: dict[int | None, list[int]] = defaultdict(list)
        for unit_id, parent_id in pairs:
            self._children[parent_id].append(unit_id)

    @classmethod
    def of(cls, units: Iterable[Unit]) -> "UnitTree":
        """The tree of units already read."""
        return cls((unit.pk, unit.parent_id) for unit in units)

    @classmethod
    def load(cls) -> "UnitTree":
        """Read the whole tree with one query."""
        return cls(Unit.objects.values_list("pk", "parent_id"))

    def below(self, unit_id: int) -> frozenset[int]:
        """The unit and everything under it."""
        found, open_ids = {unit_id}, [unit_id]
        while open_ids:
            for child in self._children.get(open_ids.pop(), ()):
                if child not in found:
                    found.add(child)
                    open_ids.append(child)
        return frozenset(found)


def viewer_of(person_id: int, *, on: dt.date) -> Viewer:
    """The viewer a person is on a day: the union of all roles held, two queries."""
    held = list(
        Assignment.objects.valid(on)
        .filter(person_id=person_id, person__is_active=True)
        .values_list("role", "unit_id")
    )
    tree = UnitTree.load() if held else UnitTree(())
    spans: dict[str, Span] = {}
    for code, unit_id in held:
        role = BY_CODE.get(code)
        if role is not None:
            _add(spans, role, unit_id, tree)
    return Viewer(person_id=person_id, spans=MappingProxyType(spans))


def _add(spans: dict[str, Span], role: Role, unit_id: int, tree: UnitTree) -> None:
    """Add one held role's grants to the spans collected so far."""
    below = tree.below(unit_id)
    reaches = {
        Reach.OWN: Span(),
        Reach.TEAM: Span(units=frozenset({unit_id})),
        Reach.UNIT: Span(units=below),
        Reach.ALL: Span(everything=True),
    }
    for permission, reach in role.grants.items():
        spans[permission] = spans.get(permission, Span()) | reaches[reach]
