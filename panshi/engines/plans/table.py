"""Our own table of activities, XLSX or CSV, one row an activity: the format people make by hand.

`headings` says which columns there are; `panshi.engines.sheets` reads the cells within limits. All faults of a
file are reported at once, each with its row.
"""

from __future__ import annotations

import tempfile
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from panshi.calc.scheduling.calendars import STANDARD, Calendar
from panshi.calc.scheduling.errors import CannotSchedule
from panshi.calc.scheduling.model import Activity, Assignment, Constraint, Estimate, Link, Plan, Resource
from panshi.engines.analytics.failures import UnreadableTable
from panshi.engines.sheets.reading import Sheet, SheetRow, read_sheet

from .cells import Scale, read_amount, read_constraint, read_links, read_moment, read_resources, read_truth
from .errors import CannotReadPlan
from .headings import COLUMNS, column_of

KIND = "activity table"
MOST_FAULTS = 20
DATED = ("start", "constraint_date", "deadline", "actual_start", "actual_finish")
ESTIMATE = ("optimistic", "most_likely", "pessimistic")


@dataclass(frozen=True, slots=True)
class TablePlan:
    """A plan and the headings of the columns that were not understood."""

    plan: Plan
    unread: tuple[str, ...]


def read_table(
    source: bytes | Path, *, start: datetime | None = None, calendar: Calendar = STANDARD, name: str = ""
) -> TablePlan:
    """Read a table of activities.

    The plan begins at `start`, by default with the earliest date in the table. A table without any date is a plan
    in integer periods. Raises `CannotReadPlan` naming rows and faults.
    """
    with _as_file(source) as path:
        try:
            sheet = read_sheet(path, recognise=lambda heading: column_of(heading) is not None)
        except UnreadableTable as error:
            raise CannotReadPlan(KIND, str(error)) from error
    rows = _rows(sheet, calendar)
    begin = start or min((d for row in rows if (d := row.earliest())), default=None)
    plan = _plan(rows, begin, calendar, name or (source.stem if isinstance(source, Path) else ""))
    return TablePlan(plan, tuple(h for h in sheet.headings if h and column_of(h) is None))


@contextmanager
def _as_file(source: bytes | Path) -> Iterator[Path]:
    if isinstance(source, Path):
        yield source
        return
    with tempfile.TemporaryDirectory(prefix="panshi-plan-") as directory:
        path = Path(directory) / "table"
        path.write_bytes(source)
        yield path


def _rows(sheet: Sheet, calendar: Calendar) -> list[_Row]:
    columns: dict[str, int] = {}
    for position, heading in enumerate(sheet.headings):
        column = column_of(heading)
        if column is not None:
            columns.setdefault(column, position)
    missing = [COLUMNS[c][0] for c in ("id", "duration") if c not in columns]
    if missing:
        raise CannotReadPlan(KIND, f"there is no column {' and no column '.join(missing)}")
    rows = [_Row(row, columns, calendar) for row in sheet.rows]
    rows = [row for row in rows if row.key("id")]
    if not rows:
        raise CannotReadPlan(KIND, "there are no activities below the headings")
    return rows


def _plan(rows: list[_Row], start: datetime | None, calendar: Calendar, name: str) -> Plan:
    scale = Scale.of(calendar) if start is not None else Scale.periods()
    known = {row.key("id") for row in rows}
    activities: list[Activity] = []
    links: list[Link] = []
    assignments: list[Assignment] = []
    faults: list[str] = []
    for row in rows:
        try:
            activities.append(row.activity(scale))
            links += read_links(row.cell("predecessors"), row.key("id"), known, scale)
            assignments += read_resources(row.cell("resources"), row.key("id"))
        except ValueError as error:
            faults.append(f"row {row.source.number}: {error}")
    if faults:
        more = f"; and {len(faults) - MOST_FAULTS} more" if len(faults) > MOST_FAULTS else ""
        raise CannotReadPlan(KIND, "; ".join(faults[:MOST_FAULTS]) + more)
    try:
        return Plan(
            name=name,
            activities=tuple(activities),
            links=tuple(links),
            calendars=() if start is None else (calendar,),
            calendar=None if start is None else calendar.id,
            resources=_resources(assignments),
            assignments=tuple(assignments),
            start=start,
        )
    except CannotSchedule as error:
        raise CannotReadPlan(KIND, str(error)) from error


