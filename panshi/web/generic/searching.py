"""Typed words as a condition on a list, answered by the same index as the search box."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext as _

from panshi.ground.base.viewer import Viewer
from panshi.ground.search.narrowing import records_holding
from panshi.web.generic.filters import (
    HAS,
    Applied,
    Asking,
    Compared,
    Filter,
    Input,
    Operator,
    Unclear,
    clean_text,
)


def found_by(kind: str) -> Callable[[str, Viewer], Q]:
    """The condition "found by these words" for records of a kind; the list's own gate decides which may be seen."""
    return lambda words, viewer: Q(pk__in=records_holding(words, kind=kind))


@dataclass(frozen=True, kw_only=True)
class FoundFilter(Filter):
    """Rows found by words as the search box finds them; for names, which are too many to be looked through."""

    kind: str

    def read(self, query: QueryDict, asking: Asking) -> Applied | None:
        """See `Filter.read`."""
        text = clean_text(query.get(self.name, ""))
        if not text:
            return None
        compared = self.compare(HAS.code, [text], asking)
        return self.applied(compared.words, ((self.name, text),), compared.condition)

    def inputs(self, query: QueryDict, asking: Asking) -> list[Input]:
        """See `Filter.inputs`."""
        return [Input("text", self.name, str(self.label), query.get(self.name, ""))]

    @property
    def operators(self) -> tuple[Operator, ...]:
        """See `Filter.operators`."""
        return (HAS,)

    def compare(self, operator: str, values: Sequence[str], asking: Asking) -> Compared:
        """See `Filter.compare`."""
        text = clean_text(values[0])
        if not text:
            raise Unclear(text)
        return Compared(_("包含“%(text)s”") % {"text": text}, found_by(self.kind)(text, asking.viewer))
