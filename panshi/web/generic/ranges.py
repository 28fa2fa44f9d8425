"""Filters between two bounds: days and amounts of money."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from panshi.calc.money import read_amount
from panshi.calc.reading import Unreadable
from panshi.ground.base.models import NEVER, NOT_PLANNED
from panshi.web.generic.filters import (
    EMPTY,
    FILLED,
    LONGEST_TEXT,
    Applied,
    Asking,
    Compared,
    Filter,
    Input,
    Operator,
    Option,
    Unclear,
    empty_or_filled,
)
from panshi.web.generic.spans import named_span, named_spans, some_days

DURING, LAST, NEXT, LONGER = (
    Operator("during", gettext_lazy("在（本月、本季…）")),
    Operator("last", gettext_lazy("在近几天内")),
    Operator("next", gettext_lazy("在未来几天内")),
    Operator("ago", gettext_lazy("在几天以前")),
)
BETWEEN, FROM, TO = (
    Operator("between", gettext_lazy("在两者之间"), 2),
    Operator("from", gettext_lazy("不早于")),
    Operator("to", gettext_lazy("不晚于")),
)
AT_LEAST, AT_MOST = Operator("ge", gettext_lazy("不少于")), Operator("le", gettext_lazy("不多于"))


@dataclass(frozen=True, kw_only=True)
class DayFilter(Filter):
    """Rows with a date from one day to another, both included; `today` and `-30` (days from today) move with the clock.

    Stand-ins for dates that have not happened or are not planned are never within a range.
    """

    field: str

    @property
    def parts(self) -> tuple[str, ...]:
        """See `Filter.parts`."""
        return (f"{self.name}.from", f"{self.name}.to")

    def read(self, query: QueryDict, asking: Asking) -> Applied | None:
        """See `Filter.read`."""
        start, end = (query.get(part, "").strip() for part in self.parts)
        if not start and not end:
            return None
        first, last = (_day(text, asking.on) if text else None for text in (start, end))
        condition = self._within(first, last)
        pairs = tuple((part, text) for part, text in zip(self.parts, (start, end), strict=True) if text)
        return self.applied(_between(*(_day_words(text) for text in (start, end))), pairs, condition)

    def inputs(self, query: QueryDict, asking: Asking) -> list[Input]:
        """See `Filter.inputs`."""
        start, end = (_shown(query.get(part, ""), asking.on) for part in self.parts)
        return [
            Input("date", self.parts[0], _("从"), start),
            Input("date", self.parts[1], _("到"), end),
        ]

    @property
    def operators(self) -> tuple[Operator, ...]:
        """See `Filter.operators`."""
        return (DURING, LAST, NEXT, LONGER, BETWEEN, FROM, TO, EMPTY, FILLED)

    def compare(self, operator: str, values: Sequence[str], asking: Asking) -> Compared:
        """See `Filter.compare`."""
        if operator in {"empty", "filled"}:
            return empty_or_filled(operator, ~self._within(None, None))
        if operator in {"during", "last", "next", "ago"}:
            span = named_span if operator == "during" else some_days(operator)
            words, first, last = span(values[0], asking.on)
            return Compared(words, self._within(first, last))
        bounds = {"from": (values[0], ""), "to": ("", values[0])}.get(operator) or (values[0], values[1])
        first, last = (_day(text.strip(), asking.on) if text.strip() else None for text in bounds)
        if first is None and last is None:
            raise Unclear(operator)
        words = _between(*(_day_words(text.strip()) for text in bounds))
        return Compared(_("在%(days)s") % {"days": words}, self._within(first, last))

    def value_inputs(self, operator: str, values: Sequence[str], asking: Asking, name: str) -> list[Input]:
        """See `Filter.value_inputs`."""
        given = [*values, "", ""]
        if operator == "during":
            options = [Option(code, words, code == given[0]) for code, words in named_spans()]
            return [Input("select", name, str(self.label), given[0], options)]
        if operator in {"last", "next", "ago"}:
            return [Input("number", name, _("天"), given[0][:5])]
        takes = {"between": 2, "from": 1, "to": 1}.get(operator, 0)
        labels = (_("从"), _("到")) if takes == 2 else (str(self.label),)
        return [Input("date", name, labels[place], _shown(given[place], asking.on)) for place in range(takes)]

    def _within(self, first: dt.date | None, last: dt.date | None) -> Q:
        condition = Q(**{f"{self.field}__gt": NEVER, f"{self.field}__lt": NOT_PLANNED})
        if first is not None:
            condition &= Q(**{f"{self.field}__gte": first})
        return condition if last is None else condition & Q(**{f"{self.field}__lte": last})


@dataclass(frozen=True, kw_only=True)
class MomentFilter(DayFilter):
    """The same for moments, which always happened: whole days in local time."""

    @property
    def operators(self) -> tuple[Operator, ...]:
        """See `Filter.operators`."""
        return (DURING, LAST, LONGER, BETWEEN, FROM, TO)

    def _within(self, first: dt.date | None, last: dt.date | None) -> Q:
        condition = Q()
        if first is not None:
            condition &= Q(**{f"{self.field}__gte": _midnight(first)})
        if last is not None and last < dt.date.max:
            condition &= Q(**{f"{self.field}__lt": _midnight(last + dt.timedelta(days=1))})
        return condition


def _midnight(day: dt.date) -> dt.datetime:
    """The first moment of a local day; one that no clock can show in UTC has no meaning."""
    try:
        return timezone.make_aware(dt.datetime.combine(day, dt.time())).astimezone(dt.UTC)
    except OverflowError as error:
        raise Unclear(day.isoformat()) from error


def _day(text: str, on: dt.date) -> dt.date:
    """The day a bound means today."""
    try:
        if text == "today":
            return on
        if text.lstrip("+-").isdecimal() and len(text) <= 6:
            return on + dt.timedelta(days=int(text))
        return dt.date.fromisoformat(text)
    except (ValueError, OverflowError) as error:
        raise Unclear(text) from error


def _day_words(text: str) -> str:
    if not text:
        return ""
    if text == "today":
        return _("今天")
    if text.lstrip("+-").isdecimal():
        days = int(text)
        return (_("%(days)s 天前") if days < 0 else _("%(days)s 天后")) % {"days": abs(days)}
    return text


def _shown(text: str, on: dt.date) -> str:
    """The bound as a date control wants it; what has no meaning is left empty."""
    try:
        return _day(text, on).isoformat() if text else ""
    except Unclear:
        return ""


@dataclass(frozen=True, kw_only=True)
class AmountFilter(Filter):
    """Rows with an amount between two others, both included; 50万 is understood. Without `money` plain figures."""

    field: str
    money: bool = True

    @property
    def parts(self) -> tuple[str, ...]:
        """See `Filter.parts`."""
        return (f"{self.name}.min", f"{self.name}.max")

    def read(self, query: QueryDict, asking: Asking) -> Applied | None:
        """See `Filter.read`."""
        low, high = (_amount(query.get(part, "")) for part in self.parts)
        if low is None and high is None:
            return None
        pairs = tuple(
            (part, f"{v:f}") for part, v in zip(self.parts, (low, high), strict=True) if v is not None
        )
        return self.applied(self._words(low, high), pairs, self._within(low, high))

    def inputs(self, query: QueryDict, asking: Asking) -> list[Input]:
        """See `Filter.inputs`."""
        hint = _("元，也可写 50万") if self.money else ""
        return [
            Input("text", self.parts[0], _("不少于"), query.get(self.parts[0], "")[:LONGEST_TEXT], hint=hint),
            Input("text", self.parts[1], _("不多于"), query.get(self.parts[1], "")[:LONGEST_TEXT], hint=hint),
        ]

    @property
    def operators(self) -> tuple[Operator, ...]:
        """See `Filter.operators`."""
        return (AT_LEAST, AT_MOST, BETWEEN, EMPTY, FILLED)

    def compare(self, operator: str, values: Sequence[str], asking: Asking) -> Compared:
        """See `Filter.compare`."""
        if operator in {"empty", "filled"}:
            return empty_or_filled(operator, Q(**{f"{self.field}__isnull": True}) | Q(**{self.field: 0}))
        given = {"ge": (values[0], ""), "le": ("", values[0])}.get(operator) or (values[0], values[1])
        low, high = (_amount(text) for text in given)
        if low is None and high is None:
            raise Unclear(operator)
        return Compared(self._words(low, high), self._within(low, high))

    def value_inputs(self, operator: str, values: Sequence[str], asking: Asking, name: str) -> list[Input]:
        """See `Filter.value_inputs`."""
        hint = _("元，也可写 50万") if self.money else ""
        return [replace(one, hint=hint) for one in super().value_inputs(operator, values, asking, name)]

    def _within(self, low: Decimal | None, high: Decimal | None) -> Q:
        condition = Q()
        if low is not None:
            condition &= Q(**{f"{self.field}__gte": low})
        return condition if high is None else condition & Q(**{f"{self.field}__lte": high})

    def _words(self, low: Decimal | None, high: Decimal | None) -> str:
        said = [self._figure(value) for value in (low, high)]
        if low is None:
            return f"≤ {said[1]}"
        return f"≥ {said[0]}" if high is None else f"{said[0]} ~ {said[1]}"

    def _figure(self, value: Decimal | None) -> str:
        if value is None:
            return ""
        if not self.money:
            return f"{value:,f}"
        if abs(value) >= 10_000 and value % 100 == 0:
            return _("%(amount)s 万元") % {"amount": f"{(value / 10_000).normalize():,f}"}
        return _("%(amount)s 元") % {"amount": f"{value:,f}"}


def _amount(text: str) -> Decimal | None:
    if not text.strip():
        return None
    try:
        return read_amount(text[:LONGEST_TEXT], places=2).normalize() + 0
    except Unreadable as error:
        raise Unclear(text) from error


def _between(start: str, end: str) -> str:
    """Two bounds as words."""
    if not start:
        return _("%(day)s及以前") % {"day": end}
    if not end:
        return _("%(day)s及以后") % {"day": start}
    return _("%(start)s 至 %(end)s") % {"start": start, "end": end}
