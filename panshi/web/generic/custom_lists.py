"""Custom fields in lists: a column and a filter for each, their values read with one query a page."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from django.db.models import Q
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from panshi.domains.accounts.models import Account
from panshi.domains.accounts.reports.custom import needs_reach
from panshi.ground.base.gate import GatedModel
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.reports import names_of
from panshi.ground.settings.fields import FieldSpec, plain_number
from panshi.ground.settings.models import FieldKind
from panshi.ground.settings.reports import custom_fields, custom_values, holders_of
from panshi.web.generic.cells import EMPTY, Cell
from panshi.web.generic.columns import Column, DayColumn, MoneyColumn, Plain, Row
from panshi.web.generic.custom import account_names
from panshi.web.generic.custom_orders import orders_of
from panshi.web.generic.extras import Extra, Values
from panshi.web.generic.filters import (
    EMPTY as IS_EMPTY,
)
from panshi.web.generic.filters import (
    FILLED,
    Applied,
    Asking,
    Case,
    CaseFilter,
    ChoiceFilter,
    Compared,
    Filter,
    Input,
    Operator,
    Option,
    TextFilter,
    Unclear,
)
from panshi.web.generic.places import AccountFilter, PersonFilter
from panshi.web.generic.ranges import AmountFilter, DayFilter

Reach = Callable[[Sequence[int], str], set[int]]
"""Which of some rows lie within the reach of a right."""

NOT_FILLED: Final = gettext_lazy("未填")


def custom_extra(
    record_kind: str, model: type[GatedModel], *, account_path: str = "pk"
) -> Callable[[Viewer], Extra]:
    """What a list of this kind of record gains; `account_path` leads from a row to its account, by whose reach
    sensitive fields open."""

    def extra(viewer: Viewer) -> Extra:
        specs = custom_fields(record_kind, viewer=viewer)
        by_name = {spec.name: spec for spec in specs}

        def reached(keys: Sequence[int], permission: str) -> set[int]:
            accounts = Account.objects.visible_to(viewer, permission).values("pk")
            rows = model.objects.visible_to(viewer).filter(pk__in=keys, **{f"{account_path}__in": accounts})
            return set(rows.values_list("pk", flat=True))

        def fill(keys: Sequence[int], reads: Sequence[str]) -> Values:
            return _fill(keys, [by_name[name] for name in reads], viewer, reached)

        return Extra(
            columns=tuple(_column(spec) for spec in specs),
            filters=tuple(_filter(spec, account_path) for spec in specs),
            fill=fill,
            orders={name: order for spec in specs for name, order in orders_of(spec, viewer=viewer).items()},
        )

    return extra


def _fill(keys: Sequence[int], specs: list[FieldSpec], viewer: Viewer, reach: Reach) -> Values:
    """The values of a page: one query for all, one for the names of people and of accounts, and one for each right
    of a sensitive field that reaches less far than the list."""
    values = custom_values(keys, fields=specs)
    for permission in sorted({spec.row.permission for spec in specs if needs_reach(spec, viewer)}):
        reached = reach(keys, permission)
        hidden = [one.name for one in specs if needs_reach(one, viewer) and one.row.permission == permission]
        for key in set(values) - reached:
            for name in hidden:
                values[key].pop(name, None)
    return _in_words(values, specs, viewer)


def _in_words(values: Mapping[int, Mapping[str, Any]], specs: list[FieldSpec], viewer: Viewer) -> Values:
    """What columns show: words for choices, people and accounts, the value itself for amounts and days."""
    by_name = {spec.name: spec for spec in specs}
    named: dict[FieldKind, set[int]] = {FieldKind.PERSON: set(), FieldKind.ACCOUNT: set()}
    for row in values.values():
        for name, value in row.items():
            if by_name[name].kind in named and value:
                named[by_name[name].kind].add(value)
    people = names_of(named[FieldKind.PERSON]) if named[FieldKind.PERSON] else {}
    accounts = account_names(named[FieldKind.ACCOUNT], viewer=viewer)

    def word(spec: FieldSpec, value: Any) -> Any:
        match spec.kind:
            case FieldKind.PERSON:
                return people.get(value, "")
            case FieldKind.ACCOUNT:
                return accounts.get(value, "")
            case FieldKind.CHOICE | FieldKind.CHOICES | FieldKind.YES:
                return spec.words(spec.text(value))
            case _:
                return value

    return {
        key: {name: word(by_name[name], value) for name, value in row.items()} for key, row in values.items()
    }


@dataclass(frozen=True, kw_only=True)
class NumberColumn(Column):
    """A number with its unit; an export writes the number alone."""

    unit: str = ""
    numeric: bool = True

    def cell(self, row: Row, on: Any) -> Cell:
        """See `Column.cell`."""
        value: Decimal | None = row[self.reads[0]]
        if value is None:
            return EMPTY
        whole, _point, part = plain_number(value).partition(".")
        grouped = f"{int(whole):,}" + (f".{part}" if part else "")
        return Cell("text", f"{grouped} {self.unit}".strip())

    def plain(self, row: Row) -> Plain:
        """See `Column.plain`."""
        value: Decimal | None = row[self.reads[0]]
        return value


def _lazy(text: str) -> Promise:
    """A label that people defined, as lists want their labels."""
    return format_lazy("{}", text)


def _column(spec: FieldSpec) -> Column:
    common: dict[str, Any] = {
        "name": spec.name, "label": _lazy(spec.label), "reads": (spec.name,), "filled": True, "default": False,
        "phone": 2,
    }  # fmt: skip
    match spec.kind:
        case FieldKind.MONEY:
            return MoneyColumn(**common)
        case FieldKind.NUMBER:
            return NumberColumn(unit=spec.row.unit, **common)
        case FieldKind.DAY:
            return DayColumn(**common)
        case _:
            return Column(wide=spec.kind in {FieldKind.LONG, FieldKind.CHOICES}, **common)


def _filter(spec: FieldSpec, account_path: str) -> Filter:
    label = _lazy(spec.label)
    common: dict[str, Any] = {"name": spec.name, "label": label}
    inner: Filter
    match spec.kind:
        case FieldKind.NUMBER | FieldKind.MONEY:
            inner = AmountFilter(field="number", money=spec.kind == FieldKind.MONEY, **common)
        case FieldKind.DAY:
            inner = DayFilter(field="day", **common)
        case FieldKind.CHOICE | FieldKind.CHOICES:
            choices = [(one.id, one.label) for one in spec.choices]
            inner = ChoiceFilter(field="ref", choices=choices, **common)
        case FieldKind.YES:
            cases = (
                Case("1", gettext_lazy("是"), lambda asking: Q(ref=1)),
                Case("0", gettext_lazy("否"), lambda asking: Q(ref=0)),
            )
            inner = CaseFilter(cases=cases, **common)
        case FieldKind.PERSON:
            inner = PersonFilter(field="ref", source="accounts:pick_people", nobody=NOT_FILLED, **common)
        case FieldKind.ACCOUNT:
            inner = AccountFilter(field="ref", source="accounts:pick_accounts", **common)
        case FieldKind.LONG:
            inner = TextFilter(field="text", **common)
        case _:
            inner = TextFilter(field="key", **common)
    return CustomFilter(spec=spec, inner=inner, account_path=account_path, **common)


@dataclass(frozen=True, kw_only=True)
class CustomFilter(Filter):
    """A filter on the typed table: what `inner` says of a stored value, asked as a subquery of records, and whether
    there is a value at all (`<name>.is` = empty or filled)."""

    spec: FieldSpec
    inner: Filter
    account_path: str

    @property
    def parts(self) -> tuple[str, ...]:
        """See `Filter.parts`."""
        return (*self.inner.parts, f"{self.name}.is")

    def read(self, query: QueryDict, asking: Asking) -> Applied | None:
        """See `Filter.read`."""
        asked = query.get(f"{self.name}.is", "")
        if asked not in {"", "empty", "filled"}:
            raise Unclear(asked)
        if self.spec.kind == FieldKind.PERSON and query.get(self.name) == "none":
            asked = "empty"
        if asked:
            compared = self._filled_or_not(asked, asking)
            return self.applied(compared.words, ((f"{self.name}.is", asked),), compared.condition)
        found = self.inner.read(query, asking)
        return None if found is None else replace(found, condition=self._holding(found.condition, asking))

    def inputs(self, query: QueryDict, asking: Asking) -> list[Input]:
        """See `Filter.inputs`."""
        asked = query.get(f"{self.name}.is", "")
        options = [
            Option("empty", str(NOT_FILLED), asked == "empty"),
            Option("filled", _("已填"), asked == "filled"),
        ]
        state = Input("radios", f"{self.name}.is", _("填写情况"), options=options)
        return [*self.inner.inputs(query, asking), state]

    @property
    def operators(self) -> tuple[Operator, ...]:
        """See `Filter.operators`."""
        return tuple(dict.fromkeys((*self.inner.operators, IS_EMPTY, FILLED)))

    def compare(self, operator: str, values: Sequence[str], asking: Asking) -> Compared:
        """See `Filter.compare`. "Is not" means that no stored value is: a record without one is found too."""
        if operator in {"empty", "filled"}:
            return self._filled_or_not(operator, asking)
        said = self.inner.compare(operator, values, asking)
        if operator == "not":
            same = self.inner.compare("is", values, asking)
            return Compared(said.words, self._open(asking) & ~self._stored(same.condition))
        return Compared(said.words, self._holding(said.condition, asking))

    def value_inputs(self, operator: str, values: Sequence[str], asking: Asking, name: str) -> list[Input]:
        """See `Filter.value_inputs`."""
        return self.inner.value_inputs(operator, values, asking, name)

    def _filled_or_not(self, asked: str, asking: Asking) -> Compared:
        stored = self._stored(Q())
        if asked == "empty":
            return Compared(_("未填"), self._open(asking) & ~stored)
        return Compared(_("已填"), self._open(asking) & stored)

    def _holding(self, condition: Q, asking: Asking) -> Q:
        return self._open(asking) & self._stored(condition)

    def _stored(self, condition: Q) -> Q:
        return Q(pk__in=holders_of(self.spec).filter(condition).values("record_id"))

    def _open(self, asking: Asking) -> Q:
        """Within the reach of a sensitive field's right: elsewhere its value must not be guessed by filtering."""
        if not needs_reach(self.spec, asking.viewer):
            return Q()
        accounts = Account.objects.visible_to(asking.viewer, self.spec.row.permission).values("pk")
        return Q(**{f"{self.account_path}__in": accounts})
