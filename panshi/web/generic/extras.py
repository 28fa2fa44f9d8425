"""What a list gains while the product runs: columns and filters that people defined, with the values of a page's rows.

A room names a function in `ListPage.extra`; the list asks it once a request and treats what it answers like its own.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from panshi.web.generic.columns import Column
from panshi.web.generic.filters import Filter
from panshi.web.generic.keyset import Order

Values = Mapping[int, Mapping[str, Any]]
Fill = Callable[[Sequence[int], Sequence[str]], Values]
"""Takes the keys of rows and the `reads` wanted of them; answers key → read → value with as few queries as it can."""


def _no_values(keys: Sequence[int], reads: Sequence[str]) -> Values:
    return {}


@dataclass(frozen=True, kw_only=True)
class Extra:
    """Columns with `filled=True`, filters, and where the columns' values come from.

    Names must not be those of the list itself; prefix them (`custom.12`). A filled column orders the list where
    `orders` holds its name.
    """

    columns: tuple[Column, ...] = ()
    filters: tuple[Filter, ...] = ()
    fill: Fill = _no_values
    orders: Mapping[str, Order] = field(default_factory=dict)


def fill_rows(rows: Sequence[dict[str, Any]], columns: Iterable[Column], fill: Fill) -> None:
    """Put the values of filled columns into rows read from the database; what has no value reads None."""
    reads = [name for column in columns if column.filled for name in column.reads]
    if not reads or not rows:
        return
    found = fill([row["pk"] for row in rows], reads)
    for row in rows:
        values = found.get(row["pk"], {})
        for name in reads:
            row[name] = values.get(name)
