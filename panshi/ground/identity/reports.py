"""Reads of identity: the viewer a person is today, the tree of units, who holds which role."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db.models import Case, CharField, Count, Exists, OuterRef, Q, QuerySet, Subquery, Value, When

from panshi.ground.base.viewer import Reach, Span, Viewer
from panshi.ground.identity.models import Assignment, Person, Unit
from panshi.ground.identity.roles import BY_CODE, ROLES, Role


class UnitTree:
    """The tree of units in memory (a company has hundreds, not millions)."""

    def __init__(self, pairs: Iterable[tuple[int, int | None]]) -> None:
        self._children: dict[int | None, list[int]] = defaultdict(list)
        self._parents: dict[int, int | None] = {}
        for unit_id, parent_id in pairs:
            self._children[parent_id].append(unit_id)
            self._parents[unit_id] = parent_id

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

    def below_all(self, unit_ids: Iterable[int]) -> frozenset[int]:
        """The units and everything under them."""
        return frozenset().union(*map(self.below, unit_ids))

    def above(self, unit_id: int) -> tuple[int, ...]:
        """The unit and what it stands under, the nearest first."""
        found: list[int] = []
        place: int | None = unit_id
        while place is not None and place not in found:
            found.append(place)
            place = self._parents.get(place)
        return tuple(found)


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
    return Viewer(person_id=person_id, spans=MappingProxyType(spans), seats=frozenset(held))


def _add(spans: dict[str, Span], role: Role, unit_id: int, tree: UnitTree) -> None:
    """Add one held role's grants to the spans collected so far."""
    below, homes = tree.below(unit_id), frozenset(tree.above(unit_id))
    reaches = {
        Reach.OWN: Span(homes=homes),
        Reach.TEAM: Span(units=frozenset({unit_id}), homes=homes),
        Reach.UNIT: Span(units=below, homes=homes),
        Reach.ALL: Span(everything=True, homes=homes),
    }
    for permission, reach in role.grants.items():
        spans[permission] = spans.get(permission, Span()) | reaches[reach]


def names_of(person_ids: Iterable[int | None]) -> dict[int, str]:
    """The names of people of ours by key: everybody may know them, so no viewer is asked."""
    return dict(Person.objects.filter(pk__in={key for key in person_ids if key}).values_list("pk", "name"))


def people(*, viewer: Viewer, on: dt.date) -> QuerySet[Person]:
    """Everybody, each row with `role` and `unit_name` (the longest held), `state` and `second_factor`."""
    held = (
        Assignment.objects.visible_to(viewer)
        .valid(on)
        .filter(person=OuterRef("pk"))
        .order_by("since_on", "pk")
    )
    guarded = Authenticator.objects.filter(user_id=OuterRef("pk"), type=Authenticator.Type.TOTP)
    rows: QuerySet[Person] = Person.objects.visible_to(viewer).annotate(
        role=Subquery(held.values("role")[:1]),
        unit_name=Subquery(held.values("unit__name")[:1]),
        second_factor=Case(
            When(Exists(guarded), then=Value("on")), default=Value(""), output_field=CharField()
        ),
        state=Case(
            When(is_active=False, then=Value("inactive")),
            When(must_change_password=True, then=Value("temporary")),
            default=Value("active"),
            output_field=CharField(),
        ),
    )
    return rows


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A role a person holds, held or will hold in a unit; `state` is current, coming or past."""

    assignment: Assignment
    role: Role
    unit: Unit
    state: str


def held_roles(*, person: Person, viewer: Viewer, on: dt.date) -> list[HeldRole]:
    """A person's roles, those in force first, then those to come, then history."""
    rows = Assignment.objects.visible_to(viewer).filter(person=person).select_related("unit")
    found = [
        HeldRole(row, BY_CODE[row.role], row.unit, _state(row, on)) for row in rows if row.role in BY_CODE
    ]
    order = {"current": 0, "coming": 1, "past": 2}
    return sorted(found, key=lambda each: (order[each.state], each.assignment.since_on, each.assignment.pk))


def _state(assignment: Assignment, on: dt.date) -> str:
    """Where a day lies against an assignment."""
    if assignment.since_on > on:
        return "coming"
    return "past" if assignment.until_on is not None and assignment.until_on < on else "current"


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit in the order of the tree: its depth from 0, and how many active people hold a role in it."""

    unit: Unit
    depth: int
    people: int


def unit_rows(*, viewer: Viewer, on: dt.date, open_only: bool = False) -> list[UnitRow]:
    """All units, each parent before its children, siblings by code."""
    in_force = Q(assignments__since_on__lte=on) & (
        Q(assignments__until_on=None) | Q(assignments__until_on__gte=on)
    )
    counted = Unit.objects.visible_to(viewer).annotate(
        people=Count(
            "assignments__person",
            filter=in_force & Q(assignments__person__is_active=True),
            distinct=True,
        )
    )
    below: dict[int | None, list[Any]] = defaultdict(list)
    for unit in counted.open() if open_only else counted:
        below[unit.parent_id].append(unit)
    rows: list[UnitRow] = []

    def walk(parent_id: int | None, depth: int) -> None:
        for unit in sorted(below[parent_id], key=lambda each: each.code):
            rows.append(UnitRow(unit, depth, unit.people))
            walk(unit.pk, depth + 1)

    walk(None, 0)
    return rows


def holders(*, viewer: Viewer, on: dt.date) -> dict[str, int]:
    """How many active people hold each role on a day."""
    rows = Assignment.objects.visible_to(viewer).valid(on).filter(person__is_active=True)
    return dict(rows.values_list("role").annotate(Count("person", distinct=True)))


@dataclass(frozen=True, slots=True)
class Access:
    """How a person gets in: whether a second factor guards the door, and how many sessions are open."""

    second_factor: bool
    sessions: int


def access(*, person: Person, viewer: Viewer) -> Access:
    """A person's access; one's own always, others' with the right to manage people."""
    if viewer.person_id != person.pk:
        viewer.require("identity.manage")
    return Access(
        second_factor=Authenticator.objects.filter(user_id=person.pk, type=Authenticator.Type.TOTP).exists(),
        sessions=UserSession.objects.filter(user_id=person.pk).count(),
    )


def holding(permission: str, *, on: dt.date) -> list[int]:
    """Who holds a permission anywhere on a day; for notices that concern the house itself."""
    roles = [role.code for role in ROLES if permission in role.grants]
    held = Assignment.objects.valid(on).filter(role__in=roles, person__is_active=True)
    return sorted(set(held.values_list("person_id", flat=True)))


def roles_of(person_id: int, *, on: dt.date) -> set[str]:
    """The codes of the roles a person holds on a day."""
    return set(Assignment.objects.valid(on).filter(person_id=person_id).values_list("role", flat=True))


def active_people(person_ids: Iterable[int | None]) -> list[Person]:
    """Those of these people who still work here, in the order of their keys; everybody may see who works here."""
    return list(Person.objects.active().filter(pk__in=[pk for pk in person_ids if pk]).order_by("pk"))
