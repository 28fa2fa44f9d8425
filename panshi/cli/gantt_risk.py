"""The risk panel of the Gantt page: how surely the plan is finished when, and which activities decide it."""

from html import escape

import numpy as np

from panshi.cli.schedule_answer import Answer
from panshi.cli.schedule_report import PERCENTILES, simulated

_WIDTH, _HEIGHT, _LEFT, _TOP, _BOTTOM = 720.0, 268.0, 44.0, 12.0, 42.0
_BINS = 40
_SHOWN = 10
_NOTE = "模拟按工期三点估算，不计资源限制。Simulated from three-point estimates, without limits of resources."


def risk_panel(answer: Answer) -> str:
    """Histogram with the curve of certainty, percentiles, and the activities most often critical."""
    assert answer.risk is not None
    return (
        '<section class="risk">'
        f"<figure><h2>完成时间的把握 Certainty of the finish · {answer.risk.runs} 次模拟 runs</h2>"
        f"{_curve(answer)}<p>{_NOTE}</p></figure>"
        f"<figure><h2>最常决定完成时间的活动 Activities that decide the finish</h2>{_table(answer)}</figure>"
        "</section>"
    )


def _curve(answer: Answer) -> str:
    assert answer.risk is not None
    finishes = answer.risk.simulation.finishes
    low, high = float(finishes[0]), float(finishes[-1])
    high = high if high > low else low + 1
    counts, edges = np.histogram(finishes, bins=_BINS, range=(low, high))
    floor = _HEIGHT - _BOTTOM

    def x(value: float) -> float:
        return _LEFT + (value - low) / (high - low) * (_WIDTH - _LEFT - 16)

    def y(share: float) -> float:
        return floor - share * (floor - _TOP)

    parts = [
        f'<svg viewBox="0 0 {_WIDTH:g} {_HEIGHT:g}" role="img" aria-label="完成时间的把握 Certainty of the finish">'
    ]
    for share in (0, 0.25, 0.5, 0.75, 1):
        parts.append(f'<path class="soft" d="M{_LEFT:g} {y(share):.1f}H{_WIDTH - 16:g}"/>')
        parts.append(f'<text class="tick num" x="{_LEFT - 6:g}" y="{y(share):.1f}">{share:.0%}</text>')
    for count, left, right in zip(counts.tolist(), edges.tolist(), edges[1:].tolist(), strict=False):
        top = y(count / counts.max())
        parts.append(
            f'<rect class="column" x="{x(left) + 0.5:.1f}" y="{top:.1f}" width="{x(right) - x(left) - 1:.1f}" '
            f'height="{floor - top:.1f}"/>'
        )
    shares = np.linspace(0, 1, 201)
    points = " ".join(
        f"{x(t):.1f},{y(s):.1f}" for s, t in zip(shares, np.quantile(finishes, shares), strict=True)
    )
    parts.append(f'<polyline class="curve" points="{points}"/>')
    for k, percent in enumerate(PERCENTILES):
        value = answer.risk.simulation.percentile(percent)
        mark = _LEFT + (k + 0.5) * (_WIDTH - _LEFT - 16) / len(PERCENTILES)
        # From the curve down to the axis, then aside to the label: percentiles lie closer than their words.
        parts.append(
            f'<path class="link" d="M{x(value):.1f} {y(percent / 100):.1f}V{floor:g}L{mark:.1f} {_HEIGHT - 20:g}"/>'
            f'<circle class="curve" cx="{x(value):.1f}" cy="{y(percent / 100):.1f}" r="3"/>'
            f'<text class="tick mid" x="{mark:.1f}" y="{_HEIGHT - 10:g}">P{percent} {simulated(answer, value)}</text>'
        )
    return "".join([*parts, "</svg>"])


def _table(answer: Answer) -> str:
    assert answer.risk is not None
    simulation = answer.risk.simulation
    rows = [
        (float(simulation.cruciality[i]), float(simulation.criticality[i]), activity)
        for i, activity in enumerate(answer.plan.activities)
        if activity.duration and activity.id not in answer.plan.children
    ]
    rows.sort(key=lambda row: (-row[0], -row[1]))
    body = "".join(
        f'<tr><td>{escape(str(activity.id))}</td><td>{escape(activity.name)}</td><td class="num">{criticality:.1%}</td>'
        f'<td class="num">{cruciality:.2f}</td></tr>'
        for cruciality, criticality, activity in rows[:_SHOWN]
    )
    return (
        '<table><tr><th>编号 ID</th><th>活动 Activity</th><th class="num">关键度 Criticality</th>'
        f'<th class="num">决定度 Cruciality</th></tr>{body}</table>'
    )
