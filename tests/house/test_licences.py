"""Licences and dependencies: each has one we accept, stands in the notices and has a reason."""

import re
import tomllib

import pytest
from packaging.requirements import Requirement

from tests.house.notices import ALLOWED, NOTICES, ROOT, Part, bundled_parts, licences, python_parts

PARTS = [*python_parts(), *bundled_parts()]
PROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_each_licence_is_one_we_accept(part: Part) -> None:
    assert part.licence, f"{part.name} states no licence"
    assert licences(part.licence) <= ALLOWED, f"{part.name}: {part.licence}"


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_each_stands_in_the_notices(part: Part) -> None:
    lines = NOTICES.read_text(encoding="utf-8").splitlines()
    assert [part.name, part.licence] in [line.split(maxsplit=1) for line in lines], (
        "run `python -m tests.house.notices`"
    )


def test_the_notices_name_nothing_we_no_longer_use() -> None:
    table = NOTICES.read_text(encoding="utf-8").split("-" * 78)[0]
    named = {line.split()[0] for line in table.splitlines() if re.match(r"\S+\s{2,}\S", line)}
    assert named == {part.name for part in PARTS}


def test_bundled_parts_come_with_their_texts() -> None:
    texts = NOTICES.read_text(encoding="utf-8").split("-" * 78)[1:]
    assert len(texts) == len(list(bundled_parts()))
    assert not [text.split()[0] for text in texts if len(text.split()) < 12]


def test_each_dependency_has_its_reason() -> None:
    """One line of reason beside every dependency we run on."""
    declared = tomllib.loads(PROJECT)["project"]["dependencies"]
    bare = [
        line
        for dependency in declared
        for line in PROJECT.splitlines()
        if line.strip().startswith(f'"{dependency}"') and not re.search(r"#\s*\S+ \S+", line)
    ]
    assert not bare


def test_pins_answer_the_declared_dependencies() -> None:
    """A dependency that is declared but not compiled would install unpinned."""
    pinned = {
        Requirement(line.split(" \\")[0]).name.lower()
        for line in (ROOT / "requirements/run.txt").read_text(encoding="utf-8").splitlines()
        if re.match(r"[A-Za-z0-9]", line)
    }
    declared = {Requirement(each).name.lower() for each in tomllib.loads(PROJECT)["project"]["dependencies"]}
    assert declared <= pinned


def test_every_pin_has_a_hash() -> None:
    for name in ("run.txt", "dev.txt"):
        pins = re.split(r"\n(?=[A-Za-z0-9])", (ROOT / "requirements" / name).read_text(encoding="utf-8"))
        assert not [pin.split()[0] for pin in pins if "==" in pin and "--hash=sha256:" not in pin]
