"""Filters of the generic list: each reads its own part of the address, says itself as a sentence and narrows the rows.

A filter that cannot understand what it is given raises `Unclear`; the list then leaves it out and says so. In sentences
of conditions (see `where`) the same filter is asked by an operator and values instead: `compare`.
Ranges, and filters by person and place, are in the modules beside this one.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Q
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from panshi.ground.base.viewer import Viewer

Pairs = tuple[tuple[str, str], ...]
LONGEST_TEXT = 100
MOST_CHOICES = 50


class Unclear(ValueError):
    """What the address says for a filter has no meaning."""


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks a list, and when: what "me" and "today" mean in its filters."""

    viewer: Viewer
    on: dt.date


@dataclass(frozen=True, slots=True)
class Applied:
    """A filter in use: its address parts, the condition it puts on rows, and its sentence (label, words)."""

    name: str
    label: str
    words: str
    pairs: Pairs
    condition: Q


class Compared(NamedTuple):
    """One comparison in a sentence: what follows the filter's label, and the condition it puts on rows."""

    words: str
    condition: Q


class Operator(NamedTuple):
    """One way to compare: its code in the address, its words in the form, how many values it takes (2 for ranges)."""

    code: str
    label: Promise
    values: int = 1


HAS, IS, IS_NOT = (
    Operator("has", gettext_lazy("包含")),
    Operator("is", gettext_lazy("是")),
    Operator("not", gettext_lazy("不是")),
)
STARTS, EMPTY, FILLED = (
    Operator("starts", gettext_lazy("开头是")),
    Operator("empty", gettext_lazy("为空"), 0),
    Operator("filled", gettext_lazy("不为空"), 0),
)


class Option(NamedTuple):
    """One thing to choose in a filter's form."""

    code: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Input:
    """One control of a filter's form: kind is text, date, choices, radios or picker (which asks `source`)."""

    kind: str
    name: str
    label: str
    value: str = ""
    options: Sequence[Option] = ()
    hint: str = ""
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class Filter:
    """What every filter has: a name in the address and a label on screen.

    One that is not `simple` stands only among the conditions of a sentence, not in the short form.
    """

    name: str
    label: Promise
    permission: str = ""
    simple: bool = True

    def read(self, query: QueryDict, asking: Asking) -> Applied | None:
        """The filter as the address asks for it; None when it does not. Raises `Unclear`."""
        raise NotImplementedError

    def inputs(self, query: QueryDict, asking: Asking) -> list[Input]:
        """The controls of its form, filled with what the address says now."""
        raise NotImplementedError

    @property
    def parts(self) -> tuple[str, ...]:
        """The names it answers to in the address."""
        return (self.name,)

    @property
    def operators(self) -> tuple[Operator, ...]:
        """How it may be compared in a sentence of conditions; without any it has no place there."""
        return ()

    def compare(self, operator: str, values: Sequence[str], asking: Asking) -> Compared:
        """One comparison; `operator` is one of `operators` and got as many values as it takes. Raises `Unclear`."""
        raise NotImplementedError

    def value_inputs(self, operator: str, values: Sequence[str], asking: Asking, name: str) -> list[Input]:
        """The controls of a comparison's values, all sent under one name; by default one line of text each."""
        takes = next((one.values for one in self.operators if one.code == operator), 0)
        given = [*values, "", ""]
        return [Input("text", name, str(self.label), given[place][:LONGEST_TEXT]) for place in range(takes)]

    def applied(self, words: str, pairs: Pairs, condition: Q) -> Applied:
        """Put together what `read` answers."""
        return Applied(self.name, str(self.label), words, pairs, condition)


def clean_text(text: str) -> str:
    """Typed text without spaces around it; refuses what no database can hold."""
    if "\x00" in text or len(text) > LONGEST_TEXT:
        raise Unclear(text)
    return text.strip()


@dataclass(frozen=True, kw_only=True)
class TextFilter(Filter):
    """Rows whose text contains what was typed. For columns without an index on substrings: small tables only."""

    field: str

    def read(self, query: QueryDict, asking: Asking) -> Applied | None:
        """See `Filter.read`."""
        text = clean_text(query.get(self.name, ""))
        if not text:
            return None
        condition = Q(**{f"{self.field}__icontains": text})
        return self.applied(_("包含“%(text)s”") % {"text": text}, ((self.name, text),), condition)

    def inputs(self, query: QueryDict, asking: Asking) -> list[Input]:
        """See `Filter.inputs`."""
        return [Input("text", self.name, str(self.label), query.get(self.name, ""))]

    @property
    def operators(self) -> tuple[Operator, ...]:
        """See `Filter.operators`."""
        return (HAS, STARTS, IS, IS_NOT, EMPTY, FILLED)

    def compare(self, operator: str, values: Sequence[str], asking: Asking) -> Compared:
        """See `Filter.compare`."""
        if operator in {"empty", "filled"}:
            return empty_or_filled(operator, Q(**{self.field: ""}))
        text = clean_text(values[0])
        if not text:
            raise Unclear(text)
        lookup = {"has": "icontains", "starts": "istartswith"}.get(operator, "iexact")
        condition = Q(**{f"{self.field}__{lookup}": text})
        words = {
            "has": _("包含“%(text)s”"),
            "starts": _("开头是“%(text)s”"),
            "is": _("为“%(text)s”"),
            "not": _("不为“%(text)s”"),
        }
        return Compared(words[operator] % {"text": text}, ~condition if operator == "not" else condition)


def empty_or_filled(operator: str, empty: Q) -> Compared:
    """Whether anything stands there at all."""
    return Compared(_("为空"), empty) if operator == "empty" else Compared(_("不为空"), ~empty)


