"""One sheet of the Gantt chart as SVG: a table of activities on the left, their bars on the right.

A sheet holds as many rows as fit on a page of paper; names are foreign text and are escaped here.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from panshi.calc.scheduling.model import Id, Link, LinkKind
from panshi.cli.gantt_scale import Scale
from panshi.cli.schedule_answer import Answer, Row
from panshi.cli.schedule_report import amount, short

WIDTH, HEAD, ROW = 1600.0, 44.0, 24.0
_NAME, _FLOAT, _GAP = 300.0, 66.0, 14.0
_DATE = {True: 108.0, False: 66.0}


@dataclass(frozen=True)
class Columns:
    """Left edges of the table's columns; the chart begins at `chart`."""

    number: float
    name: float
    start: float
    finish: float
    slack: float
    chart: float

    @classmethod
    def of(cls, rows: Sequence[Row], dated: bool) -> "Columns":
        """Columns as narrow as the plan's ids and names allow."""
        number = 12.0
        name = number + min(
            110.0, max(56.0, 14.0 + 7.0 * max((_width(str(r.dates.id)) for r in rows), default=1))
        )
        longest = max((7.0 * _width(r.dates.name) + 14 * r.depth for r in rows), default=0)
        start = name + min(_NAME, max(90.0, longest + 16))
        finish = start + _DATE[dated]
        slack = finish + _DATE[dated] + _FLOAT
        return cls(number, name, start, finish, slack, slack + _GAP)


def sheet(answer: Answer, rows: Sequence[Row], columns: Columns, scale: Scale, links: Sequence[Link]) -> str:
    """One `<svg>` with these rows."""
    height = HEAD + ROW * len(rows) + 6
    middles = {row.dates.id: HEAD + ROW * (k + 0.5) for k, row in enumerate(rows)}
    label = _clean(f"甘特图 Gantt chart: {answer.title}")
    parts = [
        f'<svg viewBox="0 0 {WIDTH:g} {height:g}" role="img" aria-label="{label}">',
        *(_rect("idle", a, HEAD, b - a, height - HEAD - 6) for a, b in scale.idle),
        *_grid(columns, scale, len(rows)),
        *_links(answer, rows, middles, scale, links),
    ]
    for row in rows:
        parts += _text_cells(answer, row, columns, middles[row.dates.id])
        parts += _bars(answer, row, scale, middles[row.dates.id])
    status = answer.plan.status_date
    if status is not None:
        x = min(max(scale.place(status), columns.chart), WIDTH)
        parts.append(f'<path class="today" d="M{x:.1f} {HEAD:g}V{height - 6:g}"/>')
    return "".join([*parts, "</svg>"])


def _grid(columns: Columns, scale: Scale, rows: int) -> Iterator[str]:
    bottom = HEAD + ROW * rows
    for x, text, kind in (
        (columns.number, "编号 ID", ""),
        (columns.name, "活动 Activity", ""),
        (columns.start, "开始 Start", ""),
        (columns.finish, "完成 Finish", ""),
        (columns.slack, "浮动 Float", " num"),
    ):
        yield f'<text class="head{kind}" x="{x:.1f}" y="{HEAD / 2:g}">{text}</text>'
    for tick in scale.above:
        if tick.right - tick.left >= 7.0 * _width(tick.text):
            yield f'<text class="tick strong" x="{tick.left + 4:.1f}" y="12">{tick.text}</text>'
        yield f'<path class="rule" d="M{tick.left:.1f} 0V{bottom:g}"/>'
    for tick in scale.below:
        yield f'<path class="soft" d="M{tick.left:.1f} {HEAD / 2:g}V{bottom:g}"/>'
        if tick.right - tick.left >= 6.5 * _width(tick.text):
            yield f'<text class="tick" x="{tick.left + 3:.1f}" y="33">{tick.text}</text>'
    for k in range(rows + 1):
        kind = "rule" if k in (0, rows) else "soft"
        yield f'<path class="{kind}" d="M0 {HEAD + ROW * k:g}H{WIDTH:g}"/>'
    yield f'<path class="rule" d="M{columns.chart:.1f} {HEAD / 2:g}H{WIDTH:g}"/>'


