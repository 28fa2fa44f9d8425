"""Filters by whose a row is and where it belongs: person, account, region, organisation unit with everything
below it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from django.db.models import Q
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from panshi.domains.accounts.models import Account
from panshi.ground.identity.models import Assignment, Person, Unit
from panshi.ground.identity.reports import UnitTree
from panshi.web.generic.filters import (
    EMPTY,
    FILLED,
    IS,
    IS_NOT,
    MOST_CHOICES,
    Applied,
    Asking,
    Compared,
    Filter,
    Input,
    Operator,
    Option,
    Unclear,
    empty_or_filled,
    one_or_other,
)
from panshi.web.generic.keys import key_or_none


def read_key(text: str) -> int:
    """A primary key from the address; refuses what no table holds."""
    key = key_or_none(text)
    if key is None:
        raise Unclear(text)
    return key


@dataclass(frozen=True, kw_only=True)
class PlaceFilter(Filter):
    """What filters by one person, account or unit share: in a sentence they ask what `read` asks of the address."""

    @property
    def operators(self) -> tuple[Operator, ...]:
        """See `Filter.operators`."""
        return (IS, IS_NOT)

    def compare(self, operator: str, values: Sequence[str], asking: Asking) -> Compared:
        """See `Filter.compare`."""
        applied = self.read(_query(self.name, values[0]), asking)
        if applied is None:
            raise Unclear(values[0])
        return one_or_other(operator, [applied.words], applied.condition)

    def value_inputs(self, operator: str, values: Sequence[str], asking: Asking, name: str) -> list[Input]:
        """See `Filter.value_inputs`."""
        asked = _query(self.name, values[0] if values else "")
        return [replace(one, name=name) for one in self.inputs(asked, asking)]


def _query(name: str, value: str) -> QueryDict:
    """An address that asks for one thing."""
    query = QueryDict(mutable=True)
    query[name] = value
    return query


@dataclass(frozen=True, kw_only=True)
class PersonFilter(PlaceFilter):
    """Rows of one person: `me`, `none` for rows of nobody, or a person's key. `source` names the picker to ask."""

    field: str
    source: str
    nobody: Promise

    def read(self, query: QueryDict, asking: Asking) -> Applied | None:
        """See `Filter.read`."""
        asked = query.get(self.name, "")
        if not asked:
            return None
        if asked == "me":
            return self._applied(asked, _("我"), asking.viewer.person_id)
        if asked == "none":
            return self._applied(asked, self._nobody(), None)
        person = Person.objects.visible_to(asking.viewer).filter(pk=read_key(asked)).first()
        if person is None:
            raise Unclear(asked)
        return self._applied(asked, person.name, person.pk)

    def inputs(self, query: QueryDict, asking: Asking) -> list[Input]:
        """See `Filter.inputs`."""
        asked = query.get(self.name, "")
        options = [Option("me", _("我"), asked == "me"), Option("none", self._nobody(), asked == "none")]
        try:
            if asked not in {"me", "none"} and (applied := self.read(query, asking)):
                options.append(Option(asked, applied.words, True))
        except Unclear:
            asked = ""
        return [Input("picker", self.name, str(self.label), asked, options, source=reverse(self.source))]

    def _nobody(self) -> str:
        return str(self.nobody)

    def _applied(self, asked: str, words: str, person_id: int | None) -> Applied:
        return self.applied(words, ((self.name, asked),), Q(**{self.field: person_id}))


@dataclass(frozen=True, kw_only=True)
class AccountFilter(PlaceFilter):
    """Rows of one account that the person may see; `source` names the picker to ask."""

    field: str
    source: str

    def read(self, query: QueryDict, asking: Asking) -> Applied | None:
        """See `Filter.read`."""
        asked = query.get(self.name, "")
        if not asked:
            return None
        account = Account.objects.visible_to(asking.viewer).filter(pk=read_key(asked)).first()
        if account is None:
            raise Unclear(asked)
        return self.applied(account.name, ((self.name, asked),), Q(**{self.field: account.pk}))

    def inputs(self, query: QueryDict, asking: Asking) -> list[Input]:
        """See `Filter.inputs`."""
        asked = query.get(self.name, "")
        try:
            applied = self.read(query, asking)
        except Unclear:
            asked, applied = "", None
        options = [Option(asked, applied.words, True)] if applied else []
        return [Input("picker", self.name, str(self.label), asked, options, source=reverse(self.source))]


