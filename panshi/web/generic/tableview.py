"""A window of rows as the table template wants it: headings with their sort links, cells, addresses, the pager."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from panshi.web.generic.addresses import around_key
from panshi.web.generic.columns import Column, MoneyColumn, TitleColumn
from panshi.web.generic.lists import Act, Asked
from panshi.web.generic.windows import Window


@dataclass(frozen=True, slots=True)
class Heading:
    """One column's head, in the words of the table part."""

    name: str
    label: str
    kind: str
    priority: int
    sort_url: str
    sorted: str
    css: str


@dataclass(frozen=True, slots=True)
class RowAct:
    """One thing to do with a row: where it leads is `before`, the row's key, `after`."""

    label: str
    icon: str
    before: str
    after: str
    drawer: bool


@dataclass(frozen=True, slots=True)
class Pager:
    """Where one can go from here; `kept` are the address parts a jump to a page number carries along."""

    number: int
    previous_url: str
    next_url: str
    first_url: str
    last_url: str
    kept: Sequence[tuple[str, str]]


def headings(asked: Asked, columns: Iterable[Column]) -> list[Heading]:
    """The heads of the shown columns; a click on the sorted one turns its direction."""
    return [_heading(asked, column) for column in columns]


def _heading(asked: Asked, column: Column) -> Heading:
    name, now = column.name, asked.order.name.lstrip("-")
    sorted_ = ("descending" if asked.order.descending else "ascending") if now == name else ""
    down = column.descending if not sorted_ else not asked.order.descending
    kind = "money" if isinstance(column, MoneyColumn) else "num" if column.numeric else "text"
    css = f"p{column.phone}" + (" num" if column.numeric else "")
    return Heading(
        name=name,
        label=str(column.label),
        kind=kind,
        priority=column.phone,
        sort_url=asked.query(sort=("-" if down else "") + name) if name in asked.page.orders else "",
        sorted=sorted_,
        css=css + (" wide" if column.wide else "") + (" title" if isinstance(column, TitleColumn) else ""),
    )


def row_acts(acts: Iterable[Act], asked: Asked) -> list[RowAct]:
    """What the person may do with each row."""
    viewer = asked.asking.viewer
    return [
        RowAct(str(act.label), act.icon, *around_key(act.url_name), act.drawer)
        for act in acts
        if not act.permission or viewer.may(act.permission)
    ]


def pager(asked: Asked, window: Window) -> Pager:
    """The links below the table."""
    return Pager(
        number=window.number,
        previous_url=asked.query(("before", window.before)) if window.before else "",
        next_url=asked.query(("after", window.after)) if window.after else "",
        first_url=asked.query(),
        last_url=asked.query(("before", "end")),
        kept=(*asked.base, *asked.sorting),
    )
