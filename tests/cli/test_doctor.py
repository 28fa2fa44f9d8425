"""The doctor finds what is wrong with an installation and says what to do."""

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.test_backup import House, house

__all__ = ["house"]


def findings(house: House, **more: str) -> dict[str, dict[str, str]]:
    """What it says, by part."""
    told = json.loads(house.panshi("doctor", "--json", **more).stdout)
    return {finding["part"]: finding for finding in told}


def test_a_sound_house_lacks_only_what_nobody_started(house: House) -> None:
    found = findings(house)
    assert {part for part, finding in found.items() if finding["state"] == "error"} == {"work process"}
    assert found["search"]["words"] == "40 of 40 accounts can be found."
    assert all(finding["remedy"] for finding in found.values() if finding["state"] != "ok")
    assert house.panshi("doctor").returncode == 1


def test_it_tells_what_is_wrong_and_what_to_do(house: House) -> None:
    house.ask(
        "from panshi.ground.search.models import Entry; Entry.objects.order_by('pk')[:1].get().delete()"
    )
    found = findings(
        house,
        PANSHI_DEBUG="1",
        PANSHI_HOSTS="crm.example.com",
        PANSHI_SMTP_URL="smtp://127.0.0.1:9",
        PANSHI_BACKUP_DIR=str(house.folder / "nowhere"),
        PANSHI_SECRET_KEY="short",
    )
    assert found["address"]["state"] == "warning"
    assert found["mail"]["state"] == "warning"
    assert found["backups"]["state"] == "error"
    assert found["secrets"]["state"] == "warning"
    assert found["search"]["remedy"] == "Run `panshi search rebuild`."


def test_a_ledger_without_its_files_is_found(house: House) -> None:
    (file,) = (house.folder / "var/ledger/store").glob("part-*/*.parquet")
    away = file.with_suffix(".away")
    file.rename(away)
    try:
        assert findings(house)["ledger"]["state"] == "error"
    finally:
        away.rename(file)


@pytest.mark.skipif("DATABASE_URL" in os.environ, reason="a file of its own is spoilt here")
def test_a_damaged_database_is_a_finding_not_a_crash(house: House, tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    with closing(sqlite3.connect(tmp_path / "var/panshi.sqlite3")) as file:
        file.execute("CREATE TABLE t (x)")
    (tmp_path / "var/panshi.sqlite3").write_bytes(b"no database at all" * 400)
    found = findings(house, PANSHI_DATA=str(tmp_path / "var"))
    assert found["database"]["state"] == "error"
    assert "search" not in found
