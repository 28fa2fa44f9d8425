"""Everything the engine refuses has a sentence in both languages, and says at which cell of the step table."""

import json

import pytest
from django.utils import translation

from panshi.engines.process import (
    ADVANCE_CODES,
    COMPLETE_CODES,
    PROBLEM_CODES,
    SEND_BACK_CODES,
    STATE_CODES,
    Problem,
    ProcessRefusal,
)
from panshi.workflow.defining import define
from panshi.workflow.wording import DRAWING, KINDS, RUNNING, drawing_words, engine_words

PARAMS = dict.fromkeys(("action", "name", "language", "flow", "kind", "most", "id", "reason"), "x")
RUN_CODES = ADVANCE_CODES | COMPLETE_CODES | SEND_BACK_CODES | STATE_CODES


def test_every_code_has_words() -> None:
    assert PROBLEM_CODES - {"condition.bad"} <= set(DRAWING)
    assert set(RUNNING) == RUN_CODES


@pytest.mark.parametrize("code", sorted(PROBLEM_CODES))
def test_every_problem_is_a_sentence_in_both_languages(code: str) -> None:
    problem = Problem("a", "甲", code, PARAMS)
    with translation.override("zh-hans"):
        chinese = drawing_words(problem)
    with translation.override("en"):
        english = drawing_words(problem)
    assert code not in chinese
    assert english.isascii() or "“" in english
    assert english != chinese


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_elements_are_named_in_words_with_their_tag(kind: str) -> None:
    problem = Problem("a", "甲", "event_unsupported" if "Event" in kind else "unsupported", {"kind": kind})
    with translation.override("zh-hans"):
        assert drawing_words(problem).endswith(f"({kind})。" if kind else "没有内容的事件。")
    with translation.override("en"):
        assert drawing_words(problem).isascii()


def test_a_broken_file_is_told_by_line() -> None:
    words = drawing_words(Problem("", "", "file.not_xml", {"line": "2", "column": "27"}))
    assert words == "文件不是完整的 XML：第 2 行第 27 个字符起读不下去。"


def test_settings_are_called_as_the_editor_calls_them() -> None:
    step = {"id": "a", "name": "甲", "who": "applicant.superior", "sign": "most", "days": "x"}
    found = define(
        process="x", name="x", source="steps", steps=json.dumps({"steps": [step]}), drawing="", form="[]"
    )
    assert [each.message for each in found.problems] == ["“会签”不能是“most”。", "“工作日”应为整数。"]


@pytest.mark.parametrize(
    "reason", ["too_long", "round_places", "unknown_name", "bad_number", "never_heard_of"]
)
def test_a_condition_is_worded_even_when_its_refusal_brought_nothing(reason: str) -> None:
    words = drawing_words(Problem("a", "甲", "condition.bad", {"reason": reason}))
    assert words.startswith("条件有误：")
    assert "{" not in words


@pytest.mark.parametrize("code", sorted(RUN_CODES))
def test_every_stop_is_a_sentence_in_both_languages(code: str) -> None:
    with translation.override("zh-hans"):
        chinese = engine_words(ProcessRefusal(code, node="甲"))
    with translation.override("en"):
        english = engine_words(ProcessRefusal(code, node="A"))
    assert chinese.startswith("流程无法继续：")
    assert english.isascii()


def problems(**row: object) -> list[tuple[str, str]]:
    step = {"id": "a", "name": "甲", "who": "applicant.superior", **row}
    found = define(
        process="x",
        name="x",
        source="steps",
        steps=json.dumps({"steps": [step]}),
        drawing="",
        form="[]",
    )
    return [(each.element, each.field) for each in found.problems]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("row", "element", "field"),
    [
        ({"name": ""}, "a", "name"),
        ({"who": "nobody"}, "a", "who"),
        ({"who": ""}, "lane.1", "who"),
        ({"condition": "nothing > 1"}, "flow.2", "condition"),
        ({"sign": "percent", "percent": 0}, "a", "percent"),
        ({"sign": "most"}, "a", "sign"),
        ({"days": "x"}, "a", "days"),
        ({"overdue": "x"}, "a", "overdue"),
        ({"kind": "action", "action": "fly"}, "a", "action"),
        ({"settings": {"fields": "amount:edit"}}, "a", "fields"),
        ({"settings": {"comment": "maybe"}}, "a", "comment"),
    ],
)
def test_a_problem_names_its_cell(row: dict[str, object], element: str, field: str) -> None:
    assert (element, field) in problems(**row)
