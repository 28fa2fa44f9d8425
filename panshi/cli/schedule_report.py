"""The result of `panshi schedule` as JSON and as a table for the terminal.

Dates are ISO 8601, amounts of working time ISO 8601 durations; plans in periods have plain integers.
"""

import json
import unicodedata
from datetime import datetime

from panshi.calc.scheduling.model import Id
from panshi.calc.scheduling.schedule import Moment
from panshi.cli.schedule_answer import Answer, Risk, Row

PERCENTILES = (10, 50, 80, 90)
_NAME_WIDTH = 40


def as_json(answer: Answer) -> str:
    """The whole answer as one JSON object."""
    found: dict[str, object] = {
        "makespan": _date(answer.makespan),
        "activities": [_activity(answer, row) for row in answer.rows()],
        "critical_path": list(answer.critical_path),
        "lower_bound": _date(answer.lower_bound),
        "gap": round(answer.gap, 6),
    }
    if answer.risk:
        found["monte_carlo"] = _monte_carlo(answer, answer.risk)
    return json.dumps(found, ensure_ascii=False, indent=1)


def as_text(answer: Answer) -> str:
    """A table of the activities with the figures of the plan below it."""
    head = ("ID", "Activity", "Start", "Finish", "Float", "Free float", "")
    rows = [
        (
            str(row.dates.id),
            _shortened("  " * row.depth + row.dates.name),
            short(row.start),
            short(row.finish),
            amount(answer, row.dates.total_float),
            amount(answer, row.dates.free_float),
            "critical" if row.dates.critical else "",
        )
        for row in answer.rows()
    ]
    widths = [max(map(_width, column)) for column in zip(head, *rows, strict=True)]
    lines = [_line(head, widths), _line(tuple("-" * w for w in widths), widths)]
    lines += [_line(row, widths) for row in rows]
    return "\n".join([answer.title, "", *lines, "", *_figures(answer)])


def amount(answer: Answer, value: int) -> str:
    """An amount of working time for people: periods, or hours."""
    if not answer.is_dated:
        return str(value)
    return f"{value / 3600:.10g} h"


def short(moment: Moment) -> str:
    """A date for people."""
    return f"{moment:%Y-%m-%d %H:%M}" if isinstance(moment, datetime) else str(moment)


def simulated(answer: Answer, value: float) -> str:
    """A simulated finish for people: a date, or periods with their fraction."""
    return short(answer.axis.finish(value)) if answer.is_dated else f"{value:.2f}"


def duration(seconds: int) -> str:
    """Working seconds as an ISO 8601 duration, such as PT12H30M; negative ones with a leading minus."""
    hours, rest = divmod(abs(seconds), 3600)
    minutes, rest = divmod(rest, 60)
    parts = [f"{n}{unit}" for n, unit in ((hours, "H"), (minutes, "M"), (rest, "S")) if n]
    return ("-" if seconds < 0 else "") + "PT" + ("".join(parts) or "0H")


def _activity(answer: Answer, row: Row) -> dict[str, object]:
    dates = row.dates
    return {
        "id": dates.id,
        "name": dates.name,
        "early_start": _date(dates.early_start),
        "early_finish": _date(dates.early_finish),
        "late_start": _date(dates.late_start),
        "late_finish": _date(dates.late_finish),
        "total_float": _amount(answer, dates.total_float),
        "free_float": _amount(answer, dates.free_float),
        "critical": dates.critical,
        "scheduled_start": _date(row.start),
        "scheduled_finish": _date(row.finish),
    }


def _monte_carlo(answer: Answer, risk: Risk) -> dict[str, object]:
    simulation, axis = risk.simulation, answer.axis
    by = axis.amount(answer.free.end)

    def finish(value: float) -> object:
        return _date(axis.finish(value)) if answer.is_dated else round(value, 6)

    spread = simulation.standard_deviation
    return {
        "runs": risk.runs,
        "seed": risk.seed,
        "distribution": "beta-pert",
        "mean": finish(simulation.mean),
        "standard_deviation": duration(round(spread)) if answer.is_dated else round(spread, 6),
        **{f"p{p}": finish(simulation.percentile(p)) for p in PERCENTILES},
        "probability_of_plan": simulation.probability(by),
        "activities": [
            {"id": a.id, "criticality": float(c), "cruciality": round(float(r), 6)}
            for a, c, r in zip(
                answer.plan.activities, simulation.criticality, simulation.cruciality, strict=True
            )
        ],
    }


def _figures(answer: Answer) -> list[str]:
    lines = [
        f"Finish         {short(answer.makespan)}",
        f"Critical path  {_chain(answer.critical_path)}",
    ]
    if answer.levelling:
        lines += [
            f"Lower bound    {short(answer.lower_bound)}",
            f"Gap            {answer.gap:.2%} ({answer.levelling.ending})",
        ]
    if answer.risk:
        simulation = answer.risk.simulation
        reached = ", ".join(f"P{p} {simulated(answer, simulation.percentile(p))}" for p in PERCENTILES)
        lines.append(
            f"Monte Carlo    {answer.risk.runs} runs, mean {simulated(answer, simulation.mean)}, {reached}"
        )
    return lines


def _chain(path: tuple[Id, ...], longest: int = 30) -> str:
    shown = [str(i) for i in path]
    if len(shown) > longest:
        shown = [*shown[: longest // 2], f"… {len(shown) - longest} more …", *shown[-longest // 2 :]]
    return " -> ".join(shown)


def _date(moment: Moment) -> str | int:
    return moment.isoformat() if isinstance(moment, datetime) else moment


def _amount(answer: Answer, value: int) -> str | int:
    return duration(value) if answer.is_dated else value


def _width(text: str) -> int:
    """Columns a terminal needs: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def _shortened(text: str) -> str:
    text = "".join(sign if sign.isprintable() else " " for sign in text)
    if _width(text) <= _NAME_WIDTH:
        return text
    while _width(text) > _NAME_WIDTH - 1:
        text = text[:-1]
    return text + "…"


def _line(cells: tuple[str, ...], widths: list[int]) -> str:
    right = {4, 5}
    padded = [
        " " * (width - _width(cell)) + cell if k in right else cell + " " * (width - _width(cell))
        for k, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return "  ".join(padded).rstrip()