@dataclass(frozen=True, kw_only=True)
class UnitFilter(PlaceFilter):
    """Rows of a unit and everything below it: `mine` for the units of my roles, or a unit's key."""

    field: str

    def read(self, query: QueryDict, asking: Asking) -> Applied | None:
        """See `Filter.read`."""
        asked = query.get(self.name, "")
        if not asked:
            return None
        tree = UnitTree.load()
        if asked == "mine":
            held = (
                Assignment.objects.visible_to(asking.viewer)
                .valid(asking.on)
                .filter(person=asking.viewer.person_id)
            )
            inside = frozenset().union(*(tree.below(pk) for pk in held.values_list("unit_id", flat=True)))
            return self._applied(asked, _("我的部门及下级"), inside)
        unit = Unit.objects.visible_to(asking.viewer).filter(pk=read_key(asked)).first()
        if unit is None:
            raise Unclear(asked)
        return self._applied(asked, _("%(unit)s及下级") % {"unit": unit.name}, tree.below(unit.pk))

    def inputs(self, query: QueryDict, asking: Asking) -> list[Input]:
        """See `Filter.inputs`."""
        asked = query.get(self.name, "")
        units = Unit.objects.visible_to(asking.viewer).order_by("code").values_list("pk", "name")
        options = [Option("mine", _("我的部门及下级"), asked == "mine")]
        options += [Option(str(pk), name, asked == str(pk)) for pk, name in units]
        return [Input("select", self.name, str(self.label), asked, options)]

    def _applied(self, asked: str, words: str, inside: frozenset[int]) -> Applied:
        return self.applied(words, ((self.name, asked),), Q(**{f"{self.field}__in": sorted(inside)}))


@dataclass(frozen=True, kw_only=True)
class PrefixFilter(Filter):
    """Rows whose hierarchical code (region, industry) lies under the chosen one.

    `stem` cuts a code to its significant part (420000 → 42), `named` lists (code, name) to choose from.
    """

    field: str
    stem: Callable[[str], str]
    named: Callable[[], list[tuple[str, str]]]

    def read(self, query: QueryDict, asking: Asking) -> Applied | None:
        """See `Filter.read`."""
        asked = query.get(self.name, "")
        if not asked:
            return None
        name = dict(self.named()).get(asked)
        if name is None:
            raise Unclear(asked)
        return self.applied(name, ((self.name, asked),), self._under(asked))

    def inputs(self, query: QueryDict, asking: Asking) -> list[Input]:
        """See `Filter.inputs`."""
        asked = query.get(self.name, "")
        options = [Option(code, name, code == asked) for code, name in self.named()]
        return [Input("select", self.name, str(self.label), asked, options)]

    @property
    def operators(self) -> tuple[Operator, ...]:
        """See `Filter.operators`."""
        return (IS, IS_NOT, EMPTY, FILLED)

    def compare(self, operator: str, values: Sequence[str], asking: Asking) -> Compared:
        """See `Filter.compare`."""
        if operator in {"empty", "filled"}:
            return empty_or_filled(operator, Q(**{self.field: ""}))
        names, chosen = dict(self.named()), list(dict.fromkeys(values))[:MOST_CHOICES]
        if unknown := [code for code in chosen if code not in names]:
            raise Unclear(unknown[0])
        condition = Q()
        for code in chosen:
            condition |= self._under(code)
        said = {"places": _(" 或 ").join(names[code] for code in chosen)}
        if operator == "not":
            return Compared(_("不在%(places)s") % said, ~condition)
        return Compared(_("在%(places)s") % said, condition)

    def value_inputs(self, operator: str, values: Sequence[str], asking: Asking, name: str) -> list[Input]:
        """See `Filter.value_inputs`: what is chosen can be taken away, and more chosen beside it."""
        if operator in {"empty", "filled"}:
            return []
        named = self.named()
        chosen = [Option(code, label, True) for code, label in named if code in values]
        more = [Option(code, label, False) for code, label in named if code not in values]
        kept = [Input("choices", name, str(self.label), options=chosen)] if chosen else []
        hint = _("再加一个") if chosen else _("请选择")
        return [*kept, Input("select", name, str(self.label), options=more, hint=hint)]

    def _under(self, code: str) -> Q:
        stem = self.stem(code)
        return Q(**{f"{self.field}__gte": stem, f"{self.field}__lt": stem + "\uffff"})
