"""What a list is, declared by its room as data, and what one request asks of it, read against that declaration.

Nothing of the address reaches the database unless a declared filter, column or order understood it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import Model, Q, QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from panshi.ground.base.viewer import Viewer
from panshi.web.generic.columns import Column, TitleColumn
from panshi.web.generic.filters import LONGEST_TEXT, Applied, Asking, Filter, Pairs, Unclear, clean_text
from panshi.web.generic.keyset import LAST_PAGE, BadCursor, Cursor, Order

PAGE_SIZE = 50
COUNT_CAP = 1000
OWN_PARTS = frozenset(
    {"q", "sort", "after", "before", "page", "part", "at", "format", "pk", "csrfmiddlewaretoken"}
)
"""Names of the address that belong to the list itself; everything else must be a filter's."""


@dataclass(frozen=True, slots=True)
class View:
    """A tab over the list: a name and the filters it stands for."""

    name: str
    label: Promise | str
    pairs: Pairs
    sort: str = ""

    @property
    def query(self) -> str:
        """Its address."""
        return urlencode((*self.pairs, ("sort", self.sort)) if self.sort else self.pairs)


@dataclass(frozen=True, slots=True)
class Act:
    """Something to do with one row, with the picked rows, or with the whole list.

    `url_name` takes the row's key for rows; `drawer` opens it beside the list instead of leaving it.
    """

    label: Promise
    url_name: str
    icon: str = ""
    permission: str = ""
    drawer: bool = False
    primary: bool = False


@dataclass(frozen=True, kw_only=True)
class ListPage:
    """One list of the product. `rows` are gated already; `search` narrows them by typed words.

    `orders` maps a column's name to its total order; the default sort is a column's name, `-` in front for descending.
    """

    name: str
    title: Promise
    model: type[Model]
    rows: Callable[[Viewer], "QuerySet[Any]"]
    permission: str
    columns: tuple[Column, ...]
    filters: tuple[Filter, ...] = ()
    views: tuple[View, ...] = ()
    sort: str
    record: str = ""
    record_in_drawer: bool = False
    label: str = "name"
    search: Callable[[str, Viewer], Q] | None = None
    search_hint: Promise | str = ""
    row_acts: tuple[Act, ...] = ()
    picked_acts: tuple[Act, ...] = ()
    acts: tuple[Act, ...] = ()
    export_url: str = ""
    export_permission: str = ""
    empty: tuple[Promise, Promise]
    orders: Mapping[str, Order] = field(init=False)

    def __post_init__(self) -> None:
        orders = {}
        for column in self.columns:
            for sign in ("", "-") if column.sort else ():
                name = sign + column.name
                orders[name] = Order.by(self.model, name, column.sort, descending=bool(sign))
        if self.sort not in orders:
            raise ValueError(f"list {self.name} cannot sort by {self.sort}")
        object.__setattr__(self, "orders", orders)

    def open_columns(self, viewer: Viewer) -> tuple[Column, ...]:
        """The columns the person may see."""
        return tuple(
            column for column in self.columns if not column.permission or viewer.may(column.permission)
        )

    def open_filters(self, viewer: Viewer) -> tuple[Filter, ...]:
        """The filters the person may use: one on a hidden figure would let it be guessed."""
        return tuple(one for one in self.filters if not one.permission or viewer.may(one.permission))

    def shown_columns(self, viewer: Viewer, chosen: object) -> tuple[Column, ...]:
        """The columns to show: those the person chose, else the defaults; the title always."""
        open_to = self.open_columns(viewer)
        if not isinstance(chosen, list):
            return tuple(column for column in open_to if column.default)
        return tuple(column for column in open_to if isinstance(column, TitleColumn) or column.name in chosen)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What one request asks of a list, validated. `notices` say what was not understood and left out."""

    page: ListPage
    asking: Asking
    words: str
    applied: tuple[Applied, ...]
    order: Order
    cursor: Cursor | None
    backwards: bool
    number: int
    picked: tuple[int, ...]
    notices: tuple[str, ...]

    @property
    def at_start(self) -> bool:
        """Whether this is the list's first page asked for plainly."""
        return self.cursor is None and self.number == 1 and not self.backwards

    def rows(self) -> "QuerySet[Any]":
        """Every row that meets all conditions, unordered."""
        rows = self.page.rows(self.asking.viewer)
        if self.words and self.page.search is not None:
            rows = rows.filter(self.page.search(self.words, self.asking.viewer))
        for applied in self.applied:
            rows = rows.filter(applied.condition)
        return rows.filter(pk__in=self.picked) if self.picked else rows

    @cached_property
    def base(self) -> Pairs:
        """Address parts that every link of this list carries: the words and the filters."""
        words = (("q", self.words),) if self.words else ()
        return (*words, *(pair for applied in self.applied for pair in applied.pairs))

    @cached_property
    def sorting(self) -> Pairs:
        """The sort as an address part, nothing when it is the list's own."""
        return () if self.order.name == self.page.sort else (("sort", self.order.name),)

    def query(self, *more: tuple[str, str], without: str = "", sort: str | None = None) -> str:
        """The address of this list with a filter taken out, another sort or more parts."""
        gone = {part for one in self.applied if one.name == without for part, _value in one.pairs} | {without}
        kept = tuple(pair for pair in self.base if pair[0] not in gone)
        sorting = self.sorting if sort is None else (("sort", sort),) if sort != self.page.sort else ()
        return "?" + urlencode((*kept, *sorting, *more))


