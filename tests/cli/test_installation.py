"""An installation from the terminal: first start, secrets, administrator, verification, faults of the machine."""

import json
import os
import resource
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PASSWORD = "Granite-under-moss-7"
ADMINISTRATOR = {"PANSHI_ADMIN_USERNAME": "admin", "PANSHI_ADMIN_PASSWORD": PASSWORD}
Panshi = Callable[..., "subprocess.CompletedProcess[str]"]


def environment(**more: str) -> dict[str, str]:
    """The environment of a machine that knows nothing of Panshi."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PANSHI_", "DJANGO_"))}
    kept.pop("DATABASE_URL", None), kept.pop("REDIS_URL", None)
    return kept | {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"} | more


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory in which Panshi was prepared once."""
    home = tmp_path_factory.mktemp("installation")
    answer = subprocess.run(
        [sys.executable, "-m", "panshi.cli.main", "prepare"],
        cwd=home, env=environment(**ADMINISTRATOR), capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "Administrator admin is ready." in answer.stdout
    return home


@pytest.fixture
def home(prepared: Path, tmp_path: Path) -> Path:
    """A copy of the prepared installation."""
    for path in (".env", "var/panshi.sqlite3"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes((prepared / path).read_bytes())
    return tmp_path


@pytest.fixture
def panshi(home: Path) -> Panshi:
    """Runs the command there, with nobody at the terminal."""

    def run(*words: str, limit: int = 0, **more: str) -> "subprocess.CompletedProcess[str]":
        def narrow() -> None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

        return subprocess.run(
            [sys.executable, "-m", "panshi.cli.main", *words],
            cwd=home, env=environment(**more), capture_output=True, text=True, check=False,
            stdin=subprocess.DEVNULL, timeout=120, preexec_fn=narrow if limit else None,
        )  # fmt: skip

    return run


def test_the_first_start_makes_secrets_for_its_owner_only(prepared: Path) -> None:
    env = prepared / ".env"
    assert env.stat().st_mode & 0o777 == 0o600
    lines = dict(
        line.split("=", 1) for line in env.read_text("utf-8").splitlines() if line[:1] not in {"#", ""}
    )
    assert set(lines) == {"PANSHI_SECRET_KEY", "PANSHI_AUDIT_KEY"}
    assert all(len(value) >= 48 for value in lines.values())
    assert PASSWORD not in env.read_text("utf-8")


def test_lost_secrets_are_not_replaced(home: Path, panshi: Panshi) -> None:
    assert panshi("audit", "head").returncode == 0
    (home / ".env").unlink()
    answer = panshi("run")
    assert (answer.returncode, (home / ".env").exists()) == (1, False)
    assert "sealed with secrets that are missing now" in answer.stderr


def test_no_administrator_and_nobody_to_ask_ends_in_words(home: Path, panshi: Panshi) -> None:
    with closing(sqlite3.connect(home / "var/panshi.sqlite3")) as database, database:
        database.execute("DELETE FROM identity_assignment")
    answer = panshi("run")
    assert answer.returncode == 1
    assert "PANSHI_ADMIN_USERNAME" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_weak_password_is_refused_and_nobody_created(panshi: Panshi) -> None:
    answer = panshi("administrator", PANSHI_ADMIN_USERNAME="weak", PANSHI_ADMIN_PASSWORD="12345678")
    assert answer.returncode == 1
    assert "at least 10 characters" in answer.stderr
    again = panshi("administrator", PANSHI_ADMIN_USERNAME="weak", PANSHI_ADMIN_PASSWORD=PASSWORD)
    assert again.returncode == 0


def test_the_administrator_is_let_back_in_with_a_new_password(home: Path, panshi: Panshi) -> None:
    def password() -> str:
        with closing(sqlite3.connect(home / "var/panshi.sqlite3")) as database:
            rows = database.execute(
                "SELECT password FROM identity_person WHERE username = 'admin'"
            ).fetchall()
        assert len(rows) == 1
        return str(rows[0][0])

    before = password()
    assert (
        panshi(
            "administrator", PANSHI_ADMIN_USERNAME="admin", PANSHI_ADMIN_PASSWORD="Moss-on-granite-8"
        ).returncode
        == 0
    )
    assert before != password()
    assert before.startswith("argon2")


def test_the_chain_is_verified_and_damage_named(home: Path, panshi: Panshi) -> None:
    head = json.loads(panshi("audit", "head").stdout)
    assert head["seq"] >= 3
    (home / "heads.jsonl").write_text(json.dumps(head) + "\n")
    sound = panshi("audit", "verify", "--head", "heads.jsonl")
    assert (sound.returncode, "0 damaged" in sound.stdout) == (0, True)
    with closing(sqlite3.connect(home / "var/panshi.sqlite3")) as database, database:
        for table in ("event", "seal"):
            for act in ("update", "delete"):
                database.execute(f"DROP TRIGGER audit_{table}_no_{act}")
        database.execute("UPDATE audit_event SET by_id = 99 WHERE id = 2")
        database.execute("DELETE FROM audit_seal WHERE seq = ?", [head["seq"]])
        database.execute("UPDATE audit_chain SET seq = seq - 1")
    damaged = panshi("audit", "verify", "--head", "heads.jsonl")
    assert damaged.returncode == 1
    assert "DAMAGED  changed: seal 2, event 2" in damaged.stdout
    assert f"DAMAGED  cut off: seal {head['seq']}" in damaged.stdout
    (home / "heads.jsonl").write_text("no json\n")
    assert panshi("audit", "verify", "--head", "heads.jsonl").stderr.startswith("panshi: heads.jsonl is not")
    assert panshi("audit", "verify", "--head", "nothing.jsonl").stderr.startswith("panshi: No such file")


def test_the_search_index_is_rebuilt(panshi: Panshi) -> None:
    answer = panshi("search", "rebuild")
    assert answer.stdout.splitlines() == ["0 accounts can be found.", "0 contacts can be found."]


def test_a_full_disk_is_told_in_words_and_loses_nothing(home: Path, panshi: Panshi) -> None:
    size = (home / "var/panshi.sqlite3").stat().st_size
    (home / "var/panshi.sqlite3").rename(home / "kept")
    full = panshi("migrate", limit=size // 3)
    assert full.returncode == 1
    assert full.stderr.startswith("panshi: The disk")
    assert "Traceback" not in full.stderr
    assert panshi("migrate").returncode == 0, "the second run continues where the first one had to stop"


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"PANSHI_DATA": "/dev/null/data"}, "Not a directory"),
        ({"DATABASE_URL": "postgres://nobody@127.0.0.1:9/none"}, "does not answer"),
        ({"DATABASE_URL": "sqlite:////nowhere/panshi.sqlite3"}, "cannot be opened"),
    ],
)
def test_what_the_machine_lacks_is_told_in_words(panshi: Panshi, more: dict[str, str], sentence: str) -> None:
    answer = panshi("migrate", **more)
    assert answer.returncode == 1
    assert sentence in answer.stderr
    assert len(answer.stderr.splitlines()) == 1