def _text_cells(answer: Answer, row: Row, columns: Columns, y: float) -> Iterator[str]:
    dates = row.dates
    bold = " strong" if dates.summary else ""
    hot = " hot" if dates.critical and not dates.summary else ""
    indent = columns.name + 14 * row.depth
    room = columns.start - indent - 10
    yield _text(columns.number, y, _cut(str(dates.id), columns.name - columns.number - 6), "dim")
    yield (
        f'<text class="cell{bold}{hot}" x="{indent:.1f}" y="{y:g}"><title>{_clean(dates.name)}</title>'
        f"{_clean(_cut(dates.name, room))}</text>"
    )
    yield _text(columns.start, y, short(row.start), "tick")
    yield _text(columns.finish, y, short(row.finish), "tick")
    yield _text(columns.slack, y, amount(answer, dates.total_float), "num" + hot)


def _bars(answer: Answer, row: Row, scale: Scale, y: float) -> Iterator[str]:
    dates = row.dates
    left, right = scale.place(row.start), scale.place(row.finish)
    critical = " critical" if dates.critical else ""
    tip = f"{dates.id} {dates.name}: {short(row.start)} – {short(row.finish)}"
    yield f"<g><title>{_clean(tip)}</title>"
    if dates.summary:
        yield (
            f'<path class="sum" d="M{left:.1f} {y - 6:g}H{max(right, left + 3):.1f}v11l-5 -6H{left + 5:.1f}l-5 6z"/>'
        )
    elif left == right:
        yield f'<path class="stone{critical}" d="M{left:.1f} {y - 8:g}l8 8l-8 8l-8 -8z"/>'
    else:
        yield from _around(answer, row, scale, y)
        yield _rect(f"bar{critical}", left, y - 6, max(right - left, 1.5), 12, ' rx="2"')
    deadline = answer.plan.activities[answer.plan.index[dates.id]].deadline
    if deadline is not None:
        yield f'<path class="deadline" d="M{scale.place(deadline):.1f} {y - 2:g}l-5 -8h10z"/>'
    yield "</g>"


def _around(answer: Answer, row: Row, scale: Scale, y: float) -> Iterator[str]:
    """The float behind a bar, and where the bar would be without limits of resources."""
    dates = row.dates
    right, late = scale.place(row.finish), scale.place(dates.late_finish)
    if late > right + 1:
        yield f'<path class="float" d="M{right:.1f} {y:g}H{late:.1f}"/>'
        yield f'<path class="float-end" d="M{late:.1f} {y - 4:g}v8"/>'
    if answer.levelling and row.start != dates.early_start:
        was = scale.place(dates.early_start)
        yield _rect("was", was, y - 8.5, scale.place(dates.early_finish) - was, 17, ' rx="3"')


def _links(
    answer: Answer, rows: Sequence[Row], middles: dict[Id, float], scale: Scale, links: Sequence[Link]
) -> Iterator[str]:
    shown = {row.dates.id: row for row in rows}
    for link in links:
        before, after = shown.get(link.predecessor), shown.get(link.successor)
        if before is None or after is None:
            continue
        out = before.start if link.kind in (LinkKind.SS, LinkKind.SF) else before.finish
        into = after.finish if link.kind in (LinkKind.FF, LinkKind.SF) else after.start
        x1, x2 = scale.place(out), scale.place(into)
        y1, y2 = middles[link.predecessor], middles[link.successor]
        stop = y2 - 7 if y2 > y1 else y2 + 7
        on = " on" if before.dates.critical and after.dates.critical and x1 == x2 else ""
        way = f"H{x2 + 3:.1f}" if x2 >= x1 - 1 else f"h4V{(y1 + y2) / 2:g}H{x2:.1f}"
        yield f'<path class="link{on}" d="M{x1:.1f} {y1:g}{way}V{stop:g}"/>'


def _rect(kind: str, x: float, y: float, width: float, height: float, more: str = "") -> str:
    return (
        f'<rect class="{kind}" x="{x:.1f}" y="{y:g}" width="{max(width, 0):.1f}" height="{height:g}"{more}/>'
    )


def _text(x: float, y: float, text: str, kind: str) -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:g}">{_clean(text)}</text>'


def _clean(text: str) -> str:
    """Escaped, and without the control characters no XML may hold."""
    return escape("".join(sign if sign.isprintable() else " " for sign in text), quote=True)


def _cut(text: str, room: float) -> str:
    if 7.0 * _width(text) <= room:
        return text
    while text and 7.0 * _width(text) > room - 12:
        text = text[:-1]
    return text + "…"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
