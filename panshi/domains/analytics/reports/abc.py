"""Reads of stored analyses: the Pareto curve, the movement matrix and the accounts behind each of its cells."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db.models import Count, QuerySet

from panshi.domains.analytics.models import AbcAnalysis, AbcRow, AnalysisState, StandingChoice
from panshi.ground.base.viewer import Viewer

CURVE_POINTS: Final = 200


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """What one class holds; `share` is of the sum of all positive totals."""

    abc_class: str
    accounts: int
    total: Decimal
    share: Decimal


def class_figures(analysis: AbcAnalysis) -> list[ClassFigures]:
    """The classes A, B and C of a finished analysis."""
    return [
        ClassFigures(name, held["accounts"], Decimal(held["total"]), Decimal(held["share"]))
        for name, held in analysis.classes.items()
    ]


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """A point of the Pareto curve: the first `rank` accounts hold `cumulative_share`."""

    rank: int
    total: Decimal
    cumulative_share: Decimal
    standing: str


def pareto_curve(analysis: AbcAnalysis, *, viewer: Viewer, points: int = CURVE_POINTS) -> list[CurvePoint]:
    """The curve in at most about `points` steps, the last account always included; no account is named."""
    if not AbcAnalysis.objects.visible_to(viewer).filter(pk=analysis.pk).exists():
        return []
    ranked = analysis.accounts - analysis.non_positive
    step = max(1, -(-ranked // points))
    ranks = sorted({*range(1, ranked + 1, step), ranked})
    rows = AbcRow.objects.filter(analysis=analysis, rank__in=ranks).order_by("rank")
    return [
        CurvePoint(*values) for values in rows.values_list("rank", "total", "cumulative_share", "standing")
    ]


@dataclass(frozen=True, slots=True)
class Movement:
    """Numbers of accounts by where they stood before and where they stand now."""

    cells: Mapping[tuple[str, str], int]

    def count(self, before: str, now: str) -> int:
        """Accounts that went from `before` to `now`."""
        return self.cells.get((before, now), 0)

    @property
    def rows(self) -> list[tuple[StandingChoice, list[int]]]:
        """The matrix row by row, columns in the same order as rows."""
        return [
            (before, [self.count(before.value, now.value) for now in StandingChoice])
            for before in StandingChoice
        ]


def movement(analysis: AbcAnalysis, *, viewer: Viewer) -> Movement:
    """The movement matrix over the accounts the viewer may see; every cell leads to `moved`."""
    counts = _rows(analysis, viewer).order_by().values_list("before", "standing").annotate(Count("pk"))
    return Movement({(before, now): count for before, now, count in counts})


def moved(analysis: AbcAnalysis, *, before: str, now: str, viewer: Viewer) -> "QuerySet[AbcRow]":
    """The accounts behind a cell of the matrix, largest first."""
    return _rows(analysis, viewer).filter(before=before, standing=now).order_by("-total", "pk")


def abc_table(analysis: AbcAnalysis, *, viewer: Viewer) -> "QuerySet[AbcRow]":
    """The ABC table: ranked accounts the viewer may see."""
    return _rows(analysis, viewer).filter(rank__gt=0).order_by("rank", "pk")


def standing_apart(analysis: AbcAnalysis, *, viewer: Viewer) -> "QuerySet[AbcRow]":
    """Accounts whose total is not positive, lowest last."""
    return _rows(analysis, viewer).filter(standing=StandingChoice.NON_POSITIVE).order_by("-total", "pk")


def latest(*, viewer: Viewer) -> AbcAnalysis | None:
    """The newest finished analysis the viewer may see."""
    found: AbcAnalysis | None = (
        AbcAnalysis.objects.visible_to(viewer).filter(state=AnalysisState.DONE).order_by("-pk").first()
    )
    return found


def _rows(analysis: AbcAnalysis, viewer: Viewer) -> "QuerySet[Any]":
    """Rows of an analysis the viewer may open, of accounts the viewer may see."""
    allowed = AbcAnalysis.objects.visible_to(viewer).filter(pk=analysis.pk).values("pk")
    rows: QuerySet[Any] = AbcRow.objects.visible_to(viewer).filter(analysis__in=allowed)
    return rows.select_related("account")
