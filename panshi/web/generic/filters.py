"""Filters of the generic list: each reads its own part of the address, says itself as a sentence and narrows the rows.

A filter that cannot understand what it is given raises `Unclear`; the list then leaves it out and says so.
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
    """What every filter has: a name in the address and a label on screen."""

    name: str
    label: Promise
    permission: str = ""

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
        options = [Option(code, label, code in asked) for code, label in self._labels().items()]
        return [Input("choices", self.name, str(self.label), options=options)]

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
        asked = query.get(self.name, "")
        options = [Option(case.code, str(case.label), case.code == asked) for case in self.cases]
        return [Input("radios", self.name, str(self.label), options=options)]
