"""Backup and restore of a whole installation, with real processes, on the database the suite runs on."""

import os
import signal
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from tests.cli.test_installation import environment

ROOT = Path(__file__).parents[2]
SERVER = os.environ.get("DATABASE_URL", "")
KEYS = {"PANSHI_SECRET_KEY": "s" * 48, "PANSHI_AUDIT_KEY": "a" * 48}
Panshi = Callable[..., "subprocess.CompletedProcess[str]"]

WRITER = """
import os, sys, django
django.setup()
from django.utils import timezone
from panshi.domains.accounts.services import Placement, create_account
from panshi.ground.base.viewer import Viewer
number = 0
print("writing", flush=True)
while True:
    number += 1
    create_account(
        values={"name": f"写入中第{number}机械有限公司"}, placement=Placement(), duplicate_reason="x",
        by=Viewer.system(), at=timezone.now(),
    )
"""


class House:
    """An installation in a folder of its own, with a database of its own."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.env = environment(**KEYS, **({"DATABASE_URL": url} if url else {}))

    def panshi(self, *words: str, **more: str) -> "subprocess.CompletedProcess[str]":
        """Run the command here."""
        return subprocess.run(
            [sys.executable, "-m", "panshi.cli.main", *words], cwd=self.folder, env=self.env | more,
            capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, timeout=600,
        )  # fmt: skip

    def ask(self, question: str) -> str:
        """One line of Python inside the house."""
        program = f"import django; django.setup()\nfrom django.db import connection\n{question}"
        done = subprocess.run(
            [sys.executable, "-c", program], cwd=self.folder, capture_output=True, text=True, check=False,
            env=self.env | {"DJANGO_SETTINGS_MODULE": "panshi.config.settings"},
        )  # fmt: skip
        assert not done.returncode, done.stderr
        return done.stdout.strip()

    def rows(self, table: str) -> int:
        """How many rows a table holds."""
        return int(
            self.ask(
                f"c = connection.cursor(); c.execute('SELECT count(*) FROM {table}'); print(c.fetchone()[0])"
            )
        )


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A small demo company with an attachment."""
    folder = tmp_path_factory.mktemp("house")
    name, url = f"panshi_backup_{os.getpid()}", ""
    if SERVER:
        with psycopg.connect(SERVER, autocommit=True) as server:
            server.execute(f"CREATE DATABASE {name}")
        url = urlunsplit(urlsplit(SERVER)._replace(path=f"/{name}"))
    made = House(folder, url)
    loaded = made.panshi("demo", "--accounts", "40", "--lines", "1500")
    assert not loaded.returncode, loaded.stderr
    (folder / "var/files/ab").mkdir(parents=True)
    (folder / "var/files/ab/drawing").write_bytes(b"\x00drawing" * 1000)
    yield made
    if SERVER:
        with psycopg.connect(SERVER, autocommit=True) as server:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def backup(house: House) -> Path:
    """A backup of it."""
    made = house.panshi("backup", "backups")
    assert not made.returncode, made.stderr
    (path,) = (house.folder / "backups").glob("*.tar")
    return path


def test_a_backup_is_for_its_owner_and_holds_no_secret(backup: Path) -> None:
    assert backup.stat().st_mode & 0o777 == 0o600
    content = backup.read_bytes()
    assert not [key for key in KEYS.values() if key.encode() in content]
    with tarfile.open(backup) as tar:
        names = tar.getnames()
    assert names[0] == "manifest.json"
    assert "files/ab/drawing" in names
    assert any(name.startswith("ledger/_delta_log/") for name in names)
    assert not [name for name in names if "django_session" in name or name.endswith("/cache.copy.gz")]


def test_verifying_changes_nothing(house: House, backup: Path) -> None:
    before = sorted(path.name for path in (house.folder / "var").iterdir())
    proved = house.panshi("restore", str(backup), "--verify")
    assert proved.returncode == 0, proved.stderr
    assert "It can be restored." in proved.stdout
    assert sorted(path.name for path in (house.folder / "var").iterdir()) == before


def test_what_was_lost_comes_back(house: House, backup: Path) -> None:
    people, accounts = house.rows("identity_person"), house.rows("accounts_account")
    house.ask(
        "c = connection.cursor()\nfrom panshi.domains.people.models import LogEntry; LogEntry.objects.all().delete()"
    )
    (house.folder / "var/files/ab/drawing").write_bytes(b"spoilt")
    refused = house.panshi("restore", str(backup))
    assert refused.returncode == 1
    assert "--replace" in refused.stderr
    restored = house.panshi("restore", str(backup), "--replace")
    assert restored.returncode == 0, restored.stderr
    assert (house.rows("identity_person"), house.rows("accounts_account")) == (people, accounts)
    assert house.rows("people_logentry") > 0
    assert (house.folder / "var/files/ab/drawing").read_bytes() == b"\x00drawing" * 1000
    assert house.panshi("audit", "verify").returncode == 0
    (aside,) = (house.folder / "var").glob("before-*")
    assert (aside / "files/ab/drawing").read_bytes() == b"spoilt"
    new = "from panshi.ground.work.models import Job; from django.utils import timezone\n"
    assert house.ask(
        new + "j = Job(kind='x', asked_at=timezone.now(), not_before=timezone.now()); j.save(); print(1)"
    )


