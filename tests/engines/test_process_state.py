"""What is stored: small, bound to its definition, refused when damaged; and nothing in it reaches Python."""

import json
import logging
from concurrent.futures import ThreadPoolExecutor

import pytest
import SpiffWorkflow.version

from panshi.engines.process import (
    BadState,
    CannotAdvance,
    Drawing,
    Flow,
    Node,
    Plain,
    Run,
    compile_drawing,
    read_drawing,
)
from tests.engines.bpmn_story import Story, choosing, looping, nested, people


def test_five_hundred_rounds_keep_the_state_small() -> None:
    text = compile_drawing(read_drawing(looping().xml()))
    run = Run.start(text, {"again": 1})
    run.advance()
    for _ in range(500):
        for node in ("a", "b"):
            (place,) = run.waiting
            assert place.node == node
            run.complete(place.id, {})
            run.advance()
    state = run.save()
    assert len(state) < 20_000
    story = Story(looping(), {"again": 1})
    story.state = state
    assert story.can_go_back("a") == ("b",)
    story.back("a", "b")
    story.done("b", again=0)
    story.done("c")
    assert story.run.ended


def test_rounds_through_everything_keep_the_state_small() -> None:
    """Parallel branches, a sub-process and deadlines in a loop; nothing of earlier rounds is mistaken for the last."""
    sketch = people("a", "b", "c")
    sketch.node("subprocess", "sub")
    for kind, node in (("start", "s1"), ("user", "x"), ("user", "y"), ("parallel", "p1"), ("parallel", "p2")):
        sketch.node(kind, node, "sub")
    sketch.node("end", "e1", "sub")
    sketch.chain("s1", "p1", "x", "p2", "e1")
    sketch.chain("p1", "y", "p2")
    sketch.node("deadline", "due", attachedToRef="sub", cancelActivity="false")
    sketch.node("end", "noted")
    sketch.arrow("due", "noted")
    for node in ("fork", "join"):
        sketch.node("parallel", node)
    for node in ("merge", "g"):
        sketch.node("exclusive", node)
    sketch.chain("s", "merge", "fork", "a", "join", "sub", "g", "c", "e")
    sketch.chain("fork", "b", "join")
    sketch.arrow("g", "merge", "again > 0")
    story = Story(sketch, {"again": 1})
    sizes = []
    for number in range(40):
        story.done(*("ab" if number % 2 else "ba"))
        story.due("due")
        story.done("x", "y")
        assert story.at == ["a", "b"]
        sizes.append(len(story.state))
    assert max(sizes[20:]) < 16_000
    story.done("a", "b", "x")
    assert story.can_go_back("y") == ()
    story.done("y", again=0)
    assert story.at == ["c"]
    assert story.done("c").ended


@pytest.mark.parametrize("value", [{1, 2}, object(), float("nan"), b"x"])
def test_only_plain_values_come_in(value: object) -> None:
    text = compile_drawing(read_drawing(choosing().xml()))
    with pytest.raises((TypeError, ValueError)):
        Run.start(text, {"x": value})  # type: ignore[dict-item]


def test_values_are_copied() -> None:
    text = compile_drawing(read_drawing(choosing().xml()))
    given: dict[str, Plain] = {"list": [1], "text": "价格"}
    run = Run.start(text, given)
    given["list"] = [2]
    assert run.values == {"list": [1], "text": "价格"}


def test_a_state_belongs_to_its_definition() -> None:
    story = Story(choosing())
    other = compile_drawing(read_drawing(looping().xml()))
    with pytest.raises(BadState) as refusal:
        Run.load(other, story.state)
    assert refusal.value.code == "other_definition"


@pytest.mark.parametrize(
    "state", ["", "null", "[]", "{}", '{"format":2}', '{"format":1}', "x" * 100, '{"format":1,"mark":""}']
)
def test_a_damaged_state_is_refused(state: str) -> None:
    text = compile_drawing(read_drawing(choosing().xml()))
    with pytest.raises(BadState):
        Run.load(text, state)


def test_a_cut_state_is_refused() -> None:
    story = Story(nested())
    story.done("a")
    stored = json.loads(story.state)
    for change in (
        {"tasks": stored["tasks"][1:]},
        {"tasks": []},
        {"blocks": [["x", False, []]]},
        {"tasks": [[-1, "unknown", 64]]},
        {"values": 3},
    ):
        with pytest.raises(BadState):
            Run.load(story.text, json.dumps(stored | change))


