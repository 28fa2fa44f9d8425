"""Our own table: Chinese and English headings, units, links, dates, resources; every fault with its row."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from panshi.calc.scheduling.cpm import schedule
from panshi.calc.scheduling.model import HOUR, ConstraintKind, LagUnit, Link, LinkKind
from panshi.engines.plans.errors import CannotReadPlan
from panshi.engines.plans.table import read_table

MILWAUKEE = """id,name,optimistic,most likely,pessimistic,duration,predecessors
A,Build internal components,1,2,3,,
B,Modify roof and floor,2,3,4,,
C,Construct collection stack,1,2,3,,A
D,Pour concrete and install frame,2,4,6,,"A,B"
E,Build high-temperature burner,1,4,7,,C
F,Install pollution control system,1,2,9,,C
G,Install air pollution device,3,4,11,,"D,E"
H,Inspect and test,1,2,3,,"F,G"
"""


def csv(text: str) -> bytes:
    return text.encode()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_a_table_without_dates_is_a_plan_in_periods() -> None:
    read = read_table(csv(MILWAUKEE), name="Milwaukee Paper")
    found = schedule(read.plan)
    assert read.unread == ()
    assert read.plan.name == "Milwaukee Paper"
    assert found.end == 15
    assert [row.id for row in found.rows() if row.critical] == ["A", "C", "E", "G", "H"]
    assert read.plan.activities[4].estimate is not None
    assert read.plan.activities[4].estimate.pessimistic == 7


def test_chinese_headings_units_links_and_dates_are_understood() -> None:
    read = read_table(
        csv(
            "编号,名称,工期,前置任务,上级,开始,截止日期,资源,备注\n"
            "0,总体,,,,,,,\n"
            "1,招标文件,3天,,0,2026年1月5日,,张三,x\n"
            "2,编制投标书,12小时,1FS+1天,0,,2026/1/9,张三；李四[50%],\n"
            "3,内部评审,1周,2SS-4小时、1,0,,,,\n"
            "４,开标,0,3FS+1ed,0,,,,\n"
        )
    )
    plan = read.plan
    assert read.unread == ("备注",)
    assert plan.start == at("2026-01-05T08:00")
    assert [a.duration for a in plan.activities] == [0, 24 * HOUR, 12 * HOUR, 40 * HOUR, 0]
    assert plan.activities[1].constraint.kind is ConstraintKind.SNET
    assert plan.activities[2].deadline == at("2026-01-09T17:00")
    assert plan.activities[4].milestone
    assert plan.links == (
        Link("1", "2", LinkKind.FS, 8 * HOUR),
        Link("2", "3", LinkKind.SS, -4 * HOUR),
        Link("1", "3"),
        Link("3", "4", LinkKind.FS, 24 * HOUR, LagUnit.ELAPSED),
    )
    assert {(a.activity, a.resource, a.units) for a in plan.assignments} == {
        ("1", "张三", 1),
        ("2", "张三", 1),
        ("2", "李四", 0.5),
    }
    assert schedule(plan).dates("0").early_start == at("2026-01-05T08:00")


def test_a_resource_has_as_many_units_as_its_busiest_activity_needs() -> None:
    read = read_table(csv("id,duration,resources\nA,1,Crane[2]; Ann[50%]\nB,1,Crane\n"))
    assert {r.id: r.capacity for r in read.plan.resources} == {"Crane": 2, "Ann": 1}


def test_a_workbook_reads_like_the_same_text(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["编号", "名称", "工期", "前置活动", "限制类型", "限制日期", "实际开始"])
    sheet.append([1, "甲", 2, None, None, None, datetime.fromisoformat("2026-03-02T09:30")])
    sheet.append([2, "乙", 1.5, "1", "FNET", datetime.fromisoformat("2026-03-10"), None])
    path = tmp_path / "计划.xlsx"
    book.save(path)
    plan = read_table(path).plan
    assert plan.name == "计划"
    assert plan.start == plan.activities[0].actual_start == at("2026-03-02T09:30")
    assert plan.activities[1].constraint.on == at("2026-03-10T17:00")
    stream = io.BytesIO()
    book.save(stream)
    assert read_table(stream.getvalue()).plan.activities == plan.activities


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ("id,duration\nA,three\nB,x y\n", "row 2: 'three' is not an amount of time; row 3: 'x y'"),
        ("id,duration\nA,1.5\n", "'1.5' is not a whole number of periods"),
        ("id,duration\nA,9999999999999\n", "'9999999999999' is longer than any plan"),
        ("id,duration\nA,4h\n", "'4h' is not an amount of time"),
        ("id,duration\nA,-2\n", "negative duration"),
        ("id,duration,predecessors\nA,1,Z\n", "row 2: predecessor 'Z' is not in the table"),
        ("id,duration,predecessors\nA,1,A\n", "'A' is linked to itself"),
        ("id,duration\nA,1\nA,2\n", "used twice: 'A'"),
        ("id,duration,deadline\nA,1,2026-02-30\n", "'2026-02-30' is not a date"),
        ("id,duration,constraint,constraint date\nA,1,SOON,2026-02-03\n", "'SOON' is none of ASAP, ALAP"),
        ("id,duration,constraint,deadline\nA,1,MSO,2026-02-03\n", "MSO needs a date"),
        ("id,duration,resources\nA,1,Ann[lots]\n", "is not a resource with units"),
        ("name,length\nA,1\n", "there is no column 编号 and no column 工期"),
        ("id,duration\n", "no activities"),
        ("", "empty"),
    ],
)
def test_faults_are_reported_with_their_rows(table: str, why: str) -> None:
    with pytest.raises(CannotReadPlan) as caught:
        read_table(csv(table))
    assert why in str(caught.value)
