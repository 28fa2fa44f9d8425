"""Going back: through choices, loops and sub-processes, but never across parallel branches."""

import pytest

from panshi.engines.process import CannotSendBack
from tests.engines.bpmn_story import Story, choosing, looping, nested, parallel, people


def test_going_back_through_choices_and_out_of_loops() -> None:
    story = Story(choosing())
    story.done("a", amount=500)
    story.done("b")
    assert story.can_go_back("c") == ("b", "a")
    story.back("c", "a")
    assert story.at == ["a"]
    assert story.in_state("ahead") == {"g", "b", "c", "e"}
    story.done("a", amount=1)
    assert story.at == ["c"]
    assert story.cannot_go_back("c", "b") == "never_done"
    story.back("c", "a")
    story.done("a", amount=1)
    story.done("c")
    assert story.run.ended

    loop = Story(looping(), {"again": 1})
    loop.done("a", "b", "a")
    loop.done("b", again=0)
    assert loop.can_go_back("c") == ("b", "a")
    loop.back("c", "a")
    loop.done("a", "b", "c")
    assert loop.run.ended


def test_going_back_gives_a_new_place() -> None:
    story = Story(choosing())
    before = story.id("a")
    story.done("a", amount=1)
    story.back("c", "a")
    assert story.id("a") != before


def test_values_stay_when_going_back() -> None:
    story = Story(choosing())
    story.done("a", amount=1)
    story.back("c", "a")
    assert story.run.values == {"amount": 1}


def test_going_back_stays_in_its_branch() -> None:
    story = Story(parallel())
    story.done("a", "b")
    assert story.can_go_back("b2") == ("b",)
    assert story.cannot_go_back("b2", "a") == "parallel"
    assert story.cannot_go_back("b2", "c") == "never_done"
    other = story.id("c")
    story.back("b2", "b")
    assert story.at == ["b", "c"]
    assert story.id("c") == other
    story.done("c")
    assert story.cannot_go_back("b", "c") == "parallel"
    assert story.cannot_go_back("b", "a") == "parallel"
    story.done("b", "b2")
    assert story.can_go_back("d") == ("a",)
    for node in ("b", "b2", "c"):
        assert story.cannot_go_back("d", node) == "parallel"
    story.back("d", "a")
    assert story.at == ["a"]
    story.done("a", "c", "b", "b2", "d")
    assert story.run.ended


def test_going_back_into_and_out_of_a_subprocess() -> None:
    story = Story(nested())
    story.done("a", "b")
    assert story.can_go_back("c") == ("b", "a")
    story.back("c", "a")
    assert story.at == ["a"]
    story.done("a", "b", "c")
    assert story.can_go_back("d") == ("c", "b", "a")
    story.back("d", "b")
    assert story.at == ["b", "due"]
    assert story.in_state("current") == {"sub", "b"}
    story.done("b", "c")
    story.back("d", "c")
    story.due("due")
    assert story.at == ["late"]
    assert story.can_go_back("late") == ("a",)
    story.done("late")
    assert story.can_go_back("d") == ("late", "a")
    story.back("d", "late")
    story.done("late", "d")
    assert story.run.ended


def test_going_back_takes_the_reminder_of_the_task_along() -> None:
    sketch = people("a", "b", "chase")
    sketch.node("deadline", "due", attachedToRef="b", cancelActivity="false")
    sketch.node("end", "chased")
    sketch.chain("s", "a", "b", "e")
    sketch.chain("due", "chase", "chased")
    story = Story(sketch)
    story.done("a")
    story.due("due")
    assert story.at == ["b", "chase"]
    assert story.cannot_go_back("chase", "a") == "parallel"
    story.back("b", "a")
    assert story.at == ["a"]
    story.done("a")
    assert story.at == ["b", "due"]


def test_what_cannot_be_gone_back_to() -> None:
    story = Story(choosing())
    story.done("a", amount=500)
    for target, code in (
        ("nowhere", "unknown_node"),
        ("g", "not_a_user_task"),
        ("s", "not_a_user_task"),
        ("c", "never_done"),
        ("b", "never_done"),
    ):
        assert story.cannot_go_back("b", target) == code
    story.done("b", "c")
    with pytest.raises(CannotSendBack) as refusal:
        story.run.send_back("a", "x")
    assert refusal.value.code == "ended"
