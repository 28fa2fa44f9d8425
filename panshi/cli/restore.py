"""`panshi restore`: brings a backup back, or with `--verify` proves that it could be brought back.

The backup is first built up whole in a new place and checked there — rows, the chain of events, the ledger's lines, the
files. Only then does it take the place of what stands; what stood is kept aside.
"""

import argparse
from pathlib import Path

from panshi.cli import house
from panshi.cli.house import Fault


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("backup", type=Path, metavar="FILE.tar")
    parser.add_argument(
        "--verify", action="store_true", help="only prove that it can be restored; changes nothing"
    )
    parser.add_argument(
        "--replace", action="store_true", help="put it in the place of an installation that holds data"
    )


def run(arguments: argparse.Namespace) -> int:
    """Restore or verify."""
    if not arguments.backup.is_file():
        raise Fault(f"There is no file {arguments.backup}.")
    house.enter()
    from django.conf import settings

    from panshi.cli.backup.restoring import Restoring

    if not settings.SECRETS_ARE_SET:
        raise Fault("PANSHI_SECRET_KEY and PANSHI_AUDIT_KEY must be set to those the backup was made with.")
    restoring = Restoring(arguments.backup)
    if not arguments.verify:
        restoring.make_sure_of_room(replace=arguments.replace)
    proof = restoring.build()
    print(
        f"Whole: {proof.rows:,} rows in {proof.tables} tables, {proof.sealed:,} sealed events, "
        f"{proof.lines:,} ledger lines, {proof.files:,} files."
    )
    if arguments.verify:
        restoring.discard()
        print("It can be restored.")
        return 0
    aside = restoring.take_place()
    print("Restored." + (f" What stood before is kept in {aside}." if aside else ""))
    print("Start Panshi; it brings the data up to date if this version is newer than the backup.")
    return 0
