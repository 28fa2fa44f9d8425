"""Reads of variance notes: one with its figures, an overview for those who lead, and who stands above an owner."""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db.models import Count, Q, QuerySet

from panshi.calc.periods import add_months, month_of
from panshi.domains.accounts.models import Account, VarianceCause, VarianceNote, VarianceSpan, VarianceState
from panshi.domains.accounts.reports.pools.directors import DIRECTOR, directors
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.models import Assignment
from panshi.ground.identity.reports import UnitTree

SUPERVISOR: Final = "key_account_supervisor"


@dataclass(frozen=True, slots=True)
class PeriodFigure:
    """The net trade of one period, and the months it is made of."""

    first: dt.date
    label: str
    amount: Decimal
    months: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LineFigure:
    """One product line: its amount in the period, its mean before, and by how much it moved."""

    name: str
    actual: Decimal
    mean: Decimal

    @property
    def change(self) -> Decimal:
        """By how much it moved."""
        return self.actual - self.mean


def period_label(span: str, first: dt.date) -> str:
    """2026-10 for a month, 2026-Q3 for a quarter."""
    return f"{first:%Y-%m}" if span == VarianceSpan.MONTH else f"{first.year}-Q{(first.month + 2) // 3}"


def period_months(span: str, first: dt.date) -> tuple[str, ...]:
    """The months of a period as the addresses of ledger pages name them."""
    length = 1 if span == VarianceSpan.MONTH else 3
    return tuple(f"{add_months(first, step):%Y-%m}" for step in range(length))


def base_of(note: VarianceNote) -> list[PeriodFigure]:
    """The periods the mean is made of, oldest first."""
    stored: list[list[str]] = json.loads(note.base)
    days = [(dt.date.fromisoformat(day), Decimal(amount)) for day, amount in stored]
    return [
        PeriodFigure(day, period_label(note.span, day), amount, period_months(note.span, day))
        for day, amount in days
    ]


def moved_of(note: VarianceNote) -> list[LineFigure]:
    """The product lines that moved most."""
    stored: list[list[str]] = json.loads(note.moved)
    return [LineFigure(name, Decimal(actual), Decimal(mean)) for name, actual, mean in stored]


def notes_of(account: Account, *, viewer: Viewer, limit: int = 24) -> list[VarianceNote]:
    """The notes of an account, newest period first; one query."""
    rows: QuerySet[Any] = VarianceNote.objects.visible_to(viewer).filter(account=account)
    return list(rows.order_by("-period_on", "span", "-pk")[:limit])


@dataclass(frozen=True, slots=True)
class MonthLine:
    """The notes of the periods that began in one month, by what became of them."""

    month: dt.date
    open: int
    answered: int
    withdrawn: int


@dataclass(frozen=True, slots=True)
class UnitLine:
    """One person who owns accounts (None: without owner): how many notes wait, are late, are answered."""

    owner_id: int | None
    owner: str
    open: int
    late: int
    answered: int


@dataclass(frozen=True, slots=True)
class VarianceOverview:
    """All notes of some months in the viewer's scope."""

    months: tuple[MonthLine, ...]
    owners: tuple[UnitLine, ...]
    causes: tuple[tuple[str, str, int], ...]

    @property
    def open(self) -> int:
        """How many wait."""
        return sum(line.open for line in self.owners)

    @property
    def late(self) -> int:
        """How many wait beyond their day."""
        return sum(line.late for line in self.owners)

    @property
    def answered(self) -> int:
        """How many are answered."""
        return sum(line.answered for line in self.owners)


def variance_overview(*, on: dt.date, months: int = 12, viewer: Viewer) -> VarianceOverview:
    """Open and answered notes by month, by owner and by cause; three queries in the viewer's scope."""
    first = add_months(month_of(on), -months)
    rows: QuerySet[Any] = VarianceNote.objects.visible_to(viewer).standing().filter(period_on__gte=first)
    rows = rows.order_by()
    by_month: dict[dt.date, dict[str, int]] = defaultdict(dict)
    for month, state, count in rows.values_list("period_on", "state").annotate(Count("pk")):
        by_month[month][state] = count
    waiting, answered = Q(state=VarianceState.OPEN), Q(state=VarianceState.ANSWERED)
    owners = rows.values_list("account__owner_id", "account__owner__name").annotate(
        waiting=Count("pk", filter=waiting),
        late=Count("pk", filter=waiting & Q(due_on__lt=on)),
        answered=Count("pk", filter=answered),
    )
    causes = rows.filter(answered).values_list("cause").annotate(count=Count("pk"))
    labels = dict(VarianceCause.choices)
    return VarianceOverview(
        months=tuple(
            MonthLine(month, *(by_month.get(month, {}).get(state.value, 0) for state in VarianceState))
            for month in (add_months(first, step) for step in range(months))
        ),
        owners=tuple(
            sorted(
                (UnitLine(pk, name or "", *counts) for pk, name, *counts in owners),
                key=lambda line: (-line.late, -line.open, -line.answered, line.owner),
            )
        ),
        causes=tuple(
            (cause, str(labels[cause]), count)
            for cause, count in sorted(causes, key=lambda pair: (-pair[1], pair[0]))
        ),
    )


def supervisors(
    asked: Iterable[tuple[int | None, int | None]], *, on: dt.date
) -> dict[tuple[int | None, int | None], tuple[int, ...]]:
    """Who answers for each (unit, owner): the supervisor of the unit or the nearest above, never the owner; else the
    director. Four queries."""
    pairs = set(asked)
    if not pairs:
        return {}
    tree = UnitTree.load()
    held: dict[int, set[int]] = defaultdict(set)
    rows = Assignment.objects.valid(on).filter(role__in=[SUPERVISOR, DIRECTOR], person__is_active=True)
    for unit_id, person_id in rows.values_list("unit_id", "person_id"):
        held[unit_id].add(person_id)
    last = directors({unit for unit, _owner in pairs}, on=on)
    found = {}
    for unit, owner in pairs:
        above = tree.above(unit) if unit is not None else ()
        near = next((held[each] - {owner} for each in above if held.get(each, set()) - {owner}), None)
        found[unit, owner] = tuple(sorted(near)) if near else last[unit]
    return found
