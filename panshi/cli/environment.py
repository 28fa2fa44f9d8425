"""The environment of an installation: secrets made once and kept in `.env` for their owner only.

Nothing has a default that would let a stranger in, and secrets that data depends on are never replaced.
"""

import os
import secrets
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Final

from panshi.cli.house import ENV_FILE, Fault

NAMES: Final = ("PANSHI_SECRET_KEY", "PANSHI_AUDIT_KEY")

_TEXT: Final = """\
# Made at the first start of Panshi. Keep a copy somewhere safe: without PANSHI_AUDIT_KEY nobody can verify the events,
# and with another PANSHI_SECRET_KEY second factors must be set up again. See .env.example for all names.
"""


def make_sure_of_secrets() -> bool:
    """Read `.env`; at the very first start make one with fresh secrets. Answers whether it was made now.

    Raises `Fault` where events were sealed already, or may have been on a database server and nobody sits at the
    terminal: fresh secrets would make those events unverifiable.
    """
    from dotenv import load_dotenv

    load_dotenv(ENV_FILE)
    missing = [name for name in NAMES if not os.environ.get(name)]
    if not missing:
        return False
    names = " and ".join(missing)
    if ENV_FILE.exists() or len(missing) < len(NAMES):
        raise Fault(f"{names} must be set in the environment or in {ENV_FILE}.")
    database = Path(os.environ.get("PANSHI_DATA", "var")) / "panshi.sqlite3"
    if _has_sealed_events(database):
        raise Fault(
            f"{names} must be set: the events in {database} were sealed with secrets that are missing now."
        )
    if os.environ.get("DATABASE_URL") and not sys.stdin.isatty():
        raise Fault(f"{names} must be set in the environment or in {ENV_FILE}.")
    _write(ENV_FILE)
    return True


def _has_sealed_events(database: Path) -> bool:
    """Whether a database file exists in which the sealer was at work."""
    if not database.exists():
        return False
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        try:
            return connection.execute("SELECT 1 FROM audit_seal LIMIT 1").fetchone() is not None
        except sqlite3.OperationalError:
            return False


def _write(path: Path) -> None:
    """Make the file, mode 600, and put the secrets into this process's environment."""
    made = {name: secrets.token_urlsafe(48) for name in NAMES}
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(_TEXT + "".join(f"{name}={value}\n" for name, value in made.items()))
    os.environ.update(made)
