"""Work processes are killed without warning; nothing is lost and nothing is done twice."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

HOUSE = Path(__file__).with_name("house_at_work.py")
POSTGRESQL = os.environ.get("DATABASE_URL", "")

Run = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.services)])
def surroundings(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, str]]:
    """The environment of a house with an empty database; tests leave its tables empty again."""
    data = tmp_path_factory.mktemp("house")
    environment = os.environ | {"PANSHI_DATA": str(data), "PANSHI_AUDIT_KEY": "tests", "REDIS_URL": ""}
    environment["PYTHONPATH"] = str(HOUSE.parent.parent.parent)
    environment.pop("DATABASE_URL", None)
    if request.param == "postgresql":
        if not POSTGRESQL.startswith("postgres"):
            pytest.skip("DATABASE_URL names no PostgreSQL")
        name = f"panshi_killed_{os.getpid()}"
        environment["DATABASE_URL"] = f"{POSTGRESQL.rpartition('/')[0]}/{name}"
        with psycopg.connect(POSTGRESQL, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")  # type: ignore[call-overload]
    subprocess.run([sys.executable, str(HOUSE), "prepare"], env=environment, check=True)
    yield environment
    if request.param == "postgresql":
        with psycopg.connect(POSTGRESQL, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[call-overload]


@pytest.fixture
def house(surroundings: dict[str, str]) -> Iterator[Run]:
    """Starts the house's processes; afterwards kills what is left of them and empties the tables."""
    processes: list[subprocess.Popen[str]] = []

    def run(*words: str) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, str(HOUSE), *words], env=surroundings, stdout=subprocess.PIPE, text=True
        )
        processes.append(process)
        return process

    yield run
    for process in processes:
        process.kill()
        process.communicate()
    run("empty").wait()


def _state(house: Run, *words: str) -> dict[str, Any]:
    output, _ = house(*(words or ("tell",))).communicate(timeout=150)
    state: dict[str, Any] = json.loads(output)
    return state


def _read(process: "subprocess.Popen[str]", lines: int) -> None:
    """Wait until so many jobs were started."""
    assert process.stdout is not None
    for _ in range(lines):
        assert process.stdout.readline()


def test_killed_processes_lose_nothing_and_double_nothing(house: Run) -> None:
    assert house("ask", "10", "0.6").wait(60) == 0
    for lines, pause in ((1, 0.0), (4, 0.3), (3, 0.65)):
        worker = house("work")
        _read(worker, lines)
        time.sleep(pause)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    house("work"), house("work")
    state = _state(house, "settle", "120")
    assert state["states"] == ["done"] * 10
    assert state["series"] == {f"job {number}": 2 for number in range(10)}
    assert state["attempts"] >= 13, "every kill hit a job"
    assert (state["sealed"], state["unsealed"], state["findings"]) == (10, 0, 0)


def test_two_work_processes_ask_once_for_a_due_job(house: Run) -> None:
    assert house("fall_due").wait(60) == 0
    house("work"), house("work")
    state = _state(house, "settle_clock", "60")
    assert (state["clock"], list(state["series"].values())) == (1, [2])


def test_a_polite_stop_puts_the_running_job_back(house: Run) -> None:
    house("ask", "1", "30").wait(60)
    worker = house("work")
    _read(worker, 1)
    worker.terminate()
    assert worker.wait(30) == 0
    state = _state(house)
    assert (state["states"], state["series"]) == (["waiting"], {})