def test_it_comes_back_where_nothing_is_yet(house: House, backup: Path, tmp_path: Path) -> None:
    name, url = f"panshi_empty_{os.getpid()}", ""
    if SERVER:
        with psycopg.connect(SERVER, autocommit=True) as server:
            server.execute(f"CREATE DATABASE {name}")
        url = urlunsplit(urlsplit(SERVER)._replace(path=f"/{name}"))
    empty = House(tmp_path, url)
    try:
        restored = empty.panshi("restore", str(backup))
        assert restored.returncode == 0, restored.stderr
        assert empty.rows("accounts_account") == 40
        assert (tmp_path / "var/files/ab/drawing").is_file()
        if not SERVER:
            assert "kept in" not in restored.stdout, "nothing stood there"
    finally:
        if SERVER:
            with psycopg.connect(SERVER, autocommit=True) as server:
                server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.parametrize("harm", ["cut", "altered", "foreign", "part"])
def test_a_damaged_backup_restores_nothing(house: House, backup: Path, tmp_path: Path, harm: str) -> None:
    whole, bad = backup.read_bytes(), tmp_path / "bad.tar"
    middle = whole.rindex(b"PAR1") - 40 if b"PAR1" in whole else len(whole) // 2
    bad.write_bytes(
        {
            "cut": whole[: len(whole) // 2],
            "altered": whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :],
            "foreign": b"PK\x03\x04 no tar at all",
            "part": whole[: whole.rindex(b"ustar") - 257] + bytes(1024),
        }[harm]
    )
    before = house.rows("accounts_account")
    refused = house.panshi("restore", str(bad), "--replace")
    assert refused.returncode == 1
    assert "bad.tar" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert house.rows("accounts_account") == before
    assert not list((house.folder / "var").glob(".restore*"))


def test_a_backup_of_other_secrets_is_refused(house: House, backup: Path) -> None:
    refused = house.panshi("restore", str(backup), "--replace", PANSHI_AUDIT_KEY="b" * 48)
    assert refused.returncode == 1
    assert "another PANSHI_AUDIT_KEY" in refused.stderr


def test_nothing_is_restored_under_a_running_house(house: House, backup: Path) -> None:
    work = subprocess.Popen(
        [sys.executable, "-m", "panshi.cli.main", "work"], cwd=house.folder, env=house.env,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        while not house.rows("work_pulse"):
            time.sleep(0.2)
        refused = house.panshi("restore", str(backup), "--replace")
        assert refused.returncode == 1
        assert "Stop it first" in refused.stderr
    finally:
        work.send_signal(signal.SIGTERM)
        work.wait(30)
    assert house.rows("work_pulse") == 0


def test_a_backup_under_writers_holds_whole_transactions(house: House) -> None:
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER], cwd=house.folder, stdout=subprocess.PIPE, text=True,
            env=house.env | {"DJANGO_SETTINGS_MODULE": "panshi.config.settings"},
        )
        for _ in range(2)
    ]  # fmt: skip
    try:
        for writer in writers:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "writing\n"
        made = house.panshi("backup", "busy.tar")
        assert not made.returncode, made.stderr
        assert all(writer.poll() is None for writer in writers)
    finally:
        for writer in writers:
            writer.kill()
            writer.wait()
    restored = house.panshi("restore", "busy.tar", "--replace")
    assert restored.returncode == 0, restored.stderr
    created = house.ask(
        "from panshi.ground.audit.models import Event; from panshi.ground.search.models import Entry\n"
        "from panshi.domains.accounts.models import Account, LifecycleRecord\n"
        "new = Account.objects.filter(name__startswith='写入中')\n"
        "found = Entry.objects.filter(title__startswith='写入中')\n"
        "told = Event.objects.filter(kind='accounts.created', account_id__in=new.values('pk'))\n"
        "print(new.count(), found.count(), told.count())"
    )
    accounts, found, told = map(int, created.split())
    assert accounts == found == told > 0


def test_old_backups_are_cleared_away(house: House) -> None:
    for moment in ("20250101-000000", "20250102-000000"):
        (house.folder / f"kept/panshi-backup-{moment}.tar").parent.mkdir(exist_ok=True)
        (house.folder / f"kept/panshi-backup-{moment}.tar").write_bytes(b"old")
    (house.folder / "kept/own-notes.tar").write_bytes(b"mine")
    made = house.panshi("backup", "kept", "--keep", "2")
    assert not made.returncode, made.stderr
    names = sorted(path.name for path in (house.folder / "kept").iterdir())
    assert len(names) == 3
    assert names[0] == "own-notes.tar"
    assert names[1] == "panshi-backup-20250102-000000.tar"
