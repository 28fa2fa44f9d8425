"""`panshi backup`: everything the company entered, in one file, made while people go on working.

The file holds the database of one moment, the ledger at exactly the version that moment names, and the files. The
secrets are not in it: keep `.env` elsewhere, without it a stolen backup opens no second factor and forges no event.
"""

import argparse
import os
from pathlib import Path

from panshi.cli import house
from panshi.cli.house import Fault

FOLDER = "PANSHI_BACKUP_DIR"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments; the folder has a name in the environment too."""
    parser.add_argument(
        "target", nargs="?", type=Path, metavar="FOLDER|FILE.tar",
        default=os.environ.get(FOLDER) and Path(os.environ[FOLDER]),
        help=f"where to put it; a folder gets a file named by the moment (default: {FOLDER})",
    )  # fmt: skip
    parser.add_argument("--keep", type=int, metavar="N", help="leave only the N newest backups in the folder")


def run(arguments: argparse.Namespace) -> int:
    """Make the backup, tell its size, and clear old ones away."""
    if arguments.target is None:
        raise Fault(f"Say where to: panshi backup FOLDER, or set {FOLDER}.")
    if arguments.keep is not None and arguments.keep < 1:
        raise Fault("--keep needs a number of 1 or more.")
    house.enter()
    from django.conf import settings

    from panshi.cli.backup.making import backups_in, make_backup

    if not settings.SECRETS_ARE_SET:
        raise Fault(
            "PANSHI_SECRET_KEY and PANSHI_AUDIT_KEY must be set: the backup names their fingerprints."
        )
    made = make_backup(arguments.target)
    print(
        f"{made.path}: {made.path.stat().st_size / 1e6:,.1f} MB, {made.rows:,} rows, "
        f"ledger version {'none' if made.ledger is None else made.ledger}, {made.files:,} files."
    )
    if arguments.keep is not None:
        for old in backups_in(made.path.parent)[arguments.keep :]:
            old.unlink()
            print(f"{old} removed.")
    return 0
