"""Tables for those who manage them: the list, one table with its versions, and what changed between two versions."""

import datetime as dt
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

from django.db.models import Count

from panshi.engines.expressions import Column, Table
from panshi.ground.base.viewer import Viewer
from panshi.ground.rules.content import Content, load_content
from panshi.ground.rules.models import RuleTable, RuleVersion


@dataclass(frozen=True, slots=True)
class TableLine:
    """One table in the list: the version that holds now, the next one if any, whether a draft is open."""

    table: RuleTable
    holding: RuleVersion | None
    coming: RuleVersion | None
    versions: int


@dataclass(frozen=True, slots=True)
class RowChange:
    """One row compared: kind is same, added, removed or changed; `places` are the cells that differ."""

    kind: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    places: frozenset[int]


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed between two versions. Rows compare cell by cell only where the columns are the same."""

    columns: tuple[str, ...]
    removed_columns: tuple[str, ...]
    added_columns: tuple[str, ...]
    policy: tuple[str, str] | None
    rows: tuple[RowChange, ...]

    @property
    def is_same(self) -> bool:
        """Whether nothing differs."""
        return not (
            self.removed_columns
            or self.added_columns
            or self.policy
            or any(row.kind != "same" for row in self.rows)
        )


def table_lines(*, viewer: Viewer, on: dt.date) -> list[TableLine]:
    """Every table by name, in two queries."""
    tables = list(
        RuleTable.objects.visible_to(viewer).annotate(count=Count("versions")).order_by("name", "pk")
    )
    holding: dict[int, RuleVersion] = {}
    coming: dict[int, RuleVersion] = {}
    versions = RuleVersion.objects.filter(table__in=tables, is_withdrawn=False).defer("content")
    for version in versions.order_by("from_on", "number"):
        if version.from_on <= on:
            holding[version.table_id] = version
        else:
            coming.setdefault(version.table_id, version)
    return [TableLine(table, holding.get(table.pk), coming.get(table.pk), table.count) for table in tables]


def versions_of(table: RuleTable, *, viewer: Viewer) -> list[RuleVersion]:
    """The versions of a table, newest first."""
    return list(RuleVersion.objects.visible_to(viewer).filter(table=table).order_by("-number"))


def holding_version(versions: list[RuleVersion], *, on: dt.date) -> RuleVersion | None:
    """The one of these versions that holds on a day."""
    found = [one for one in versions if not one.is_withdrawn and one.from_on <= on]
    return max(found, key=lambda one: (one.from_on, one.number)) if found else None


def content_to_edit(table: RuleTable) -> Content | None:
    """The open draft, or else the newest version; None for a table that never had either."""
    if table.draft:
        return load_content(table.draft)
    newest = RuleVersion.objects.filter(table=table, is_withdrawn=False).order_by("-number").first()
    return load_content(newest.content) if newest else None


def difference(before: Table, after: Table) -> Difference:
    """What changed from one table to the next; rows are matched by their longest common run."""
    old, new = _titles(before), _titles(after)
    same_columns = old == new
    return Difference(
        columns=tuple(column.label or column.name for column in (*after.inputs, *after.outputs)),
        removed_columns=tuple(title for title in old if title not in new),
        added_columns=tuple(title for title in new if title not in old),
        policy=None if before.policy is after.policy else (before.policy.value, after.policy.value),
        rows=tuple(_row_changes(_cells(before), _cells(after))) if same_columns else (),
    )


def _titles(table: Table) -> list[str]:
    return [_title(column) for column in (*table.inputs, *table.outputs)]


def _title(column: Column) -> str:
    """A column with all that makes it another when it changes."""
    parts = [column.label or column.name, column.kind.value, *column.choices]
    return " ".join([*parts, column.formula] if column.formula else parts)


def _cells(table: Table) -> list[tuple[str, ...]]:
    return [(*row.cells, *row.results) for row in table.rows]


def _row_changes(before: list[tuple[str, ...]], after: list[tuple[str, ...]]) -> list[RowChange]:
    matcher = SequenceMatcher(a=before, b=after, autojunk=False)
    found: list[RowChange] = []
    for tag, low, high, start, end in matcher.get_opcodes():
        if tag == "equal":
            found += [RowChange("same", row, row, frozenset()) for row in after[start:end]]
            continue
        for old, new in zip_longest(before[low:high], after[start:end]):
            found.append(_row_change(old, new))
    return found


def _row_change(old: tuple[str, ...] | None, new: tuple[str, ...] | None) -> RowChange:
    if old is None:
        return RowChange("added", (), new or (), frozenset())
    if new is None:
        return RowChange("removed", old, (), frozenset())
    places = frozenset(place for place, (one, two) in enumerate(zip(old, new, strict=True)) if one != two)
    return RowChange("changed", old, new, places)
