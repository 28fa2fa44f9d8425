"""Which rows of a decision table overlap, which can never answer, and what no row covers.

Exact for ranges, lists, truths and days: the pieces of each column stand for all values. Where a column is computed
from others, or the search would grow too large, the answer says that it cannot tell.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from panshi.engines.expressions.cells import write_cell
from panshi.engines.expressions.kinds import Exact, Kind
from panshi.engines.expressions.sets import HIGH, LOW, ORDERED, CellSet, Members, Ordered, union
from panshi.engines.expressions.tables import CompiledTable, HitPolicy, Pieces, Table, bits, compile_table

MOST_STEPS: Final = 200_000
"""Places looked at before the search gives up and says so."""
MOST_FOUND: Final = 20


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two rows (from 0) that both match `example`; `differ` when they answer differently."""

    first: int
    second: int
    example: Mapping[str, Exact]
    differ: bool


@dataclass(frozen=True, slots=True)
class Gap:
    """Inputs that no row covers: the region as cell texts, and one example in it."""

    cells: tuple[str, ...]
    example: Mapping[str, Exact]


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was found. `unsure` holds codes of what could not be told: computed (columns), large."""

    overlaps: tuple[Overlap, ...]
    gaps: tuple[Gap, ...]
    hidden: tuple[int, ...]
    unsure: tuple[str, ...]
    more_overlaps: int = 0


@dataclass(frozen=True, slots=True)
class _Piece:
    """Values of one column that the same rows accept."""

    mask: int
    values: CellSet


@dataclass(slots=True)
class _Search:
    """A walk over the columns; it remembers what is covered and counts its steps."""

    columns: list[list[_Piece]]
    within: list[int]
    steps: int = 0
    covered: set[tuple[int, int]] = field(default_factory=set)

    def gaps(self, place: int, rows: int) -> Iterator[list[_Piece]]:
        """The pieces, one a column from `place` on, that leave none of `rows`."""
        if rows & self.within[place]:  # a row that accepts everything from here on
            return
        if not rows:
            yield [_whole(column) for column in self.columns[place:]]
            return
        if (place, rows) in self.covered:
            return
        is_covered = True
        for piece in self.columns[place]:
            self.steps += 1
            if self.steps > MOST_STEPS:
                return
            for rest in self.gaps(place + 1, rows & piece.mask):
                is_covered = False
                yield [piece, *rest]
        if is_covered:
            self.covered.add((place, rows))


def overlaps_and_gaps(table: Table) -> Coverage:
    """Overlapping rows, rows that can never answer and uncovered inputs. Raises `BadTable`."""
    compiled = compile_table(table)
    columns = [
        _pieces(pieces, column.choices, needed=column.required or bool(column.formula))
        for pieces, column in zip(compiled.pieces, table.inputs, strict=True)
    ]
    overlaps, more = _overlaps(compiled, columns)
    gaps, whole = _gaps(compiled, columns)
    hidden, all_known = _hidden(compiled, columns)
    unsure = []
    if any(column.formula for column in table.inputs) and (overlaps or gaps):
        unsure.append("computed")
    if not (whole and all_known):
        unsure.append("large")
    return Coverage(overlaps, gaps, hidden, tuple(unsure), more)


def _pieces(pieces: Pieces, choices: tuple[str, ...], *, needed: bool) -> list[_Piece]:
    """The pieces of a column, those with the same mask as one."""
    kind = pieces.kind
    found: list[tuple[int, CellSet]] = []
    if kind in ORDERED:
        edges = (LOW, *pieces.cuts, HIGH)
        for low, high, mask in zip(edges, edges[1:], pieces.masks, strict=False):
            if low < high:
                found.append((mask, Ordered(kind, (low, high))))
    else:
        known: tuple[str | bool, ...] = (True, False) if kind is Kind.BOOLEAN else choices
        if kind is Kind.TEXT:
            known = tuple(pieces.named)
            found.append((pieces.masks[0], Members(kind, frozenset(known), negated=True)))
        for value in known:
            found.append((pieces.mask(value), Members(kind, frozenset({value}))))
    if not needed:
        empty: CellSet = (
            Ordered(kind, (), True) if kind in ORDERED else Members(kind, frozenset(), empty=True)
        )
        found.append((pieces.missing, empty))
    merged: dict[int, list[CellSet]] = {}
    for mask, values in found:
        merged.setdefault(mask, []).append(values)
    return [_Piece(mask, union(kind, sets)) for mask, sets in merged.items()]


def _example(table: Table, pieces: list[_Piece]) -> dict[str, Exact]:
    return {
        column.name: _some_value(piece.values) for column, piece in zip(table.inputs, pieces, strict=True)
    }


def _some_value(values: CellSet) -> Exact:
    if isinstance(values, Ordered):
        return values.example()
    if values.negated:
        other = "其他"
        while other in values.values:
            other += "其他"
        return other
    return min(values.values, key=str) if values.values else None


def _gaps(compiled: CompiledTable, columns: list[list[_Piece]]) -> tuple[tuple[Gap, ...], bool]:
    """What no row covers, and whether everything was looked at."""
    table = compiled.table
    search = _Search(columns, _suffixes(columns, len(table.rows)))
    gaps: list[Gap] = []
    for pieces in search.gaps(0, (1 << len(table.rows)) - 1):
        cells = tuple(_region(piece, column) for piece, column in zip(pieces, columns, strict=True))
        gaps.append(Gap(cells, _example(table, pieces)))
        if len(gaps) == MOST_FOUND:
            break
    return tuple(gaps), search.steps <= MOST_STEPS


def _whole(column: list[_Piece]) -> _Piece:
    """All values of a column as one piece."""
    return _Piece(0, union(column[0].values.kind, [piece.values for piece in column]))


def _region(piece: _Piece, column: list[_Piece]) -> str:
    return "-" if piece.values == _whole(column).values else write_cell(piece.values)


def _suffixes(columns: list[list[_Piece]], rows: int) -> list[int]:
    """For each place the rows that accept every value of all columns from there on."""
    found = [(1 << rows) - 1]
    for column in reversed(columns):
        mask = found[-1]
        for piece in column:
            mask &= piece.mask
        found.append(mask)
    return found[::-1]


def _hidden(compiled: CompiledTable, columns: list[list[_Piece]]) -> tuple[tuple[int, ...], bool]:
    """Rows that can never answer: nothing satisfies them, or (under "first") rows above cover them completely."""
    found: list[int] = []
    walked = 0
    for row in range(len(compiled.table.rows)):
        inside = [[piece for piece in column if piece.mask >> row & 1] for column in columns]
        if not all(inside):
            found.append(row)
            continue
        above = (1 << row) - 1 if compiled.table.policy is HitPolicy.FIRST else 0
        search = _Search(inside, _suffixes(inside, len(compiled.table.rows)), steps=walked)
        is_covered = next(search.gaps(0, above), None) is None
        walked = search.steps
        if walked > MOST_STEPS:
            return tuple(found), False
        if is_covered:
            found.append(row)
    return tuple(found), True


def _overlaps(compiled: CompiledTable, columns: list[list[_Piece]]) -> tuple[tuple[Overlap, ...], int]:
    """Pairs of rows that some inputs satisfy both, the first so many with an example, and how many more."""
    table = compiled.table
    found: list[Overlap] = []
    more = 0
    for row in range(len(table.rows)):
        others = ((1 << len(table.rows)) - 1) & ~((1 << (row + 1)) - 1)
        for column in columns:
            meeting = 0
            for piece in column:
                if piece.mask >> row & 1:
                    meeting |= piece.mask
            others &= meeting
        for other in bits(others):
            if len(found) < MOST_FOUND:
                shared = [
                    next(piece for piece in column if piece.mask >> row & 1 and piece.mask >> other & 1)
                    for column in columns
                ]
                differ = table.rows[row].results != table.rows[other].results
                found.append(Overlap(row, other, _example(table, shared), differ))
            else:
                more += 1
    return tuple(found), more
