"""Step tables drawn as BPMN: what they mean when run, and that the picture is clean."""

from itertools import combinations, pairwise
from typing import get_args
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from panshi.engines.process import (
    APPROVED,
    OUTCOME,
    REJECTED,
    Run,
    StepKind,
    StepTable,
    TableStep,
    Words,
    compile_drawing,
    draw_steps,
    read_drawing,
)

DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
WAYPOINT = "{http://www.omg.org/spec/DD/20100524/DI}waypoint"

DISCOUNT = StepTable(
    "discount",
    "折扣审批",
    (
        TableStep("superior", "上级审批", "applicant.superior", days=2, overdue="remind"),
        TableStep("legal", "法务会签", "unit.legal", condition="amount > 100000", sign="percent", percent=60),
        TableStep("copy", "抄送财务", "unit.finance", kind="inform"),
        TableStep(
            "file", "归档", "applicant.superior", kind="do", settings={"fields": "note:edit", "lane": "上级"}
        ),
        TableStep("write", "写入", kind="action", action="accounts.change"),
    ),
    {"repeat": "pass"},
)


class Walk:
    """A run of a table that answers every task the same way unless told otherwise."""

    def __init__(self, table: StepTable, **values: int) -> None:
        self.text = compile_drawing(read_drawing(draw_steps(table)))
        self.run = Run.start(self.text, {**values, OUTCOME: APPROVED})
        self.run.advance()
        self.visited: list[str] = []

    def to_the_end(self, **outcomes: str) -> str | None:
        while self.run.waiting:
            (place,) = self.run.waiting
            self.visited.append(place.node)
            self.run.complete(place.id, {OUTCOME: outcomes.get(place.node, APPROVED)})
            self.run.advance()
            self.run = Run.load(self.text, self.run.save())
        return self.run.end_node


def test_steps_follow_each_other_and_conditions_pass_over() -> None:
    large = Walk(DISCOUNT, amount=500_000)
    assert large.to_the_end() == "end.event"
    assert large.visited == ["superior", "legal", "copy", "file", "write"]
    small = Walk(DISCOUNT, amount=5)
    assert small.to_the_end() == "end.event"
    assert small.visited == ["superior", "copy", "file", "write"]
    assert small.run.states()["legal"] == "skipped"


def test_a_rejection_leads_to_an_end_of_its_own() -> None:
    walk = Walk(DISCOUNT, amount=500_000)
    assert walk.to_the_end(legal=REJECTED) == "legal.rejected"
    assert walk.visited == ["superior", "legal"]
    drawing = read_drawing(draw_steps(DISCOUNT))
    assert drawing.node("legal.rejected").settings == {OUTCOME: REJECTED}
    assert drawing.node("end.event").settings == {OUTCOME: APPROVED}


def test_a_row_keeps_its_rules() -> None:
    drawing = read_drawing(
        draw_steps(DISCOUNT), names={"amount", OUTCOME}, actions={"inform", "accounts.change"}
    )
    assert drawing.settings == {"repeat": "pass"}
    assert dict(drawing.node("superior").settings) == {
        "kind": "approve",
        "sign": "single",
        "days": "2",
        "overdue": "remind",
        "reject": "route",
    }
    assert dict(drawing.node("legal").settings) == {
        "kind": "approve",
        "sign": "percent",
        "percent": "60",
        "reject": "route",
    }
    assert dict(drawing.node("file").settings) == {"kind": "do", "sign": "single", "fields": "note:edit"}
    assert dict(drawing.node("copy").settings) == {"action": "inform"}
    assert [(lane.name, lane.role) for lane in drawing.lanes] == [
        ("上级", "applicant.superior"),
        ("unit.legal", "unit.legal"),
        ("unit.finance", "unit.finance"),
    ]
    roles = {node.id: node.role for node in drawing.nodes if node.kind in ("user", "service")}
    assert roles["copy"] == "unit.finance"
    assert roles["write"] == "applicant.superior"  # it has no role of its own and stays in the lane before


@pytest.mark.parametrize("choice", ["end", "return"])
def test_a_row_may_leave_rejection_to_the_caller(choice: str) -> None:
    table = StepTable("k", "K", (TableStep("a", "A", "boss", settings={"reject": choice}),))
    drawing = read_drawing(draw_steps(table))
    assert [node.id for node in drawing.nodes] == ["start.event", "a", "end.event"]
    assert drawing.node("a").settings["reject"] == choice


def test_text_arrives_as_it_was_written() -> None:
    strange = "“引号” <&> \"'\u3000全角\n第二行 😀"
    table = StepTable("k", strange, (TableStep("a", strange, strange, settings={"help": strange}),))
    drawing = read_drawing(draw_steps(table))
    one_line = " ".join(strange.split())
    assert (drawing.name, drawing.node("a").name) == (one_line, one_line)
    assert drawing.node("a").role == strange
    assert drawing.node("a").settings["help"] == strange


