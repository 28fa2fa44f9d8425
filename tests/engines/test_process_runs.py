"""Runs told step by step, saved and restored between every two steps."""

import pytest

from panshi.engines.process import (
    CannotAdvance,
    CannotComplete,
    Drawing,
    Flow,
    Node,
    Plain,
    Run,
    Step,
    compile_drawing,
    read_drawing,
)
from tests.engines.bpmn_story import Story, choosing, looping, nested, parallel, people


def test_one_after_the_other() -> None:
    sketch = people("a", "b")
    sketch.chain("s", "a", "b", "e")
    story = Story(sketch)
    assert story.at == ["a"]
    assert story.in_state("ahead") == {"b", "e"}
    step = story.done("a")
    assert [place.node for place in step.entered] == ["b"]
    assert [place.node for place in step.left] == ["a"]
    assert step.passed == ("a",)
    assert not step.ended
    assert story.done("b").ended
    assert story.run.end_node == "e"
    assert story.in_state("finished") == {"s", "a", "b", "e"}


def test_an_advance_tells_what_was_left_and_passed() -> None:
    sketch = people("a", "b")
    sketch.chain("s", "a", "b", "e")
    run = Run.start(compile_drawing(read_drawing(sketch.xml())), {})
    first = run.advance()
    run.complete(first.entered[0].id, {})
    step = run.advance()
    assert [place.node for place in step.left] == ["a"]
    assert [place.node for place in step.entered] == ["b"]
    assert step.passed == ("a",)
    assert run.advance() == Step((), (), (), ended=False)


def test_a_choice_takes_the_way_whose_condition_holds() -> None:
    story = Story(choosing())
    story.done("a", amount=500)
    assert story.at == ["b"]
    small = Story(choosing())
    small.done("a", amount=100)
    assert small.at == ["c"]
    assert small.in_state("skipped") == {"b"}


def test_the_first_condition_that_holds_decides() -> None:
    sketch = people("a", "b", "c")
    sketch.node("exclusive", "g")
    sketch.arrow("s", "g")
    for node, condition in (("a", "amount > 10"), ("b", "amount > 5"), ("c", "")):
        sketch.arrow("g", node, condition)
        sketch.arrow(node, "e")
    assert Story(sketch, {"amount": 50}).at == ["a"]
    assert Story(sketch, {"amount": 7}).at == ["b"]
    assert Story(sketch, {"amount": 1}).at == ["c"]


def test_a_condition_without_its_value_stops_the_run() -> None:
    story = Story(choosing())
    before = story.state
    with pytest.raises(CannotAdvance) as refusal:
        story.done("a")
    assert (refusal.value.code, refusal.value.params["node"]) == ("condition", "g")
    story.state = before
    story.done("a", amount=1)
    assert story.at == ["c"]


@pytest.mark.parametrize("order", [("b", "b2", "c"), ("b", "c", "b2"), ("c", "b", "b2")])
def test_parallel_branches_meet(order: tuple[str, ...]) -> None:
    story = Story(parallel())
    story.done("a")
    assert story.at == ["b", "c"]
    story.done(*order[:2])
    assert len(story.at) == 1
    assert story.in_state("current") >= set(story.at)
    story.done(order[2])
    assert story.at == ["d"]
    assert story.done("d").ended


@pytest.mark.parametrize(
    ("values", "expected"),
    [({"x": 0, "y": 0}, ["z"]), ({"x": 1, "y": 0}, ["a"]), ({"x": 1, "y": 1}, ["a", "b"])],
)
def test_an_inclusive_gateway_waits_for_those_it_started(
    values: dict[str, Plain], expected: list[str]
) -> None:
    sketch = people("a", "b", "z", "after")
    sketch.node("inclusive", "split")
    sketch.node("inclusive", "join")
    sketch.arrow("s", "split")
    for node, condition in (("a", "x > 0"), ("b", "y > 0"), ("z", "")):
        sketch.arrow("split", node, condition)
        sketch.arrow(node, "join")
    sketch.chain("join", "after", "e")
    story = Story(sketch, values)
    assert story.at == expected
    story.done(*expected)
    assert story.at == ["after"]
    assert story.done("after").ended


def test_several_ends_wait_for_each_other_and_a_final_one_does_not() -> None:
    for final in (False, True):
        sketch = people("a", "b")
        sketch.node("parallel", "fork")
        sketch.node("end", "stop", inner="<terminateEventDefinition/>" if final else "")
        sketch.chain("s", "fork", "a", "e")
        sketch.chain("fork", "b", "stop")
        story = Story(sketch)
        assert story.done("b").ended == final
        assert story.run.end_node == ("stop" if final else None)
        if final:
            assert story.in_state("skipped") == {"a", "e"}


def test_a_subprocess_is_passed_through() -> None:
    story = Story(nested())
    story.done("a")
    assert story.at == ["b", "due"]
    assert story.in_state("current") == {"sub", "b"}
    story.done("b", "c")
    assert story.at == ["d"]
    assert story.in_state("skipped") == {"due", "late"}
    assert story.done("d").ended


