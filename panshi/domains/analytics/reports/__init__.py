"""Reads of analytics: stored ABC analyses, and what the table of classes says of accounts."""

from panshi.domains.analytics.reports.abc import (
    CURVE_POINTS,
    ClassFigures,
    CurvePoint,
    Movement,
    abc_table,
    class_figures,
    latest,
    moved,
    movement,
    pareto_curve,
    standing_apart,
)

__all__ = [
    "CURVE_POINTS",
    "ClassFigures",
    "CurvePoint",
    "Movement",
    "abc_table",
    "class_figures",
    "latest",
    "moved",
    "movement",
    "pareto_curve",
    "standing_apart",
]
