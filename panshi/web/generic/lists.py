"""What a list is, declared by its room as data, and what one request asks of it, read against that declaration.

Nothing of the address reaches the database unless a declared filter, column or order understood it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import urlencode

from django.db.models import Model, Q, QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from panshi.ground.base.viewer import Viewer
from panshi.web.generic.columns import Column, TitleColumn
from panshi.web.generic.extras import Extra, Fill
from panshi.web.generic.filters import LONGEST_TEXT, Applied, Asking, Filter, Pairs, Unclear, clean_text
from panshi.web.generic.keyset import LAST_PAGE, BadCursor, Cursor, Order
from panshi.web.generic.where import BadWhere, Where, decode, understand

PAGE_SIZE = 50
COUNT_CAP = 1000
OWN_PARTS = frozenset(
    {
        "q",
        "sort",
        "after",
        "before",
        "page",
        "part",
        "at",
        "format",
        "pk",
        "where",
        "view",
        "csrfmiddlewaretoken",
    }
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
class BulkLike:
    """What the bar under a list needs to know of a bulk act; see `bulk.BulkAct`."""

    name: str
    label: Promise
    permission: str
    icon: str = ""


@dataclass(frozen=True, kw_only=True)
class ListPage:
    """One list of the product. `rows` are gated already; `search` narrows them by typed words.

    `orders` maps a column's name to its total order; the default sort is a column's name, `-` in front for descending.
    `extra` brings columns and filters that people defined; `for_viewer` joins them to the list's own.
    `parts` are the same rows as `rows` in parts that share none, where a page is found faster part by part.
    """

    name: str
    title: Promise
    model: type[Model]
    rows: Callable[[Viewer], "QuerySet[Any]"]
    parts: Callable[[Viewer], "list[QuerySet[Any]]"] | None = None
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
    bulk: tuple[BulkLike, ...] = ()
    bulk_url: str = ""
    export_url: str = ""
    export_permission: str = ""
    empty: tuple[Promise, Promise]
    extra: Callable[[Viewer], Extra] | None = None
    fill: Fill | None = None
    orders: Mapping[str, Order] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.orders:  # gained at run time: what was declared is known to be sound
            return
        orders = {}
        for column in self.columns:
            for sign in ("", "-") if column.sort else ():
                name = sign + column.name
                orders[name] = Order.by(self.model, name, column.sort, descending=bool(sign))
        if self.sort not in orders:
            raise ValueError(f"list {self.name} cannot sort by {self.sort}")
        object.__setattr__(self, "orders", orders)

    def for_viewer(self, viewer: Viewer) -> "ListPage":
        """This list with the columns and filters it gains at run time; asked once a request."""
        gained = self.extra
        if gained is None:
            return self
        extra = gained(viewer)
        return replace(
            self,
            columns=(*self.columns, *extra.columns),
            filters=(*self.filters, *extra.filters),
            fill=extra.fill,
            orders={**self.orders, **extra.orders},
            extra=None,
        )

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
    where: Where | None = None
    view: str = ""

    @property
    def narrowed(self) -> bool:
        """Whether anything narrows the list."""
        return bool(self.applied or self.words or self.where)

    @property
    def narrows(self) -> bool:
        """Whether rows are left out on the way, by conditions or by how far the person reaches."""
        return self.narrowed or bool(self.picked) or not self.asking.viewer.sees_all(self.page.permission)

    @property
    def at_start(self) -> bool:
        """Whether this is the list's first page asked for plainly."""
        return self.cursor is None and self.number == 1 and not self.backwards

    def rows(self) -> "QuerySet[Any]":
        """Every row that meets all conditions, unordered."""
        return self._narrow(self.page.rows(self.asking.viewer))

    def parts(self) -> "list[QuerySet[Any]]":
        """The same rows in parts that share none, one part where the list knows no other."""
        whole = self.page.parts
        found = whole(self.asking.viewer) if whole else [self.page.rows(self.asking.viewer)]
        return [self._narrow(part) for part in found]

    def _narrow(self, rows: "QuerySet[Any]") -> "QuerySet[Any]":
        for condition in self.conditions:
            rows = rows.filter(condition)
        return rows

    @cached_property
    def conditions(self) -> tuple[Q, ...]:
        """Everything that narrows the list, each condition by itself."""
        words = (self.page.search(self.words, self.asking.viewer),) if self.words and self.page.search else ()
        where = (self.where.condition,) if self.where is not None else ()
        picked = (Q(pk__in=self.picked),) if self.picked else ()
        return (*words, *(applied.condition for applied in self.applied), *where, *picked)

    @property
    def looks_elsewhere(self) -> bool:
        """Whether some condition is answered by other tables (words, custom fields), so that asking it costs more than
        the rows it finds."""
        return any(map(_looks_elsewhere, self.conditions))

    @cached_property
    def base(self) -> Pairs:
        """Address parts that every link of this list carries: the words and the filters."""
        words = (("q", self.words),) if self.words else ()
        where = (("where", self.where.text),) if self.where else ()
        return (*words, *(pair for applied in self.applied for pair in applied.pairs), *where)

    @cached_property
    def sorting(self) -> Pairs:
        """The sort as an address part, nothing when it is the list's own."""
        return () if self.order.name == self.page.sort else (("sort", self.order.name),)

    def query(
        self, *more: tuple[str, str], without: str = "", sort: str | None = None, view: str | None = None
    ) -> str:
        """The address of this list with a filter taken out, another sort, another view or more parts."""
        gone = {part for one in self.applied if one.name == without for part, _value in one.pairs} | {without}
        kept = tuple(pair for pair in self.base if pair[0] not in gone)
        sorting = self.sorting if sort is None else (("sort", sort),) if sort != self.page.sort else ()
        named = self.view if view is None else view
        return "?" + _encoded(((("view", named),) if named else ()) + (*kept, *sorting, *more))


