"""The official calendar as data, and number formats: what is entered counts at once, what makes no sense is refused."""

import datetime as dt
from collections.abc import Sequence

import pytest

from panshi.ground.audit.models import Event
from panshi.ground.base.refusals import NotAllowed, Stale
from panshi.ground.base.viewer import Viewer
from panshi.ground.settings.models import CalendarDay, Numbering
from panshi.ground.settings.reports import (
    CannotReadNotice,
    calendar_years,
    number_series,
    official_calendar,
    read_notice,
)
from panshi.ground.settings.services import (
    CannotChangeNumbering,
    CannotEnterCalendar,
    change_numbering,
    draw_numbers,
    enter_calendar,
)
from tests.factories.organisation import Company

pytestmark = pytest.mark.django_db
LINES = [
    ["日期", "安排", "名称"],
    ["1月1日至1月3日", "放假", "元旦"],
    [],
    ["2027-1-9", "上班"],
    ["2/6~2/12", "off", "春节"],
]


def enter(
    by: Viewer,
    at: dt.datetime,
    lines: Sequence[Sequence[str]] = LINES,
    *,
    number: int = 0,
    notice: str = "通知",
) -> None:
    days = read_notice(lines, year=2027)
    enter_calendar(year=2027, days=days, notice=notice, expected_number=number, by=by, at=at)


def test_a_year_without_a_notice_is_unknown_until_it_is_entered(
    company: Company, system: Viewer, at: dt.datetime
) -> None:
    assert official_calendar(2027) is None
    shipped = official_calendar(2026)
    assert shipped is not None
    assert dt.date(2026, 10, 1) in shipped.off
    enter(company.viewer("administrator"), at)
    known = official_calendar(2027)
    assert known is not None
    assert len(known.off) == 10
    assert known.made_up == {dt.date(2027, 1, 9)}
    rows = {row.year: row for row in calendar_years(on=at.date(), viewer=system)}
    assert (rows[2027].source, rows[2027].by, rows[2026].source, rows[2028].source) == (
        "entered", "管维", "shipped", "none",
    )  # fmt: skip


def test_a_correction_takes_the_place_of_the_whole_year(
    company: Company, system: Viewer, at: dt.datetime
) -> None:
    enter(system, at)
    with pytest.raises(Stale):
        enter(system, at, [["1月1日", "放假"]])
    enter(system, at, [["1月1日", "放假"]], number=1)
    known = official_calendar(2027)
    assert known is not None
    assert known.off == {dt.date(2027, 1, 1)}
    assert Event.objects.filter(kind="settings.calendar_entered").count() == 2


@pytest.mark.parametrize(
    "lines",
    [
        [["2026-01-01", "放假"]],
        [["1月1日", "放假"], ["1月1日", "放假"]],
        [["1月4日", "上班"], ["1月1日", "放假"]],
        [["1月9日", "上班"]],
        [],
    ],
)
def test_what_makes_no_notice_is_refused(
    company: Company, system: Viewer, at: dt.datetime, lines: list[list[str]]
) -> None:
    with pytest.raises(CannotEnterCalendar):
        enter(system, at, lines)
    assert not CalendarDay.objects.exists()


@pytest.mark.parametrize(
    "cells",
    [
        ["哪天", "放假"],
        ["1月1日", "也许"],
        ["1月3日至1月1日", "放假"],
        ["2月30日", "放假"],
        ["1月1日至6月1日", "放假"],
    ],
)
def test_lines_that_mean_no_day_are_told_by_number(cells: list[str]) -> None:
    with pytest.raises(CannotReadNotice) as refusal:
        read_notice([["1月1日", "放假"], cells], year=2027)
    assert "2" in refusal.value.message


def test_the_notice_is_named_and_entered_by_who_may(
    company: Company, system: Viewer, at: dt.datetime
) -> None:
    with pytest.raises(CannotEnterCalendar):
        enter(system, at, notice=" ")
    with pytest.raises(NotAllowed):
        enter(company.viewer("owner"), at)
    with pytest.raises(NotAllowed):
        calendar_years(on=at.date(), viewer=company.viewer("owner"))


def test_new_numbers_follow_the_format(company: Company, system: Viewer, at: dt.datetime) -> None:
    assert draw_numbers(series="accounts", prefix="K", count=2) == ["K000001", "K000002"]
    change_numbering(
        series="accounts", prefix="DK-", width=4, next_number=1, reason="新制度", by=system, at=at
    )
    assert number_series(viewer=system)[0].example == "DK-0001"
    assert draw_numbers(series="accounts", prefix="K") == ["DK-0001"]
    event = Event.objects.get(kind="settings.numbering_changed")
    assert ("accounts.prefix", "K", "DK-") in {
        (one.field, one.before, one.after) for one in event.changes.all()
    }


@pytest.mark.parametrize(
    ("prefix", "width", "number", "reason"),
    [
        ("K", 6, 2, "因为"),
        ("K", 6, 3, "因为"),
        ("K", 0, 9, "因为"),
        ("有 空格", 6, 9, "因为"),
        ("K", 6, 9, " "),
    ],
)
def test_a_format_that_goes_back_or_makes_no_number_is_refused(
    company: Company, system: Viewer, at: dt.datetime, prefix: str, width: int, number: int, reason: str
) -> None:
    draw_numbers(series="accounts", prefix="K", count=2)
    with pytest.raises(CannotChangeNumbering):
        change_numbering(
            series="accounts", prefix=prefix, width=width, next_number=number, reason=reason, by=system, at=at
        )
    assert Numbering.objects.get().next_number == 3


def test_formats_are_changed_by_who_may_and_only_known_ones(
    company: Company, system: Viewer, at: dt.datetime
) -> None:
    values = {"prefix": "X", "width": 6, "next_number": 9, "reason": "因为", "at": at}
    with pytest.raises(NotAllowed):
        change_numbering(series="accounts", by=company.viewer("owner"), **values)  # type: ignore[arg-type]
    with pytest.raises(CannotChangeNumbering):
        change_numbering(series="boats", by=system, **values)  # type: ignore[arg-type]