def test_an_interrupting_deadline_ends_the_whole_subprocess() -> None:
    story = Story(nested())
    story.done("a", "b")
    run = story.run
    run.fire(story.id("due"))
    step = run.advance()
    assert {place.node for place in step.left} == {"c", "due"}
    assert [place.node for place in step.entered] == ["late"]
    story.state = run.save()
    assert story.in_state("skipped") == {"sub", "c", "e1"}
    story.done("late", "d")
    assert story.run.ended


def test_a_deadline_that_does_not_interrupt_goes_beside() -> None:
    sketch = people("a", "b")
    sketch.node("deadline", "due", attachedToRef="a", cancelActivity="false")
    sketch.node("service", "remind")
    sketch.node("end", "reminded")
    sketch.chain("s", "a", "b", "e")
    sketch.chain("due", "remind", "reminded")
    story = Story(sketch)
    (deadline,) = [place for place in story.run.waiting if place.kind == "deadline"]
    assert deadline.on == story.id("a")
    story.due("due")
    assert story.at == ["a", "remind"]
    story.done("remind")
    assert story.at == ["a"]
    story.done("a")
    assert story.at == ["b"]
    assert story.done("b").ended
    assert story.run.end_node == "e"


def test_a_deadline_lapses_with_its_task() -> None:
    story = Story(nested())
    story.done("a")
    late = story.id("due")
    story.done("b", "c")
    with pytest.raises(CannotComplete) as refusal:
        story.run.fire(late)
    assert refusal.value.code == "not_waiting"


def test_a_timer_waits_for_its_caller() -> None:
    sketch = people("a")
    sketch.node("timer", "wait")
    sketch.chain("s", "wait", "a", "e")
    story = Story(sketch)
    assert [(place.node, place.kind) for place in story.run.waiting] == [("wait", "timer")]
    with pytest.raises(CannotComplete) as refusal:
        story.done("wait")
    assert refusal.value.code == "other_kind"
    story.due("wait")
    assert story.at == ["a"]


def test_services_are_handed_out() -> None:
    sketch = people("a")
    sketch.node("service", "act", p_action="write")
    sketch.chain("s", "act", "a", "e")
    story = Story(sketch)
    assert [(place.node, place.kind) for place in story.run.waiting] == [("act", "service")]
    with pytest.raises(CannotComplete):
        story.due("act")
    story.done("act", written=True)
    assert story.at == ["a"]
    assert story.run.values == {"written": True}


def test_a_place_is_completed_once() -> None:
    story = Story(choosing())
    place = story.id("a")
    story.done("a", amount=1)
    for wrong in (place, "", "nonsense", "0" * 32):
        with pytest.raises(CannotComplete) as refusal:
            story.run.complete(wrong, {})
        assert refusal.value.code == "not_waiting"


def test_a_way_back_in_the_drawing_goes_round() -> None:
    story = Story(looping(), {"again": 1})
    for _ in range(3):
        story.done("a", "b")
        assert story.at == ["a"]
    story.done("a")
    story.done("b", again=0)
    assert story.at == ["c"]
    assert story.done("c").ended


def test_circles_and_deadlocks_that_were_never_checked_are_refused() -> None:
    def drawing(nodes: tuple[Node, ...], *flows: Flow) -> Drawing:
        return Drawing("p", "P", (), nodes, flows)

    start, end = Node("s", "", "start"), Node("e", "", "end")
    circle = drawing(
        (start, Node("g", "", "exclusive"), Node("h", "", "exclusive"), end),
        Flow("1", "s", "g"),
        Flow("2", "g", "h"),
        Flow("3", "h", "g", "x > 0"),
        Flow("4", "h", "e", default=True),
    )
    with pytest.raises(CannotAdvance) as refusal:
        Story(circle, {"x": 1})
    assert refusal.value.code == "circle"
    assert refusal.value.params["node"] in ("g", "h")
    dead = drawing(
        (start, Node("g", "", "exclusive"), Node("h", "", "parallel"), end),
        Flow("1", "s", "g"),
        Flow("2", "g", "h", "x > 0"),
        Flow("3", "g", "h", default=True),
        Flow("4", "h", "e"),
    )
    with pytest.raises(CannotAdvance) as refusal:
        Story(dead, {"x": 1})
    assert (refusal.value.code, refusal.value.params["node"]) == ("stuck", "h")
    flood = drawing(
        (start, Node("m", "", "exclusive"), Node("f", "", "parallel"), Node("u", "", "user"), end),
        Flow("1", "s", "m"),
        Flow("2", "m", "f"),
        Flow("3", "f", "m"),
        Flow("4", "f", "u"),
        Flow("5", "u", "e"),
    )
    with pytest.raises(CannotAdvance):
        Story(flood)


def test_cancelling_ends_everything() -> None:
    story = Story(nested())
    story.done("a")
    run = story.run
    run.cancel()
    story.state = run.save()
    assert story.run.ended
    assert story.run.cancelled
    assert story.run.end_node is None
    assert story.run.waiting == ()
    assert story.in_state("finished") == {"s", "a", "s1"}
    with pytest.raises(CannotComplete) as refusal:
        story.run.complete("x", {})
    assert refusal.value.code == "ended"
    step = story.advance()
    assert {place.node for place in step.left} == {"b", "due"}
    assert story.advance() == Step((), (), (), ended=True)