@lru_cache(maxsize=2048)
def _encoded(pairs: Pairs) -> str:
    """The parts as an address; a page asks for some forty, mostly the same as the page before."""
    return urlencode(pairs)


def _looks_elsewhere(condition: Q) -> bool:
    for child in condition.children:
        value = child[1] if isinstance(child, tuple) else child
        if _looks_elsewhere(value) if isinstance(value, Q) else hasattr(value, "resolve_expression"):
            return True
    return False


def read_asked(page: ListPage, query: QueryDict, asking: Asking) -> Asked:
    """Understand a request; what cannot be understood is left out and said in `notices`."""
    notices: list[str] = []
    filters = page.open_filters(asking.viewer)
    applied = tuple(one for one in (_applied(each, query, asking, notices) for each in filters) if one)
    known = OWN_PARTS.union(*(one.parts for one in filters))
    for name in list(query)[:20]:
        if name not in known:
            notices.append(_("网址中的“%(name)s”不是本列表的条件，已忽略。") % {"name": name[:40]})
    where = _where(query.get("where", ""), filters, asking, notices)
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
        picked=tuple(picked_keys(query.getlist("pk"))),
        notices=tuple(notices),
        where=where,
        view=_view_name(query.get("view", "")),
    )


def _view_name(text: str) -> str:
    """The view the address says it came from: a saved one's key or the name of one of the room's own."""
    return text if text.isascii() and text.isalnum() and len(text) < 20 else ""


def _applied(one: Filter, query: QueryDict, asking: Asking, notices: list[str]) -> Applied | None:
    try:
        return one.read(query, asking)
    except Unclear:
        notices.append(_("条件“%(label)s”的内容看不懂，已忽略。") % {"label": one.label})
        return None


def _where(text: str, filters: tuple[Filter, ...], asking: Asking, notices: list[str]) -> Where | None:
    if not text:
        return None
    try:
        return understand(decode(text), filters, asking, notices)
    except BadWhere:
        notices.append(_("网址中的组合条件看不懂或太长，已忽略。"))
        return None


def _words(page: ListPage, query: QueryDict, notices: list[str]) -> str:
    try:
        return clean_text(query.get("q", "")) if page.search is not None else ""
    except Unclear:
        notices.append(_("搜索词最多 %(count)s 个字，已忽略。") % {"count": LONGEST_TEXT})
        return ""


def picked_keys(texts: Sequence[str]) -> list[int]:
    """Keys of picked rows, for an act on just these; twenty pages' worth at most."""
    given = (text for text in texts[: PAGE_SIZE * 20] if text.isascii() and text.isdecimal())
    return [int(text) for text in given if len(text) < 19]


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
