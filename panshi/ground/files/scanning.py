"""The hook for a virus scanner: a program of the installation that is shown each file before it is kept."""

import logging
import subprocess
import tempfile
from pathlib import Path
from typing import IO, Final, Literal

from django.conf import settings

log = logging.getLogger(__name__)

PATIENCE: Final = 120
Verdict = Literal["clean", "infected", "unknown"]


def scan(file: IO[bytes]) -> Verdict:
    """What the scanner says; clean where none is set. A scanner that fails or dawdles leaves it unknown."""
    if not settings.SCAN_COMMAND:
        return "clean"
    path = getattr(file, "temporary_file_path", None)
    if path is not None:
        return _ask(path())
    with tempfile.NamedTemporaryFile(prefix="panshi-scan-") as copy:
        file.seek(0)
        while piece := file.read(1 << 20):
            copy.write(piece)
        copy.flush()
        Path(copy.name).chmod(0o640)
        file.seek(0)
        return _ask(copy.name)


def _ask(path: str) -> Verdict:
    try:
        # The command is the installation's own setting and the path is ours: nothing typed by a person stands in it.
        answer = subprocess.run(  # noqa: S603
            [*settings.SCAN_COMMAND, path], capture_output=True, timeout=PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        log.exception("the virus scanner could not be asked")
        return "unknown"
    if answer.returncode not in {0, 1}:
        log.error("the virus scanner answered %s: %s", answer.returncode, answer.stderr[-300:])
        return "unknown"
    return "infected" if answer.returncode else "clean"
