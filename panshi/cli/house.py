"""How sub-commands that need the house enter it: first the `.env` of the current directory, then Django.

What the person at the terminal can mend is told in a sentence, without a traceback.
"""

import os
import sys
from pathlib import Path
from typing import Final

ENV_FILE: Final = Path(".env")

_DISK: Final = {
    "readonly database": "The database cannot be written: the file system is read-only.",
    "read-only": "The file system is read-only.",
    "disk is full": "The disk is full. Nothing of this step was saved; free some space and run it again.",
    "no space left": "The disk is full. Nothing of this step was saved; free some space and run it again.",
    "disk i/o error": "The disk does not take what is written: it may be full, limited or failing.",
    "unable to open database file": "The database file cannot be opened: does PANSHI_DATA exist, may it be written?",
    "permission denied": "A file may not be read or written by this user.",
    "connection refused": "The database server does not answer: check DATABASE_URL.",
    "could not translate host name": "The database server of DATABASE_URL is not known.",
    "password authentication failed": "The database refuses the user or password of DATABASE_URL.",
    "database is locked": "The database is busy with another process. Nothing of this step was saved; run it again.",
    "no such table": "The database is not set up yet: run `panshi migrate`.",
    "does not exist": "The database is not set up yet: run `panshi migrate`, and check the name in DATABASE_URL.",
    "secret_key": "PANSHI_SECRET_KEY is not set.",
}


class Fault(Exception):
    """Something the person at the terminal can mend; the command ends with this sentence and exit code 1."""


def enter() -> None:
    """Read `.env` (the environment wins) and set Django up."""
    from dotenv import load_dotenv

    load_dotenv(ENV_FILE)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "panshi.config.settings")
    import django

    django.setup()


def explain(error: BaseException) -> str | None:
    """A sentence for a fault of the machine (disk, rights, database server); None for an error of our own."""
    if isinstance(error, Fault):
        return str(error)
    foreign = isinstance(error, OSError) or type(error).__module__.partition(".")[0] in {"django", "sqlite3"}
    if not foreign:
        return None
    said = str(error).lower()
    found = next((sentence for sign, sentence in _DISK.items() if sign in said), None)
    if found is None and isinstance(error, OSError):
        found = f"{error.strerror or error}."
    if found and isinstance(error, OSError) and error.filename:
        found += f" ({error.filename})"
    return found


def complain(sentence: str) -> int:
    """Say what went wrong on the terminal; answers the exit code."""
    print(f"panshi: {sentence}", file=sys.stderr)
    return 1
