"""Reading BPMN files: of many tools, with every kind of mistake, and with bad intent."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from panshi.engines import process
from panshi.engines.expressions import Kind
from panshi.engines.process import (
    PROBLEM_CODES,
    BadDrawing,
    Drawing,
    Duration,
    Node,
    compile_drawing,
    read_drawing,
)
from tests.engines.bpmn_sketch import HEAD, Sketch

FILES = Path(__file__).parent.parent / "data" / "bpmn"
EXPECTED = json.loads((FILES / "expected.json").read_text(encoding="utf-8"))
NAMES = {"amount", "days", "people", "money", "outcome"}
ACTIONS = {"remind", "record", "a"}


def words(node: Node) -> str:
    """A node in one line, as expected.json writes it."""
    user = [node.role, node.settings.get("sign", "")] if node.kind == "user" else []
    rest = [node.settings.get("percent", ""), f"in {node.parent}" if node.parent else ""]
    rest += [
        f"on {node.attached_to}" if node.attached_to else "",
        repr(node.duration) if node.duration else "",
    ]
    return " ".join(word for word in (node.kind, *user, *rest) if word)


def problems(xml: bytes, **given: Any) -> list[str]:
    """`code element` of each problem."""
    with pytest.raises(BadDrawing) as refusal:
        read_drawing(xml, **given)
    return [f"{problem.code} {problem.element}".strip() for problem in refusal.value.problems]


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_files_of_many_tools(name: str) -> None:
    expected, xml = EXPECTED[name], (FILES / name).read_bytes()
    if "problems" in expected:
        assert problems(xml, names=NAMES, actions=ACTIONS) == expected["problems"]
        return
    drawing = read_drawing(xml, names=NAMES, actions=ACTIONS)
    assert (drawing.key, drawing.name) == (expected["key"], expected["name"])
    assert sorted(drawing.names) == expected["names"]
    assert {node.id: words(node) for node in drawing.nodes} == expected["nodes"]
    compile_drawing(drawing)


def test_every_file_is_expected() -> None:
    assert sorted(EXPECTED) == sorted(path.name for path in FILES.glob("*.bpmn"))


def straight() -> Sketch:
    sketch = Sketch()
    sketch.node("start", "s")
    sketch.node("user", "a")
    sketch.node("end", "e")
    return sketch


def test_a_second_start_is_refused() -> None:
    sketch = straight()
    sketch.node("start", "s2")
    sketch.chain("s", "a", "e")
    sketch.arrow("s2", "a")
    assert problems(sketch.xml()) == ["start.several s2"]


def test_start_and_end_must_be_there() -> None:
    sketch = Sketch()
    sketch.node("user", "a")
    sketch.node("user", "b")
    sketch.chain("a", "b", "a")
    assert problems(sketch.xml()) == ["start.missing p", "end.missing p"]


def test_a_subprocess_needs_its_own_start_and_end() -> None:
    sketch = straight()
    sketch.node("subprocess", "sub")
    sketch.node("user", "inner", "sub")
    sketch.arrow("inner", "inner")
    sketch.chain("s", "sub", "a", "e")
    assert problems(sketch.xml()) == ["start.missing sub", "end.missing sub"]


def test_nodes_nobody_comes_to_and_nodes_nobody_leaves() -> None:
    sketch = straight()
    for node in ("island", "trap", "trap2"):
        sketch.node("user", node)
    sketch.node("exclusive", "g")
    sketch.chain("s", "a", "g", "e")
    sketch.arrow("g", "trap", "amount > 1")
    sketch.chain("trap", "trap2", "trap")
    sketch.arrow("island", "e")
    assert problems(sketch.xml()) == ["node.unreachable island", "node.no_end trap", "node.no_end trap2"]


def test_a_circle_without_people_is_refused() -> None:
    sketch = straight()
    sketch.node("exclusive", "g1")
    sketch.node("exclusive", "g2")
    sketch.chain("s", "a", "g1", "g2", "e")
    sketch.arrow("g2", "g1", "amount > 1")
    assert problems(sketch.xml()) == ["circle g1"]


def test_a_circle_through_a_subprocess_of_gateways_is_refused() -> None:
    sketch = straight()
    sketch.node("subprocess", "sub")
    sketch.node("start", "s1", "sub")
    sketch.node("end", "e1", "sub")
    sketch.node("exclusive", "g")
    sketch.chain("s1", "e1")
    sketch.chain("s", "a", "sub", "g", "e")
    sketch.arrow("g", "sub", "amount > 1")
    assert problems(sketch.xml()) == ["circle sub"]


def test_arrows_do_not_cross_the_edge_of_a_subprocess() -> None:
    sketch = straight()
    sketch.node("subprocess", "sub")
    sketch.node("start", "s1", "sub")
    sketch.node("user", "inner", "sub")
    sketch.node("end", "e1", "sub")
    sketch.chain("s1", "inner", "e1")
    sketch.chain("s", "a", "sub", "e")
    crossing = sketch.arrow("a", "inner")
    found = problems(sketch.xml())
    assert f"flow.crosses_subprocess {crossing}" in found


def test_a_parallel_gateway_behind_a_choice_would_wait_for_ever() -> None:
    sketch = straight()
    sketch.node("exclusive", "choice")
    sketch.node("user", "b")
    sketch.node("parallel", "join")
    sketch.chain("s", "choice", "a", "join", "e")
    sketch.arrow("choice", "b", "amount > 1")
    sketch.arrow("b", "join")
    assert problems(sketch.xml()) == ["gateway.waits_for_ever join"]


def test_a_deadline_that_leaves_a_branch_starves_the_join() -> None:
    sketch = straight()
    for kind, node in (("parallel", "fork"), ("user", "b"), ("parallel", "join"), ("end", "late")):
        sketch.node(kind, node)
    sketch.node("deadline", "d", attachedToRef="b")
    sketch.chain("s", "fork", "a", "join", "e")
    sketch.chain("fork", "b", "join")
    sketch.arrow("d", "late")
    assert problems(sketch.xml()) == ["gateway.waits_for_ever join"]


def test_subprocesses_are_nested_five_deep_at_most() -> None:
    sketch = straight()
    parent = ""
    for depth in range(7):
        node = sketch.node("subprocess", f"sub{depth}", parent)
        sketch.node("start", f"s{depth}", node)
        sketch.node("end", f"e{depth}", node)
        parent = node
    assert "subprocess.too_deep sub5" in problems(sketch.xml())


@pytest.mark.parametrize(
    ("written", "duration"),
    [
        ("P3D", Duration(seconds=3 * 86_400)),
        ("P1M", Duration(months=1)),
        ("P1Y2M", Duration(months=14)),
        ("P2W", Duration(seconds=14 * 86_400)),
        ("PT36H", Duration(seconds=36 * 3_600)),
        (" PT1H30M5S ", Duration(seconds=5_405)),
    ],
)
def test_iso_durations(written: str, duration: Duration) -> None:
    assert timer(written).node("t").duration == duration


def timer(written: str, **settings: str) -> Drawing:
    sketch = straight()
    inner = f"<timerEventDefinition><timeDuration>{written}</timeDuration></timerEventDefinition>"
    sketch.node("timer", "t", inner=inner, **settings)
    sketch.chain("s", "a", "t", "e")
    return read_drawing(sketch.xml())


@pytest.mark.parametrize(
    "written", ["", "P", "PT", "3D", "P-1D", "P0D", "P99999D", "P1.5D", "${days}", "P１D", "P1D" * 500]
)
def test_what_is_no_duration(written: str) -> None:
    with pytest.raises(BadDrawing) as refusal:
        timer(written)
    assert [problem.code for problem in refusal.value.problems] == ["timer.bad_duration"]


@pytest.mark.parametrize(
    ("days", "hours", "duration"),
    [
        ("3", "", Duration(work_days=3)),
        ("", "1.5", Duration(work_minutes=90)),
        ("1", "4", Duration(work_days=1, work_minutes=240)),
    ],
)
def test_working_time_comes_before_iso(days: str, hours: str, duration: Duration) -> None:
    given = {f"p_{name}": value for name, value in (("days", days), ("hours", hours)) if value}
    assert timer("P9D", **given).node("t").duration == duration


@pytest.mark.parametrize("days", ["0", "-1", "many", "99999", "1.5", "３"])
def test_what_is_no_number_of_working_days(days: str) -> None:
    with pytest.raises(BadDrawing):
        timer("P1D", p_days=days)


def test_declared_kinds_are_checked() -> None:
    sketch = straight()
    sketch.node("exclusive", "g")
    sketch.chain("s", "a", "g", "e")
    wrong = sketch.arrow("g", "a", "amount > 'many'")
    assert problems(sketch.xml(), names={"amount": Kind.MONEY}) == [f"condition.bad {wrong}"]


HOSTILE_CONDITIONS = [
    "__import__('os').system('true')",
    "(1).__class__.__mro__[1].__subclasses__()",
    "amount.__class__",
    "open('/etc/passwd')",
    "eval('1')",
    "lambda: 1",
    "9 ^ 9 ^ 9 ^ 9 > 1",
    "sum([1..100000000]) > 1",
    "len([1..99999999999]) > 1",
    "all([1..10000000], # > 0)",
    "(" * 5_000 + "1" + ")" * 5_000,
    "not " * 3_000 + "true",
    "amount > " + "9" * 5_000,
    "[" * 900,
    "amount; import os",
    "{{ amount }}",
    "exec('import os')",
    "amount if amount else __builtins__",
    "$root",
    "`${amount}`",
]


@pytest.mark.parametrize("condition", HOSTILE_CONDITIONS, ids=range(len(HOSTILE_CONDITIONS)))
def test_hostile_conditions_are_refused_when_the_file_is_read(condition: str) -> None:
    sketch = straight()
    sketch.node("exclusive", "g")
    sketch.chain("s", "a", "g", "e")
    flow = sketch.arrow("g", "a", condition)
    found = problems(sketch.xml(), names={"amount": Kind.NUMBER})
    assert found in ([f"condition.bad {flow}"], [f"condition.unknown_name {flow}"])


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY b{n} "{"&a;" * 10 if not n else f"&b{n - 1};" * 10}">' for n in range(9))
    + "]>"
)
HOSTILE_FILES = {
    "entities": (BOMB + HEAD + "<process id='&b8;'/></definitions>", "file.unsafe"),
    "external": ('<!DOCTYPE d SYSTEM "file:///etc/passwd"><d/>', "file.unsafe"),
    "external_entity": ('<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><d>&x;</d>', "file.unsafe"),
    "parameter": ('<!DOCTYPE d [<!ENTITY % x SYSTEM "http://127.0.0.1/x"> %x;]><d/>', "file.unsafe"),
    "deep": (HEAD + "<a>" * 100_000, "file.too_deep"),
    "wide": (HEAD + "<a/>" * 60_000 + "</definitions>", "file.too_large"),
    "large": (HEAD + " " * 2_100_000 + "</definitions>", "file.too_large"),
    "nodes": (
        HEAD
        + "<process id='p'>"
        + "".join(f"<task id='t{n}'/><endEvent id='e{n}'/>" for n in range(600))
        + "</process></definitions>",
        "file.too_many_nodes",
    ),
    "cut": (HEAD + "<process", "file.not_xml"),
    "empty": ("", "file.not_xml"),
    "text": ("hello", "file.not_xml"),
    "encoding": ('<?xml version="1.0" encoding="no-such"?><d/>', "file.not_xml"),
    "prefix": ("<bpmn:definitions/>", "file.not_xml"),
    "svg": ("<svg xmlns='http://www.w3.org/2000/svg'/>", "file.not_bpmn"),
    "other_bpmn": ("<definitions xmlns='urn:bpmn-1'/>", "file.not_bpmn"),
    "nothing": (HEAD + "</definitions>", "process.missing"),
    "hollow": (HEAD + "<process id='p'/></definitions>", "process.missing"),
}


@pytest.mark.parametrize("name", HOSTILE_FILES)
def test_hostile_and_broken_files_are_refused(name: str) -> None:
    text, code = HOSTILE_FILES[name]
    assert problems(text.encode())[0].split()[0] == code


def test_ids_and_names_are_held_to_what_tables_hold() -> None:
    """A longer id is refused by name; a longer name is cut, it is only words."""
    kept, long = "k" * 80, "i" * 81
    sketch = straight()
    sketch.node("user", kept, name="名" * 5_000)
    sketch.chain("s", "a", kept, "e")
    assert len(read_drawing(sketch.xml()).node(kept).name) == 120
    wrong = straight()
    wrong.node("user", long)
    wrong.chain("s", "a", long, "e")
    assert problems(wrong.xml())[0] == f"id.too_long {long}"


def test_a_broken_file_says_where() -> None:
    with pytest.raises(BadDrawing) as refusal:
        read_drawing((HEAD + "\n<process id='p'><task id=7/></process></definitions>").encode())
    (problem,) = refusal.value.problems
    assert (problem.code, problem.params) == ("file.not_xml", {"line": "2", "column": "26"})


@pytest.mark.parametrize("reference", ["&#0;", "&#x1;", "&#xD800;", "&#xFFFF;"])
def test_characters_that_are_none_are_refused(reference: str) -> None:
    text = HEAD + f"<process id='p' name='{reference}'/></definitions>"
    assert problems(text.encode()) == ["file.not_xml"]


def test_mazes_are_judged_without_playing_every_course() -> None:
    """Twelve gateways with twelve ways each and a join: 2 ** 144 courses, of which only so many are played."""
    sketch = Sketch()
    sketch.node("start", "s")
    sketch.node("end", "e")
    last = "s"
    for level in range(12):
        opening = sketch.node("inclusive", f"open{level}")
        closing = sketch.node("inclusive", f"close{level}")
        sketch.arrow(last, opening)
        for way in range(12):
            task = sketch.node("user", f"task{level}_{way}")
            sketch.arrow(opening, task, "amount > 1" if way else "")
            sketch.arrow(task, closing)
        last = closing
    sketch.node("parallel", "fork")
    sketch.node("parallel", "join")
    sketch.chain(last, "fork", "join", "e")
    sketch.arrow("fork", "join")
    assert len(read_drawing(sketch.xml(), names={"amount": Kind.NUMBER}).nodes) == 172


def test_binary_is_refused() -> None:
    assert problems(b"\x00\x01PK\x03\x04" * 50)[0].startswith("file.not_xml")


def test_extensions_do_nothing() -> None:
    extra = (
        '<extensionElements><x:script xmlns:x="urn:x" onload="import os">import os</x:script>'
        '<x:setting xmlns:x="urn:other" name="kind" value="script"/><script>import os</script></extensionElements>'
    )
    sketch = straight()
    sketch.node("user", "b", inner=extra)
    sketch.chain("s", "a", "b", "e")
    drawing = read_drawing(sketch.xml(extra))
    assert drawing.node("b").settings == {"role": "somebody", "sign": "single"}
    assert drawing.settings == {}


def test_our_settings_are_read_from_attributes_and_extensions() -> None:
    inner = (
        '<extensionElements><p:setting name="fields" value="amount:edit"/>'
        '<p:setting name="note">两行\n文字</p:setting></extensionElements>'
    )
    sketch = straight()
    sketch.node("user", "b", inner=inner, p_comment="always")
    sketch.chain("s", "a", "b", "e")
    assert read_drawing(sketch.xml()).node("b").settings == {
        "role": "somebody",
        "comment": "always",
        "fields": "amount:edit",
        "note": "两行\n文字",
        "sign": "single",
    }


def test_every_code_is_listed() -> None:
    """Whoever words the problems tests against this list."""
    folder = Path(process.__file__).parent
    source = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py") if path.stem != "codes")
    pattern = r'_problem\(\s*\w+,\s*"([a-z_.]+)"|blame\(\w+, "([a-z_.]+)"|Problem\("", "", "([a-z_.]+)"'
    found = {code for codes in re.findall(pattern, source) for code in codes if code}
    assert len(found) > 25
    assert found <= PROBLEM_CODES
    assert {code for _text, code in HOSTILE_FILES.values()} <= PROBLEM_CODES
    expected = {line.split()[0] for each in EXPECTED.values() for line in each.get("problems", ())}
    assert expected <= PROBLEM_CODES
