"""The page `panshi schedule --html` writes: figures, Gantt chart in sheets, risk, legend. No script, no network.

Everything is inline, so that the file can be mailed, opened anywhere and printed on A3 or A4 landscape.
"""

from collections import defaultdict
from collections.abc import Iterator
from html import escape

from panshi.calc.scheduling.model import Id, Link
from panshi.calc.scheduling.schedule import Moment
from panshi.cli.gantt_risk import risk_panel
from panshi.cli.gantt_scale import scale_of
from panshi.cli.gantt_sheet import WIDTH, Columns, sheet
from panshi.cli.gantt_style import STYLE
from panshi.cli.schedule_answer import Answer, Row
from panshi.cli.schedule_report import short, simulated

ROWS_PER_SHEET = 38
"""Rows that fit on A3 and, because both have one shape, on A4 landscape."""

MOST_LINKS = 400
"""More lines than these hide the bars they connect."""

_MARGIN = 24.0


def page(answer: Answer) -> str:
    """The whole HTML document."""
    title = escape(_printable(answer.title))
    return "".join(
        [
            '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width,initial-scale=1">',
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';style-src 'unsafe-inline'\">",
            f"<title>{title} · 项目进度 Schedule</title><style>{STYLE}</style></head><body><main>",
            f"<header><h1><small>项目进度计划 PROJECT SCHEDULE</small>{title}</h1><dl>",
            *(f"<div><dt>{name}</dt><dd>{escape(value)}</dd></div>" for name, value in _figures(answer)),
            "</dl></header>",
            *(f'<figure class="sheet">{svg}</figure>' for svg in _sheets(answer)),
            risk_panel(answer) if answer.risk else "",
            _legend(answer),
            "</main></body></html>\n",
        ]
    )


def _figures(answer: Answer) -> Iterator[tuple[str, str]]:
    plan = answer.plan
    if plan.start is not None:
        yield "开始 Start", short(plan.start)
        yield "完成 Finish", short(answer.makespan)
    else:
        yield "工期 Makespan", short(answer.makespan)
    leaves = [row for row in answer.free.rows() if not row.summary]
    yield "活动 Activities", str(len(leaves))
    yield "关键 Critical", str(sum(row.critical for row in leaves))
    if answer.levelling:
        yield "下界 Lower bound", short(answer.lower_bound)
        yield "差距 Gap", f"{answer.gap:.1%}"
    if answer.risk:
        yield "P80", simulated(answer, answer.risk.simulation.percentile(80))


def _sheets(answer: Answer) -> Iterator[str]:
    rows = list(answer.rows())
    if not rows:
        return
    columns = Columns.of(rows, answer.is_dated)
    first, last = _span(rows, answer)
    scale = scale_of(answer.plan, first, last, columns.chart, WIDTH - _MARGIN)
    links = answer.plan.links if len(answer.plan.links) <= MOST_LINKS else ()
    parts = [rows[k : k + ROWS_PER_SHEET] for k in range(0, len(rows), ROWS_PER_SHEET)]
    sheet_of = {row.dates.id: k for k, part in enumerate(parts) for row in part}
    by_sheet = _links_by_sheet(links, sheet_of)
    for k, part in enumerate(parts):
        yield sheet(answer, part, columns, scale, by_sheet[k])


def _links_by_sheet(links: tuple[Link, ...], sheet_of: dict[Id, int]) -> dict[int, list[Link]]:
    """Links whose both ends stand on one sheet."""
    found: dict[int, list[Link]] = defaultdict(list)
    for link in links:
        if sheet_of[link.predecessor] == sheet_of[link.successor]:
            found[sheet_of[link.predecessor]].append(link)
    return found


def _span(rows: list[Row], answer: Answer) -> tuple[Moment, Moment]:
    """First and last moment the chart must show."""
    begin = [answer.plan.start] if answer.plan.start is not None else [0]
    starts = [*begin, *(m for row in rows for m in (row.start, row.dates.early_start))]
    due = [a.deadline for a in answer.plan.activities if a.deadline is not None]
    ends = [m for row in rows for m in (row.finish, row.dates.early_finish, row.dates.late_finish)]
    # All are dates or all are periods; `min` of a mixture would raise, and rightly so.
    return min(starts), max([*due, *ends])


def _legend(answer: Answer) -> str:
    def sample(drawing: str, text: str) -> str:
        return f'<span><svg viewBox="0 0 34 16" aria-hidden="true">{drawing}</svg>{text}</span>'

    parts = [
        sample('<rect class="bar" x="2" y="3" width="30" height="10" rx="2"/>', "活动 Activity"),
        sample('<rect class="bar critical" x="2" y="3" width="30" height="10" rx="2"/>', "关键活动 Critical"),
        sample(
            '<path class="float" d="M2 8H30"/><path class="float-end" d="M30 4v8"/>', "总浮动 Total float"
        ),
        sample('<path class="stone" d="M17 1l7 7l-7 7l-7 -7z"/>', "里程碑 Milestone"),
        sample('<path class="sum" d="M2 3H32v11l-5 -6H7l-5 6z"/>', "汇总 Summary"),
    ]
    if answer.levelling:
        parts.append(
            sample(
                '<rect class="was" x="2" y="2" width="30" height="12" rx="3"/>', "资源不受限时 Without limits"
            )
        )
    if any(a.deadline is not None for a in answer.plan.activities):
        parts.append(sample('<path class="deadline" d="M17 13l-6 -10h12z"/>', "期限 Deadline"))
    if answer.plan.status_date is not None:
        parts.append(sample('<path class="today" d="M17 0V16"/>', "状态日期 Status date"))
    return f"<footer>{''.join(parts)}</footer>"


def _printable(text: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in text)