@pytest.mark.parametrize("text", ["", "{}", '{"format":1}', '{"format":9,"drawing":{}}', "null"])
def test_a_damaged_definition_is_refused(text: str) -> None:
    with pytest.raises(BadState):
        Run.start(text, {})


def test_the_definition_is_not_in_the_state() -> None:
    """What `dependencies.md` asks for: the definition once a version, a state of some kilobytes for each run."""
    names = [f"a{number}" for number in range(28)]
    sketch = people(*names)
    for node in names:
        sketch.attributes[node] = ("userTask", f'name="{"很长的名称" * 10}" p:role="unit.director"', "")
    sketch.chain("s", *names, "e")
    story = Story(sketch, {"amount": "1000000.00"})
    for name in names[:-1]:
        story.done(name)
    assert "很长的名称" not in story.state
    assert "unit.director" not in story.state
    assert len(story.state) < 4_096
    assert set(json.loads(story.state)) == {
        *("format", "mark", "values", "done", "end", "cancelled", "completed", "tasks", "blocks")
    }


def test_the_library_is_the_one_the_state_was_made_for() -> None:
    """The state is made of the library's task tree; another release is taken up only after reading its changes."""
    assert SpiffWorkflow.version.__version__ == "3.2.0"


def test_the_order_of_keys_does_not_matter_to_our_state() -> None:
    """It goes into a text column all the same; but nothing is lost where keys were sorted on the way."""
    story = Story(nested())
    story.done("a", "b")
    again = Run.load(story.text, json.dumps(json.loads(story.state), sort_keys=True))
    assert again.waiting == story.run.waiting
    assert again.states() == story.run.states()


def test_no_python_is_reached_where_the_library_would_run_it(tmp_path: object) -> None:
    """Conditions that slipped past reading are refused by the expressions, and scripts by our script engine."""
    story = Story(choosing())
    for condition in ("__import__('os')", "amount.__class__ == 1", "().__class__"):
        drawing = Drawing(
            "p",
            "P",
            (),
            (Node("s", "", "start"), Node("g", "", "exclusive"), Node("u", "", "user"), Node("e", "", "end")),
            (
                Flow("1", "s", "g"),
                Flow("2", "g", "u", condition),
                Flow("3", "g", "e", default=True),
                Flow("4", "u", "e"),
            ),
        )
        with pytest.raises(CannotAdvance) as refusal:
            Story(drawing, {"amount": 1})
        assert refusal.value.code == "condition"
    engine = story.run._workflow.script_engine
    (task,) = list(story.run._workflow.tasks.values())[:1]
    with pytest.raises(CannotAdvance):
        engine.execute(task, "import os")
    with pytest.raises(CannotAdvance):
        engine.call_service(task, operation_name="x")
    with pytest.raises(NotImplementedError):
        engine.environment.evaluate("1 + 1", {})


def test_runs_of_one_definition_do_not_disturb_each_other() -> None:
    """What is built from a definition is shared by all its runs, in all threads."""
    text = compile_drawing(read_drawing(nested().xml()))

    def run_through(number: int) -> tuple[int, str | None, list[str]]:
        run, visited = Run.start(text, {"number": number}), []
        run.advance()
        while not run.ended:
            place = run.waiting[-1] if number % 2 else run.waiting[0]
            visited.append(place.node)
            if place.kind == "deadline":
                run.fire(place.id)
            else:
                run.complete(place.id, {})
            run.advance()
            run = Run.load(text, run.save())
        return int(str(run.values["number"])), run.end_node, visited

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(run_through, range(60)))
    assert [number for number, _end, _visited in found] == list(range(60))
    assert {end for _number, end, _visited in found} == {"e"}
    ways = {True: ["a", "b", "c", "d"], False: ["a", "due", "late", "d"]}
    assert all(visited == ways[bool(number % 2)] for number, _end, visited in found)


def test_nothing_of_a_run_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    story = Story(nested(), {"secret": "hidden"})
    story.done("a", "b", "c", "d")
    assert caplog.records == []
