"""`panshi schedule` on published instances, on hand-made plans, on files nobody should send, and interrupted."""

import json
import os
import re
import signal
import subprocess
import sys
import tarfile
import time
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from panshi.cli.main import main

PSPLIB = Path(__file__).parents[1] / "data" / "psplib"
KEYS = ["makespan", "activities", "critical_path", "lower_bound", "gap"]
ACTIVITY_KEYS = [
    *("id", "name", "early_start", "early_finish", "late_start", "late_finish", "total_float", "free_float"),
    *("critical", "scheduled_start", "scheduled_finish"),
]
TENDER = """编号,名称,工期,前置活动,上级,里程碑,开始,期限,乐观,最可能,悲观,资源
1,投标,,,,,2026-03-02,,,,,
2,分析,3d,,1,,,,2d,3d,5d,张工
3,踏勘,2d,,1,,,,1d,2d,4d,张工
4,方案,4d,"2,3",1,,,,3d,4d,8d,李工
5,递交,0d,4,1,是,,,,,,
"""


@pytest.fixture(scope="module")
def j301_1(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """PSPLIB J30 1_1: critical path 38, optimal makespan 43."""
    target = tmp_path_factory.mktemp("psplib") / "j301_1.sm"
    with tarfile.open(PSPLIB / "j30.sm.tar.xz") as archive:
        content = archive.extractfile("j30.sm/j301_1.sm")
        assert content is not None
        target.write_bytes(content.read())
    return target


@pytest.fixture
def tender(tmp_path: Path) -> Path:
    target = tmp_path / "tender.csv"
    target.write_text(TENDER, encoding="utf-8")
    return target


def answer(capsys: pytest.CaptureFixture[str], *words: object) -> dict[str, Any]:
    assert main(["schedule", *map(str, words), "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def refused(capsys: pytest.CaptureFixture[str], *words: object) -> str:
    """The message of a call that must fail with exit code 2 and print nothing else."""
    assert main(["schedule", *map(str, words)]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "Traceback" not in printed.err
    return printed.err


def test_a_psplib_instance_keeps_its_job_numbers_and_periods(
    capsys: pytest.CaptureFixture[str], j301_1: Path
) -> None:
    found = answer(capsys, j301_1)
    assert list(found) == KEYS
    assert all(list(row) == ACTIVITY_KEYS for row in found["activities"])
    assert [row["id"] for row in found["activities"]] == list(range(1, 33))
    assert (found["makespan"], found["lower_bound"], found["gap"]) == (38, 38, 0)
    assert found["critical_path"][0] == 1
    assert found["critical_path"][-1] == 32
    rows = {row["id"]: row for row in found["activities"]}
    for before, after in zip(found["critical_path"], found["critical_path"][1:], strict=False):
        assert rows[before]["early_finish"] == rows[after]["early_start"]
        assert rows[before]["critical"]
    for row in rows.values():
        assert row["late_start"] - row["early_start"] == row["total_float"] >= row["free_float"] >= 0
        assert row["scheduled_start"] == row["early_start"]


def test_levelling_reaches_the_published_optimum_and_respects_the_resources(
    capsys: pytest.CaptureFixture[str], j301_1: Path
) -> None:
    found = answer(capsys, j301_1, "--level", "--seconds", 60, "--workers", 2, "--seed", 3)
    assert (found["makespan"], found["lower_bound"], found["gap"]) == (43, 43, 0)
    assert max(row["scheduled_finish"] for row in found["activities"]) == 43
    lines = j301_1.read_text().splitlines()
    first = next(k for k, line in enumerate(lines) if line.startswith("REQUESTS")) + 3
    needs = [[int(word) for word in line.split()] for line in lines[first : first + 32]]
    limits = [12, 13, 4, 12]
    for period in range(43):
        running = [row["scheduled_start"] <= period < row["scheduled_finish"] for row in found["activities"]]
        used = [sum(need[3 + r] for need, runs in zip(needs, running, strict=True) if runs) for r in range(4)]
        assert all(u <= limit for u, limit in zip(used, limits, strict=True))


def test_a_dated_plan_is_levelled_on_its_calendar(capsys: pytest.CaptureFixture[str], tender: Path) -> None:
    free = answer(capsys, tender)
    assert free["makespan"] == "2026-03-10T17:00:00"
    rows = {row["name"]: row for row in free["activities"]}
    assert rows["踏勘"]["total_float"] == "PT8H"
    assert rows["踏勘"]["scheduled_start"] == "2026-03-02T08:00:00"
    levelled = answer(capsys, tender, "--level", "--seconds", 5)
    # 张工 needs 5 days for both, then 4 days follow: Monday to Thursday of the next week.
    assert levelled["makespan"] == levelled["lower_bound"] == "2026-03-12T17:00:00"
    rows = {row["name"]: row for row in levelled["activities"]}
    one, two = sorted((rows[n]["scheduled_start"], rows[n]["scheduled_finish"]) for n in ("分析", "踏勘"))
    assert one[1] <= two[0]
    assert rows["投标"]["scheduled_finish"] == "2026-03-12T17:00:00"
    assert rows["踏勘"]["early_start"] == "2026-03-02T08:00:00"


def test_monte_carlo_is_seeded_and_ordered(capsys: pytest.CaptureFixture[str], tender: Path) -> None:
    words = (tender, "--monte-carlo", 2000, "--seed", 7)
    found = answer(capsys, *words)
    assert list(found) == [*KEYS, "monte_carlo"]
    risk = found["monte_carlo"]
    assert risk == answer(capsys, *words)["monte_carlo"]
    assert risk["runs"] == 2000
    assert risk["p10"] < risk["p50"] < risk["p80"] < risk["p90"]
    # Estimates that lean to the late side: the plan's own date is kept in less than half of the runs.
    assert 0 < risk["probability_of_plan"] < 0.5
    criticality = {row["id"]: row["criticality"] for row in risk["activities"]}
    assert max(criticality.values()) == 1
    assert 0 < min(c for i, c in criticality.items() if str(i) in "23") < 0.5


def test_text_lists_every_activity_and_the_figures(capsys: pytest.CaptureFixture[str], tender: Path) -> None:
    assert main(["schedule", str(tender), "--level", "--seconds", "5", "--monte-carlo", "100"]) == 0
    text = capsys.readouterr().out
    for word in (
        "分析",
        "踏勘",
        "critical",
        "Critical path",
        "Lower bound",
        "Gap",
        "Monte Carlo",
        "2026-03-12 17:00",
    ):
        assert word in text


class Page(HTMLParser):
    """Tags, attributes and text of a page as a browser's parser sees them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_is_self_contained_and_hostile_names_stay_text(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    plan, out = tmp_path / "<b>x&'.csv", tmp_path / "page.html"
    evil = '</text></svg><script>alert(1)</script><img src=x onerror="alert(2)">'
    quoted = evil.replace('"', '""')
    plan.write_text(TENDER.replace("分析", f'"{quoted}"').replace("张工", "<i>&"), encoding="utf-8")
    words = ["schedule", str(plan), "--level", "--seconds", "5", "--monte-carlo", "200", "--html", str(out)]
    assert main(words) == 0
    text = out.read_text(encoding="utf-8")
    page = Page(text)
    assert not {"script", "img", "link", "iframe", "object", "b", "i"} & set(page.tags)
    assert not [name for name, _ in page.attributes if name.startswith("on") or name in ("src", "href")]
    assert "url(" not in text
    assert "http://" not in text
    assert evil in page.text
    assert page.tags.count("svg") >= 2
    for svg in text.split("<svg")[1:]:
        ET.fromstring("<svg" + svg.split("</svg>")[0] + "</svg>")
    for words_shown in ("关键活动 Critical", "总浮动 Total float", "里程碑 Milestone", "汇总 Summary", "P80"):
        assert words_shown in page.text
    assert "@page{size:A3 landscape" in text
    assert "prefers-color-scheme:dark" in text
    assert set(tmp_path.iterdir()) == {plan, out}


def test_a_long_plan_is_cut_into_sheets_for_paper(tmp_path: Path) -> None:
    plan, out = tmp_path / "long.csv", tmp_path / "long.html"
    rows = ["编号,名称,工期,前置活动"] + [f"{i},活动 {i},2,{i - 1 if i > 1 else ''}" for i in range(1, 101)]
    plan.write_text("\n".join(rows), encoding="utf-8")
    assert main(["schedule", str(plan), "--html", str(out)]) == 0
    text = out.read_text(encoding="utf-8")
    assert text.count('<figure class="sheet">') == 3
    assert text.count('class="bar critical"') == 100 + 1  # and one in the legend


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("no.sm", b"nothing", "PSPLIB"),
        ("cut.xml", b"<?xml version='1.0'?><Project><Tasks><Task>", "not a readable"),
        ("other.xml", b"<html/>", "not a readable"),
        (
            "bomb.xml",
            b'<!DOCTYPE b [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><Project>&b;</Project>',
            "not a readable",
        ),
        ("circle.csv", "编号,名称,工期,前置活动\n1,甲,1,2\n2,乙,1,1\n".encode(), "circle"),
        ("self.csv", "编号,名称,工期,前置活动\n1,甲,1,1\n".encode(), "itself"),
        ("minus.csv", "编号,名称,工期\n1,甲,-3\n".encode(), "-3"),
        ("empty.csv", b"", "not a readable"),
    ],
)
def test_broken_files_are_refused_in_plain_words(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    target, out = tmp_path / name, tmp_path / "out.html"
    target.write_bytes(content)
    assert said in refused(capsys, target, "--html", out)
    assert not out.exists()


def test_missing_files_and_unwritable_places_are_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, tender: Path
) -> None:
    assert "No such file" in refused(capsys, tmp_path / "none.sm")
    nowhere = tmp_path / "none" / "out.html"
    assert f"{nowhere}: No such file" in refused(capsys, tender, "--html", nowhere)
    (tmp_path / "folder").mkdir()
    assert f"{tmp_path / 'folder'}: Is a directory" in refused(capsys, tender, "--html", tmp_path / "folder")
    assert sorted(os.listdir(tmp_path)) == ["folder", "tender.csv"]
    for words in (
        ["--seconds", "0"],
        ["--seconds", "nan"],
        ["--workers", "0"],
        ["--workers", "100000"],
        ["--monte-carlo", "10000000000"],
        ["--seed", "-1"],
        ["--monte-carlo", "x"],
    ):
        with pytest.raises(SystemExit) as stopped:
            main(["schedule", str(tender), "--level", *words])
        assert stopped.value.code == 2


def test_a_resource_without_capacity_is_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, j301_1: Path
) -> None:
    poor = tmp_path / "poor.sm"
    lines = j301_1.read_text().splitlines()
    at = next(k for k, line in enumerate(lines) if line.startswith("RESOURCEAVAIL")) + 2
    lines[at] = "   12    0    4   12"
    poor.write_text("\n".join(lines))
    assert "R2, which has no capacity" in refused(capsys, poor, "--level")
    lines[at] = "   12    3    4   12"
    poor.write_text("\n".join(lines))
    assert "R2, which has only 3" in refused(capsys, poor, "--level")
    # Without levelling the resources do not matter.
    assert answer(capsys, poor)["makespan"] == 38


def test_interrupted_levelling_gives_the_best_schedule_so_far(tmp_path: Path) -> None:
    with tarfile.open(PSPLIB / "j120.sm.tar.xz") as archive:
        content = archive.extractfile("j120.sm/j12031_1.sm")
        assert content is not None
        (tmp_path / "hard.sm").write_bytes(content.read())
    out = tmp_path / "hard.html"
    words = ["schedule", str(tmp_path / "hard.sm"), "--level", "--seconds", "600", "--html", str(out)]
    with subprocess.Popen(
        [sys.executable, "-m", "panshi.cli.main", *words],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        _wait_for_solver(process.pid)
        process.send_signal(signal.SIGINT)
        printed, complaints = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "best schedule found until then" in complaints
    assert "122 activities" in printed
    assert out.read_text(encoding="utf-8").endswith("</html>\n")
    assert sorted(os.listdir(tmp_path)) == ["hard.html", "hard.sm"]


def _wait_for_solver(pid: int) -> None:
    """Until the solver is loaded, which is when levelling is well under way."""
    for _ in range(600):
        maps = Path(f"/proc/{pid}/maps")
        if maps.exists() and "ortools" in maps.read_text():
            return
        time.sleep(0.1)
    pytest.fail("levelling never began")


def test_percentiles_point_from_the_curve_to_their_labels(tmp_path: Path) -> None:
    plan, out = tmp_path / "weeks.csv", tmp_path / "weeks.html"
    plan.write_text("编号,工期,乐观,最可能,悲观\nA,4,2,4,9\n", encoding="utf-8")
    assert main(["schedule", str(plan), "--monte-carlo", "500", "--html", str(out)]) == 0
    text = out.read_text(encoding="utf-8")
    shown = re.search(r"<dt>P80</dt><dd>([\d.]+)</dd>", text)
    assert shown is not None
    assert f">P80 {shown[1]}</text>" in text, "the head of the page and the chart say the same, unrounded"
    panel = text.split('class="risk"')[1]
    marks = re.findall(
        r'd="M([\d.]+) [\d.]+V[\d.]+L([\d.]+) [\d.]+"/><circle class="curve" cx="([\d.]+)"', panel
    )
    places = [float(mark[0]) for mark in marks]
    labels = [mark[1] for mark in marks]
    assert places == sorted(places)
    assert places == [float(mark[2]) for mark in marks]
    assert re.findall(r'x="([\d.]+)" y="[\d.]+">P\d+ ', panel) == labels
