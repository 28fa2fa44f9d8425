"""Typed words as a condition on a list, answered by the same index as the search box."""

from collections.abc import Callable

from django.db.models import Q

from panshi.ground.base.viewer import Viewer
from panshi.ground.search.narrowing import records_holding


def found_by(kind: str) -> Callable[[str, Viewer], Q]:
    """The condition "found by these words" for records of a kind; the list's own gate decides which may be seen."""
    return lambda words, viewer: Q(pk__in=records_holding(words, kind=kind))
