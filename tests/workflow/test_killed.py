"""Killed between completing a task and its decision, a process leaves nothing lost and nothing twice."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

HOUSE = Path(__file__).with_name("house_deciding.py")
POSTGRESQL = os.environ.get("DATABASE_URL", "")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.services)])
def surroundings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of a house with a database of its own."""
    environment = os.environ | {"PANSHI_DATA": str(tmp_path), "PANSHI_AUDIT_KEY": "tests", "REDIS_URL": ""}
    environment["PYTHONPATH"] = str(HOUSE.parent.parent.parent)
    environment.pop("DATABASE_URL", None)
    if request.param == "postgresql":
        if not POSTGRESQL.startswith("postgres"):
            pytest.skip("DATABASE_URL names no PostgreSQL")
        name = f"panshi_deciding_{os.getpid()}"
        environment["DATABASE_URL"] = f"{POSTGRESQL.rpartition('/')[0]}/{name}"
        with psycopg.connect(POSTGRESQL, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")  # type: ignore[call-overload]
    yield environment
    if request.param == "postgresql":
        with psycopg.connect(POSTGRESQL, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[call-overload]


def _run(environment: dict[str, str], word: str) -> str:
    return subprocess.run(
        [sys.executable, str(HOUSE), word], env=environment, check=True, stdout=subprocess.PIPE, text=True
    ).stdout


def test_killed_while_deciding_the_task_is_still_open_and_is_decided_once(
    surroundings: dict[str, str],
) -> None:
    _run(surroundings, "prepare")
    before = json.loads(_run(surroundings, "tell"))
    for _round in range(2):
        process = subprocess.Popen(
            [sys.executable, str(HOUSE), "agree"],
            env=surroundings | {"PAUSE": "60"},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "deciding\n"
        time.sleep(0.2)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert json.loads(_run(surroundings, "tell")) == before
    assert before == {"state": "running", "open": 1, "approved": 0, "drawn": 0, "events": 0, "told": 0}
    _run(surroundings, "agree")
    after = json.loads(_run(surroundings, "tell"))
    assert after == {"state": "approved", "open": 0, "approved": 1, "drawn": 1, "events": 2, "told": 1}