def one_or_other(operator: str, names: Sequence[str], condition: Q) -> Compared:
    """Being one of some named things, or none of them."""
    said = {"names": _(" 或 ").join(names)}
    if operator == "not":
        return Compared(_("不是 %(names)s") % said, ~condition)
    return Compared(_("为 %(names)s") % said, condition)


@dataclass(frozen=True, kw_only=True)
class ChoiceFilter(Filter):
    """Rows whose coded value is one of those chosen; the empty code stands in the address as `none`."""

    field: str
    choices: Iterable[tuple[Any, str | Promise]]

    def read(self, query: QueryDict, asking: Asking) -> Applied | None:
        """See `Filter.read`."""
        asked = [code for code in query.getlist(self.name)[:MOST_CHOICES] if code]
        if not asked:
            return None
        labels = self._labels()
        if unknown := [code for code in asked if code not in labels]:
            raise Unclear(unknown[0])
        chosen = list(dict.fromkeys(asked))
        words = _(" 或 ").join(labels[code] for code in chosen)
        condition = Q(**{f"{self.field}__in": ["" if code == "none" else code for code in chosen]})
        return self.applied(
            _("是 %(choices)s") % {"choices": words}, tuple((self.name, code) for code in chosen), condition
        )

    def inputs(self, query: QueryDict, asking: Asking) -> list[Input]:
        """See `Filter.inputs`."""
        asked = set(query.getlist(self.name))
        return [self._control(self.name, asked)]

    @property
    def operators(self) -> tuple[Operator, ...]:
        """See `Filter.operators`."""
        return (IS, IS_NOT)

    def compare(self, operator: str, values: Sequence[str], asking: Asking) -> Compared:
        """See `Filter.compare`."""
        labels, chosen = self._labels(), list(dict.fromkeys(values))[:MOST_CHOICES]
        if unknown := [code for code in chosen if code not in labels]:
            raise Unclear(unknown[0])
        condition = Q(**{f"{self.field}__in": ["" if code == "none" else code for code in chosen]})
        return one_or_other(operator, [labels[code] for code in chosen], condition)

    def value_inputs(self, operator: str, values: Sequence[str], asking: Asking, name: str) -> list[Input]:
        """See `Filter.value_inputs`."""
        return [self._control(name, set(values))]

    def _control(self, name: str, asked: set[str]) -> Input:
        options = [Option(code, label, code in asked) for code, label in self._labels().items()]
        return Input("choices", name, str(self.label), options=options)

    def _labels(self) -> dict[str, str]:
        return {str(code) or "none": str(label) for code, label in self.choices}


class Case(NamedTuple):
    """One named condition of a `CaseFilter`."""

    code: str
    label: Promise
    condition: Callable[[Asking], Q]


@dataclass(frozen=True, kw_only=True)
class CaseFilter(Filter):
    """One of several named conditions that are more than a value in a column ("moved up this month", yes and no)."""

    cases: tuple[Case, ...]

    def read(self, query: QueryDict, asking: Asking) -> Applied | None:
        """See `Filter.read`."""
        asked = query.get(self.name, "")
        if not asked:
            return None
        for case in self.cases:
            if case.code == asked:
                return self.applied(str(case.label), ((self.name, asked),), case.condition(asking))
        raise Unclear(asked)

    def inputs(self, query: QueryDict, asking: Asking) -> list[Input]:
        """See `Filter.inputs`."""
        return [self._control("radios", self.name, query.get(self.name, ""))]

    @property
    def operators(self) -> tuple[Operator, ...]:
        """See `Filter.operators`."""
        return (IS, IS_NOT)

    def compare(self, operator: str, values: Sequence[str], asking: Asking) -> Compared:
        """See `Filter.compare`."""
        for case in self.cases:
            if case.code == values[0]:
                return one_or_other(operator, [str(case.label)], case.condition(asking))
        raise Unclear(values[0])

    def value_inputs(self, operator: str, values: Sequence[str], asking: Asking, name: str) -> list[Input]:
        """See `Filter.value_inputs`."""
        return [self._control("select", name, values[0] if values else "")]

    def _control(self, kind: str, name: str, asked: str) -> Input:
        options = [Option(case.code, str(case.label), case.code == asked) for case in self.cases]
        return Input(kind, name, str(self.label), asked, options)


@dataclass(frozen=True, kw_only=True)
class FlagFilter(Filter):
    """Rows where a yes-or-no field is the one or the other."""

    field: str

    def read(self, query: QueryDict, asking: Asking) -> Applied | None:
        """See `Filter.read`."""
        asked = query.get(self.name, "")
        if not asked:
            return None
        compared = self.compare("is", [asked], asking)
        return self.applied(compared.words, ((self.name, asked),), compared.condition)

    def inputs(self, query: QueryDict, asking: Asking) -> list[Input]:
        """See `Filter.inputs`."""
        return [self._control("radios", self.name, query.get(self.name, ""))]

    @property
    def operators(self) -> tuple[Operator, ...]:
        """See `Filter.operators`."""
        return (IS,)

    def compare(self, operator: str, values: Sequence[str], asking: Asking) -> Compared:
        """See `Filter.compare`."""
        if values[0] not in {"yes", "no"}:
            raise Unclear(values[0])
        yes = values[0] == "yes"
        return Compared(_("为“是”") if yes else _("为“否”"), Q(**{self.field: yes}))

    def value_inputs(self, operator: str, values: Sequence[str], asking: Asking, name: str) -> list[Input]:
        """See `Filter.value_inputs`."""
        return [self._control("select", name, values[0] if values else "")]

    def _control(self, kind: str, name: str, asked: str) -> Input:
        options = [Option(code, label, code == asked) for code, label in (("yes", _("是")), ("no", _("否")))]
        return Input(kind, name, str(self.label), asked, options)
