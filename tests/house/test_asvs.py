"""The security checklist names tests that exist, and leaves no requirement of level 1 out."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "docs/security/asvs.md").read_text(encoding="utf-8").splitlines()
    if re.match(r"\| \d+\.\d+\.\d+ ", line)
]
CHAPTERS = {1: 8, 2: 4, 3: 8, 4: 2, 5: 4, 6: 13, 7: 6, 8: 4, 9: 4, 10: 5, 11: 3, 12: 3, 13: 1, 14: 2, 15: 3}
"""How many requirements of level 1 each chapter of ASVS 5.0.0 has."""


def test_every_requirement_is_answered_once() -> None:
    numbers = [row[0] for row in ROWS]
    assert len(numbers) == len(set(numbers))
    counted = {chapter: sum(int(each.split(".")[0]) == chapter for each in numbers) for chapter in CHAPTERS}
    assert counted == CHAPTERS
    assert {row[1] for row in ROWS} <= {"yes", "partly", "operator", "n/a"}


def test_every_named_test_exists() -> None:
    gone = []
    for row in ROWS:
        for file, name in re.findall(r"`(tests/[\w/]+\.py)::(\w*)`", row[3]):
            path = ROOT / file
            if not path.exists() or (name and f"def {name}(" not in path.read_text(encoding="utf-8")):
                gone.append(f"{row[0]}: {file}::{name}")
    assert not gone


def test_what_is_met_is_explained() -> None:
    assert not [row[0] for row in ROWS if len(row[2]) < 4]