def test_other_words() -> None:
    words = Words(start="Apply", end="Approved", rejected="Rejected", otherwise="otherwise skip")
    drawing = read_drawing(draw_steps(DISCOUNT, words))
    assert drawing.node("start.event").name == "Apply"
    assert drawing.node("superior.rejected").name == "Rejected"


@pytest.mark.parametrize("steps", [(), (TableStep("a", "A"), TableStep("a", "B")), (TableStep("", "A"),)])
def test_a_table_needs_steps_with_different_ids(steps: tuple[TableStep, ...]) -> None:
    with pytest.raises(ValueError, match="steps"):
        draw_steps(StepTable("k", "K", steps))


Rectangle = tuple[int, int, int, int]


def rectangles(root: ElementTree.Element) -> dict[str, Rectangle]:
    found = {}
    for shape in root.iter(f"{DI}BPMNShape"):
        bounds = shape.find(f"{DC}Bounds")
        assert bounds is not None
        x, y, width, height = (int(bounds.get(name, "")) for name in ("x", "y", "width", "height"))
        found[shape.get("bpmnElement", "")] = (x, y, x + width, y + height)
    return found


def apart(one: Rectangle, other: Rectangle) -> bool:
    return one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


def inside(one: Rectangle, other: Rectangle) -> bool:
    return other[0] <= one[0] and other[1] <= one[1] and one[2] <= other[2] and one[3] <= other[3]


STEPS = st.lists(
    st.builds(
        TableStep,
        id=st.integers(0, 10_000).map("s{}".format),
        name=st.text(max_size=12),
        who=st.sampled_from(["", "applicant.superior", "unit.legal", "unit.finance"]),
        kind=st.sampled_from(get_args(StepKind)),
        condition=st.sampled_from(["", "amount > 10", 'region in ["华东"]']),
        days=st.integers(0, 5),
        action=st.just("act"),
    ),
    min_size=1,
    max_size=12,
    unique_by=lambda step: step.id,
).map(tuple)


@settings(max_examples=120, deadline=None, derandomize=True)
@given(steps=STEPS)
def test_the_picture_is_clean(steps: tuple[TableStep, ...]) -> None:
    table = StepTable("k", "流程", steps)
    xml = draw_steps(table)
    assert draw_steps(table) == xml
    root = ElementTree.fromstring(xml)
    found = rectangles(root)
    pool, lanes = found["pool"], {name: box for name, box in found.items() if name.startswith("lane.")}
    shapes = {name: box for name, box in found.items() if name != "pool" and name not in lanes}
    assert all(inside(lane, pool) for lane in lanes.values())
    assert all(any(inside(shape, lane) for lane in lanes.values()) for shape in shapes.values())
    assert all(apart(one, other) for one, other in combinations(shapes.values(), 2))
    assert all(apart(one, other) for one, other in combinations(lanes.values(), 2))
    for edge in root.iter(f"{DI}BPMNEdge"):
        points = [(int(point.get("x", "")), int(point.get("y", ""))) for point in edge.iter(WAYPOINT)]
        for (x1, y1), (x2, y2) in pairwise(points):
            assert x1 == x2 or y1 == y2
            line = (min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))
            assert all(apart(line, shape) or touches(line, shape) for shape in shapes.values())
            assert inside(line, pool)


def touches(line: Rectangle, shape: Rectangle) -> bool:
    """The line only comes up to the shape's edge."""
    left, top, right, bottom = shape
    return line[2] <= left or line[0] >= right or line[3] <= top or line[1] >= bottom


@settings(max_examples=120, deadline=None, derandomize=True)
@given(steps=STEPS, amount=st.integers(0, 20), rejecting=st.integers(0, 30))
def test_every_table_runs_to_an_end(steps: tuple[TableStep, ...], amount: int, rejecting: int) -> None:
    if not any(step.who for step in steps) or not steps[0].who:
        steps = (TableStep("first", "先", "applicant.superior"), *steps)
    text = compile_drawing(read_drawing(draw_steps(StepTable("k", "流程", steps))))
    run = Run.start(text, {"amount": amount, "region": "华东", OUTCOME: APPROVED})
    run.advance()
    visited = []
    while run.waiting:
        (place,) = run.waiting
        run.complete(place.id, {OUTCOME: REJECTED if len(visited) == rejecting else APPROVED})
        visited.append(place.node)
        run.advance()
    assert run.ended
    wanted = [step for step in steps if step.condition != "amount > 10" or amount > 10]
    ended_by = run.end_node or ""
    if ended_by == "end.event":
        assert visited == [step.id for step in wanted]
    else:
        last = wanted[len(visited) - 1]
        assert (ended_by, last.kind, rejecting) == (f"{last.id}.rejected", "approve", len(visited) - 1)