@pytest.fixture
def served(home: Path) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """`panshi run` there, once it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    process = subprocess.Popen(
        [sys.executable, "-m", "panshi.cli.main", "run", "--bind", address],
        cwd=home, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    end = time.monotonic() + 90
    while (status := _status(address)) == 0 and time.monotonic() < end:
        time.sleep(0.3)
    assert status == 200
    yield process, address
    process.kill()
    process.communicate()


def _status(address: str) -> int:
    try:
        with urllib.request.urlopen(f"http://{address}/sign/in/", timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def _children(pid: int) -> dict[str, int]:
    """The supervisor's children by what they do."""
    found = {}
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        words = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
        found["work" if b"work" in words else "web"] = int(child)
    return found


def test_what_dies_is_restarted_and_all_stop_together(served: tuple["subprocess.Popen[str]", str]) -> None:
    process, address = served
    before = _children(process.pid)
    assert set(before) == {"web", "work"}
    os.kill(before["work"], signal.SIGKILL)
    end = time.monotonic() + 30
    while _children(process.pid).get("work") in {None, before["work"]}:
        assert time.monotonic() < end
        time.sleep(0.3)
    after = _children(process.pid)
    assert after["web"] == before["web"]
    assert _status(address) == 200
    process.terminate()
    assert process.wait(40) == 0
    assert not [pid for pid in after.values() if Path(f"/proc/{pid}").exists()]
    assert _status(address) == 0


def test_an_address_that_cannot_be_served_is_told_in_words(panshi: Panshi) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        answer = panshi("run", "--bind", f"127.0.0.1:{taken.getsockname()[1]}")
    assert answer.returncode == 1
    assert "already in use" in answer.stderr
    for wrong in ("8000", "127.0.0.1:99999", "nowhere:http"):
        assert panshi("run", "--bind", wrong).stderr.startswith("panshi: ")
