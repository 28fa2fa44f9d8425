"""PSPLIB: every published instance gives the critical-path length its own file states; broken files are refused."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from panshi.calc.scheduling.cpm import schedule
from panshi.engines.plans.errors import CannotReadPlan
from panshi.engines.plans.psplib import read_psplib

DATA = Path(__file__).parents[1] / "data" / "psplib"


def instances(name: str) -> dict[str, bytes]:
    with tarfile.open(DATA / f"{name}.sm.tar.xz") as archive:
        members = [m for m in archive if m.name.endswith(".sm") and m.isfile()]
        return {Path(m.name).stem: archive.extractfile(m).read() for m in members}  # type: ignore[union-attr]


@pytest.mark.parametrize(("name", "count", "jobs"), [("j30", 480, 32), ("j60", 480, 62), ("j120", 600, 122)])
def test_every_instance_gives_its_own_critical_path_length(name: str, count: int, jobs: int) -> None:
    files = instances(name)
    assert len(files) == count
    for instance, raw in files.items():
        read = read_psplib(raw)
        found = schedule(read.plan)
        assert len(read.plan.activities) == jobs, instance
        assert found.end == read.mpm_time, instance
        assert (found.total_float >= found.free_float).all(), instance


def test_jobs_resources_and_requests_are_read() -> None:
    read = read_psplib(instances("j30")["j301_1"], "j301_1")
    plan = read.plan
    assert plan.name == "j301_1"
    assert [a.id for a in plan.activities] == list(range(1, 33))
    assert [r.capacity for r in plan.resources] == [12, 13, 4, 12]
    assert [a.units for a in plan.assignments if a.activity == 2] == [4]
    assert {link.successor for link in plan.links if link.predecessor == 1} == {2, 3, 4}
    assert read.horizon == 158


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (lambda text: text[: len(text) // 2], "missing|announces"),
        (lambda text: text.replace(b"   2        1 ", b"   2        3 "), "modes"),
        (lambda text: text.replace(b"   2        1          3", b"   2        1          9"), "successors"),
        (lambda text: b"\xff\xfe" + text, "plain text"),
        (lambda text: b"", "missing"),
        (lambda text: b"PK\x03\x04 not at all", "missing"),
    ],
)
def test_a_broken_file_is_refused_with_its_reason(damage, why: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(CannotReadPlan, match=why):
        read_psplib(damage(instances("j30")["j301_1"]))
