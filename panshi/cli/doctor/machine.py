"""The machine's side: secrets, folders, disk, built files, mail and Redis, backups."""

import os
import shutil
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings

from panshi.cli.doctor.looking import Finding, Look, doubtful, well, wrong

SCARCE: Final = 5_000_000_000
TOO_OLD: Final = 36 * 3600.0


def _secrets() -> Iterator[Finding]:
    if not settings.SECRETS_ARE_SET:
        yield wrong(
            "secrets", "PANSHI_SECRET_KEY or PANSHI_AUDIT_KEY is not set.", "Set both; see .env.example."
        )
    elif min(len(settings.SECRET_KEY), len(settings.AUDIT_KEY)) < 32:
        yield doubtful("secrets", "A secret is shorter than 32 signs.", "Make long random ones.")
    else:
        yield well("secrets", "Both are set.")
    file = Path(".env")
    if file.exists() and file.stat().st_mode & 0o077:
        yield doubtful(".env", "Others on this machine may read it.", "chmod 600 .env")


def _folders() -> Iterator[Finding]:
    data = Path(settings.DATA)
    if not data.exists():
        yield wrong("data folder", f"{data} does not exist.", "Run `panshi prepare`, or set PANSHI_DATA.")
    elif not os.access(data, os.R_OK | os.W_OK | os.X_OK):
        yield wrong(
            "data folder", f"{data} cannot be written by this user.", "Give it to the user Panshi runs as."
        )
    else:
        free = shutil.disk_usage(data).free
        words = f"{data}, {free / 1e9:,.0f} GB free."
        yield (
            well("data folder", words)
            if free > SCARCE
            else doubtful("data folder", words, "Make room: backups and imports need some.")
        )


def _built() -> Iterator[Finding]:
    package = Path(__file__).resolve().parents[2]
    if (package / "web/static/dist/manifest.json").exists():
        yield well("front end", "Built.")
    else:
        yield wrong("front end", "Not built: pages have neither style nor behaviour.", "Run `make setup`.")
    if (package / "locale/en/LC_MESSAGES/django.mo").exists():
        yield well("translations", "Compiled.")
    else:
        yield wrong(
            "translations", "Not compiled: English pages show Chinese.", "Run `panshi messages compile`."
        )


def _address() -> Iterator[Finding]:
    if settings.DEBUG:
        yield wrong("address", "PANSHI_DEBUG is on: errors show the inside to everybody.", "Set it to 0.")
    public = [name for name in settings.ALLOWED_HOSTS if name not in {"127.0.0.1", "localhost", "[::1]"}]
    if public and not settings.BEHIND_HTTPS:
        yield doubtful(
            "address", f"Served as {public[0]} without https: passwords can be read on the way.",
            "Put a proxy with a certificate in front and set PANSHI_HTTPS=1, PANSHI_PROXY=1.",
        )  # fmt: skip
    else:
        yield well("address", ", ".join(public) or "This machine only.")


def _redis() -> Iterator[Finding]:
    if not settings.REDIS_URL:
        yield well("redis", "Not used: cache and queue are in the database and a file.")
        return
    import redis

    began = time.perf_counter()
    redis.Redis.from_url(settings.REDIS_URL, socket_timeout=3, socket_connect_timeout=3).ping()
    yield well("redis", f"Answers in {(time.perf_counter() - began) * 1000:.0f} ms.")


def _mail() -> Iterator[Finding]:
    url = os.environ.get("PANSHI_SMTP_URL", "")
    if not url:
        yield well("mail", "Off: notices stay inside Panshi (PANSHI_SMTP_URL).")
        return
    parts = urlsplit(url)
    place = (parts.hostname or "", parts.port or (465 if parts.scheme == "smtps" else 25))
    try:
        with socket.create_connection(place, timeout=5):
            yield well("mail", f"{place[0]}:{place[1]} answers.")
    except OSError as error:
        yield doubtful(
            "mail", f"{place[0]}:{place[1]} does not answer ({error}); mails wait.", "Check PANSHI_SMTP_URL."
        )


def _backups() -> Iterator[Finding]:
    from panshi.cli.backup.making import backups_in

    folder = os.environ.get("PANSHI_BACKUP_DIR", "")
    if not folder:
        yield doubtful(
            "backups",
            "No folder is set for nightly backups.",
            "Set PANSHI_BACKUP_DIR to a place on another disk.",
        )
        return
    found = backups_in(Path(folder))
    age = time.time() - found[0].stat().st_mtime if found else None
    if age is None or age > TOO_OLD:
        words = "There is none yet." if age is None else f"The newest is {age / 3600:.0f} hours old."
        yield wrong("backups", words, "Run `panshi backup` and see why the nightly one did not.")
    else:
        yield well("backups", f"{len(found)}, the newest {age / 3600:.0f} hours old.")


LOOKS: Final[dict[str, Look]] = {
    "secrets": _secrets,
    "data folder": _folders,
    "front end": _built,
    "address": _address,
    "redis": _redis,
    "mail": _mail,
    "backups": _backups,
}
