"""Who works at a step: role expressions read, checked, and resolved relative to what the request is about.

An expression is a list, separated by commas, of `applicant`, `owner`, `applicant.superior`, `owner.superior`,
`unit:<role>` (whoever holds the role in the subject's unit or the nearest one above), `role:<role>` (anywhere),
`person:<login>` and `field:<form field>`. What was found is kept with the task, with the reason.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from panshi.engines.process import Plain
from panshi.ground.base.viewer import person_key, seat_key
from panshi.ground.identity.models import Assignment, Person, Unit
from panshi.ground.identity.roles import BY_CODE

LEADERS: Final = (
    "key_account_supervisor",
    "key_account_director",
    "regional_manager",
    "deputy_general_manager",
    "general_manager",
)
"""Roles that lead others, the lower first: a superior is the lowest leader above somebody."""

PLAIN_WORDS: Final = frozenset({"applicant", "owner", "applicant.superior", "owner.superior"})
PREFIXES: Final = frozenset({"unit", "role", "person", "field"})


@dataclass(frozen=True, slots=True)
class Place:
    """Somebody found for a step: a person, or a role in a unit (anywhere without one). `because` is a word of
    `WHY`, `holders` the people behind it today."""

    because: str
    person_id: int | None = None
    role: str = ""
    unit_id: int | None = None
    detail: str = ""
    holders: tuple[int, ...] = ()

    @property
    def key(self) -> str:
        """How tables of parties name it."""
        return person_key(self.person_id) if self.person_id else seat_key(self.role, self.unit_id)

    def plain(self) -> dict[str, Any]:
        """As stored with the task."""
        return {
            "because": self.because,
            "person": self.person_id,
            "role": self.role,
            "unit": self.unit_id,
            "detail": self.detail,
        }


def parts_of(expression: str) -> list[str]:
    """The parts of a role expression."""
    return [part.strip() for part in expression.replace("，", ",").split(",") if part.strip()]


def unknown_parts(expression: str, *, fields: Iterable[str], logins: Iterable[str]) -> list[str]:
    """Parts that mean nothing here: unknown words, roles, people or form fields."""
    known_fields, known_logins = set(fields), {login.lower() for login in logins}
    found = []
    for part in parts_of(expression):
        prefix, colon, name = part.partition(":")
        good = (
            part in PLAIN_WORDS
            if not colon
            else (prefix in ("unit", "role") and name in BY_CODE)
            or (prefix == "person" and name.lower() in known_logins)
            or (prefix == "field" and name in known_fields)
        )
        if not good:
            found.append(part)
    return found


def named_logins(expressions: Iterable[str]) -> set[str]:
    """The sign-in names that role expressions name."""
    parts = (part for expression in expressions for part in parts_of(expression))
    return {part.partition(":")[2] for part in parts if part.startswith("person:")}


@dataclass(slots=True)
class Staffing:
    """Who works where on a day, read when a role is asked for: a handful of queries a request, never one a person."""

    on: dt.date
    applicant_id: int
    applicant_unit_id: int | None
    owner_id: int | None
    place_id: int | None
    values: Mapping[str, Plain] = field(default_factory=dict)
    _parents: dict[int, int | None] | None = None

    def resolve(self, expression: str) -> list[Place]:
        """Every place an expression names, each once; places nobody holds are left out."""
        found: dict[str, Place] = {}
        for part in parts_of(expression):
            for place in self._part(part):
                if place.holders:
                    found.setdefault(place.key, place)
        return list(found.values())

    def superior(self, person_id: int, unit_id: int | None, because: str = "superior") -> Place | None:
        """The lowest leader above a person, of a higher rank than the person's own: in their unit or further up."""
        chain = self._chain(unit_id)
        held = self._holders(LEADERS, chain)
        ranks = [rank for rank, role in enumerate(LEADERS) for unit in chain if person_id in held[role, unit]]
        for unit in chain:
            for role in LEADERS[max(ranks, default=-1) + 1 :]:
                others = tuple(pk for pk in held[role, unit] if pk != person_id)
                if others:
                    return Place(because, role=role, unit_id=unit, detail=str(person_id), holders=others)
        return None

    def leader_above(self, role: str, unit_id: int | None) -> Place | None:
        """The lowest leader of a higher rank above whoever holds a role in a unit."""
        chain = self._chain(unit_id if unit_id is not None else self.place_id)
        held = self._holders(LEADERS, chain)
        rank = LEADERS.index(role) + 1 if role in LEADERS else 0
        for unit in chain:
            for leader in LEADERS[rank:]:
                if held[leader, unit]:
                    return Place("escalated", role=leader, unit_id=unit, holders=held[leader, unit])
        return None

    def unit_of(self, person_id: int) -> int | None:
        """The unit a person has held a role in for longest."""
        if person_id == self.applicant_id and self.applicant_unit_id is not None:
            return self.applicant_unit_id
        if person_id == self.owner_id and self.place_id is not None:
            return self.place_id
        return unit_of(person_id, on=self.on)

    def person(self, person_id: int | None, because: str, detail: str = "") -> list[Place]:
        """The place of one person, if they still work here."""
        if person_id is None:
            return []
        active = Person.objects.active().filter(pk=person_id).exists()
        return [Place(because, person_id=person_id, detail=detail, holders=(person_id,) if active else ())]

    def _part(self, part: str) -> list[Place]:
        if part in PLAIN_WORDS:
            return self._standing(part)
        prefix, _colon, name = part.partition(":")
        found: list[Place] = []
        match prefix:
            case "unit":
                found = self._nearest(name)
            case "role":
                found = [Place("role", role=name, holders=self._everywhere(name))]
            case "person":
                login = Person.objects.filter(username__iexact=name).values_list("pk", flat=True).first()
                found = self.person(login, "named")
            case "field":
                given = self.values.get(name)
                found = self.person(given, "field", name) if isinstance(given, int) else []
        return found

    def _standing(self, word: str) -> list[Place]:
        """Somebody who stands to the request in a way that has a name."""
        who, _dot, superior = word.partition(".")
        person_id = self.applicant_id if who == "applicant" else self.owner_id
        return self._superiors(person_id) if superior else self.person(person_id, who)

    def _superiors(self, person_id: int | None) -> list[Place]:
        if person_id is None:
            return []
        found = self.superior(person_id, self.unit_of(person_id))
        return [found] if found else []

    def _nearest(self, role: str) -> list[Place]:
        chain = self._chain(self.place_id)
        held = self._holders((role,), chain)
        for unit in chain:
            if held[role, unit]:
                return [Place("unit", role=role, unit_id=unit, holders=held[role, unit])]
        return []

    def _everywhere(self, role: str) -> tuple[int, ...]:
        rows = Assignment.objects.valid(self.on).filter(role=role, person__is_active=True)
        return tuple(dict.fromkeys(rows.order_by("pk").values_list("person_id", flat=True)))

    def _chain(self, unit_id: int | None) -> list[int]:
        """A unit and those above it, the nearest first; without one, the top of the tree."""
        if self._parents is None:
            self._parents = dict(Unit.objects.values_list("pk", "parent_id"))
        if unit_id is None:
            return sorted(pk for pk, parent in self._parents.items() if parent is None)
        chain: list[int] = []
        step: int | None = unit_id
        while step is not None and step not in chain:
            chain.append(step)
            step = self._parents.get(step)
        return chain

    def _holders(self, roles: Iterable[str], units: Iterable[int]) -> dict[tuple[str, int], tuple[int, ...]]:
        rows = (
            Assignment.objects.valid(self.on)
            .filter(role__in=list(roles), unit_id__in=list(units), person__is_active=True)
            .order_by("pk")
            .values_list("role", "unit_id", "person_id")
        )
        found: dict[tuple[str, int], tuple[int, ...]] = defaultdict(tuple)
        for role, unit, person in rows:
            if person not in found[role, unit]:
                found[role, unit] += (person,)
        return found


def unit_of(person_id: int | None, *, on: dt.date) -> int | None:
    """The unit a person has held a role in for longest, if any."""
    if person_id is None:
        return None
    held = Assignment.objects.valid(on).filter(person_id=person_id).order_by("since_on", "pk")
    found: int | None = held.values_list("unit_id", flat=True).first()
    return found


def holders_of(places: Iterable[tuple[int | None, str, int | None]], *, on: dt.date) -> set[int]:
    """The people behind places given as (person, role, unit) on a day; one query at most."""
    people: set[int] = set()
    roles: set[tuple[str, int | None]] = set()
    for person_id, role, unit_id in places:
        if person_id is not None:
            people.add(person_id)
        else:
            roles.add((role, unit_id))
    if roles:
        rows = (
            Assignment.objects.valid(on)
            .filter(role__in=[role for role, _unit in roles], person__is_active=True)
            .values_list("person_id", "role", "unit_id")
        )
        people |= {person for person, role, unit in rows if (role, unit) in roles or (role, None) in roles}
    return people