def _resources(assignments: list[Assignment]) -> tuple[Resource, ...]:
    """The resources asked for; the table states no capacities, so there are as many as one activity needs."""
    units: dict[str, float] = {}
    for assignment in assignments:
        name = str(assignment.resource)
        units[name] = max(units.get(name, 1), assignment.units)
    return tuple(Resource(id=name, name=name, capacity=capacity) for name, capacity in units.items())


@dataclass(frozen=True, slots=True)
class _Row:
    """One row with its columns by meaning; everything it cannot read raises `ValueError`."""

    source: SheetRow
    columns: Mapping[str, int]
    calendar: Calendar

    def cell(self, column: str) -> str:
        """Text of a column, empty when the table has no such column."""
        at = self.columns.get(column)
        return "" if at is None else self.source.cells[at]

    def key(self, column: str) -> str:
        """An id, the same whether typed in full or half width."""
        return unicodedata.normalize("NFKC", self.cell(column)).strip()

    def moment(self, column: str, at_end: bool = False) -> datetime | None:
        """Date in a cell; without a time of day it means the first or last hour of that day's work."""
        value = self.cell(column)
        found = read_moment(value) if value else None
        return _in_working_hours(found, self.calendar, at_end) if isinstance(found, date) else None

    def earliest(self) -> datetime | None:
        """Earliest readable date of the row; what cannot be read is reported with the rest of the row."""
        found = []
        for column in DATED:
            try:
                found.append(self.moment(column))
            except ValueError:
                continue
        return min((m for m in found if m is not None), default=None)

    def activity(self, scale: Scale) -> Activity:
        """The activity of this row, without links and resources."""
        estimate = self._estimate(scale)
        duration = self.cell("duration")
        amount = read_amount(duration, scale) if duration else round(_expected(estimate))
        milestone, remaining = self.cell("milestone"), self.cell("remaining")
        started, finished = self.moment("actual_start"), self.moment("actual_finish", at_end=True)
        return Activity(
            id=self.key("id"),
            name=self.cell("name") or self.key("id"),
            duration=amount,
            parent=self.key("parent") or None,
            milestone=read_truth(milestone) if milestone else amount == 0,
            constraint=self._constraint(),
            deadline=self.moment("deadline", at_end=True),
            actual_start=started or finished,
            actual_finish=finished,
            remaining=read_amount(remaining, scale) if remaining else None,
            estimate=estimate,
        )

    def _estimate(self, scale: Scale) -> Estimate | None:
        cells = [self.cell(column) for column in ESTIMATE]
        return Estimate(*(read_amount(cell, scale) for cell in cells)) if all(cells) else None

    def _constraint(self) -> Constraint:
        start = self.moment("start")
        kind = self.cell("constraint") or ("SNET" if start else "")
        return read_constraint(kind, lambda at_end: self.moment("constraint_date", at_end) or start)


def _in_working_hours(found: date, calendar: Calendar, at_end: bool) -> datetime:
    if isinstance(found, datetime):
        return found
    shifts = calendar.shifts_on(found)
    minutes = (shifts[-1][1] if at_end else shifts[0][0]) if shifts else 0
    return datetime.combine(found, time()) + timedelta(minutes=minutes)


def _expected(estimate: Estimate | None) -> float:
    """Expected duration of a three-point estimate, (o + 4m + p) / 6."""
    if estimate is None:
        return 0
    return (estimate.optimistic + 4 * estimate.most_likely + estimate.pessimistic) / 6
