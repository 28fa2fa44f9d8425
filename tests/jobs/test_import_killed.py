"""An import or its undo whose process is killed leaves the old state or the new one; again, it does not double it."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

HOUSE = Path(__file__).with_name("import_at_work.py")
ROWS = 300
KILLED_AT = (3, 4)
"""While rows are written, and after the last of them, before the end of the transaction."""
UNDO_KILLED_AT = 2
"""While records are taken back."""


def test_killed_at_every_step_an_import_is_whole_or_absent(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    lines = [f"A{number},第{number}号磐石装备厂" for number in range(ROWS)]
    file.write_text("\n".join(["编号,名称", *lines]), encoding="utf-8")
    environment = os.environ | {"PANSHI_DATA": str(tmp_path), "PYTHONPATH": str(HOUSE.parent.parent.parent)}
    environment.pop("DATABASE_URL", None)

    def house(*words: str) -> "subprocess.Popen[str]":
        command = [sys.executable, str(HOUSE), *words]
        return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)

    def state(batch: str) -> list[object]:
        told: list[object] = json.loads(house("tell", batch).communicate(timeout=60)[0])
        return told

    batch = house("prepare", str(file)).communicate(timeout=120)[0].strip()
    for step in KILLED_AT:
        process = house("run", batch)
        assert process.stdout is not None
        assert all(process.stdout.readline() for _ in range(step))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert state(batch) == ["waiting", 0, 0, 0], f"killed at step {step}"
    for _ in range(2):
        assert house("run", batch).wait(120) == 0
        assert state(batch) == ["done", ROWS, ROWS, ROWS]
    process = house("undo", batch)
    assert process.stdout is not None
    assert all(process.stdout.readline() for _ in range(UNDO_KILLED_AT))
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert state(batch) == ["undoing", ROWS, ROWS, ROWS]
    for _ in range(2):
        assert house("undo", batch).wait(120) == 0
        assert state(batch) == ["undone", 0, ROWS, 0]