def read_asked(page: ListPage, query: QueryDict, asking: Asking) -> Asked:
    """Understand a request; what cannot be understood is left out and said in `notices`."""
    notices: list[str] = []
    filters = page.open_filters(asking.viewer)
    applied = tuple(one for one in (_applied(each, query, asking, notices) for each in filters) if one)
    known = OWN_PARTS.union(*(one.parts for one in filters))
    for name in list(query)[:20]:
        if name not in known:
            notices.append(_("网址中的“%(name)s”不是本列表的条件，已忽略。") % {"name": name[:40]})
    order = page.orders.get(query.get("sort") or page.sort)
    if order is None:
        notices.append(_("不能按“%(name)s”排序，已按默认顺序显示。") % {"name": query.get("sort", "")[:40]})
        order = page.orders[page.sort]
    cursor, backwards, number = _place(page, query, order, notices)
    return Asked(
        page=page,
        asking=asking,
        words=_words(page, query, notices),
        applied=applied,
        order=order,
        cursor=cursor,
        backwards=backwards,
        number=number,
        picked=_picked(query),
        notices=tuple(notices),
    )


def _applied(one: Filter, query: QueryDict, asking: Asking, notices: list[str]) -> Applied | None:
    try:
        return one.read(query, asking)
    except Unclear:
        notices.append(_("条件“%(label)s”的内容看不懂，已忽略。") % {"label": one.label})
        return None


def _words(page: ListPage, query: QueryDict, notices: list[str]) -> str:
    try:
        return clean_text(query.get("q", "")) if page.search is not None else ""
    except Unclear:
        notices.append(_("搜索词最多 %(count)s 个字，已忽略。") % {"count": LONGEST_TEXT})
        return ""


def _picked(query: QueryDict) -> tuple[int, ...]:
    """Keys of picked rows, for an export of just these; a page's worth at most counts."""
    keys = (text for text in query.getlist("pk")[: PAGE_SIZE * 20] if text.isascii() and text.isdecimal())
    return tuple(int(text) for text in keys if len(text) < 19)


def _place(
    page: ListPage, query: QueryDict, order: Order, notices: list[str]
) -> tuple[Cursor | None, bool, int]:
    """Where in the list to be: a cursor forwards or backwards, or the number of a page (0 for the last)."""
    try:
        if text := query.get("after", ""):
            cursor = order.decode(text, page.model)
            return cursor, False, cursor.page
        if text := query.get("before", ""):
            if text == "end":
                return None, True, 0
            cursor = order.decode(text, page.model)
            return cursor, True, cursor.page
    except BadCursor:
        notices.append(_("翻页位置已失效，回到第一页。"))
        return None, False, 1
    asked = query.get("page", "1")
    if not (asked.isascii() and asked.isdecimal() and len(asked) <= 6 and 1 <= int(asked) <= LAST_PAGE):
        notices.append(_("没有第 %(page)s 页，回到第一页。") % {"page": asked[:12]})
        return None, False, 1
    return None, False, int(asked)
