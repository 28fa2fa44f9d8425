"""`panshi search rebuild`: makes every record findable anew, after an upgrade that changed how words are cut."""

import argparse
from collections.abc import Callable

from panshi.cli import house


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    acts = parser.add_subparsers(dest="act", metavar="rebuild", required=True)
    acts.add_parser("rebuild", help="read every record and index its words again")


def run(arguments: argparse.Namespace) -> int:
    """Rebuild each kind in a transaction of its own; people search the old index until then."""
    house.enter()
    from panshi.domains.accounts.services import rebuild_accounts
    from panshi.domains.people.services import rebuild_contacts

    kinds: dict[str, Callable[[], int]] = {"accounts": rebuild_accounts, "contacts": rebuild_contacts}
    for name, rebuild in kinds.items():
        print(f"{rebuild()} {name} can be found.", flush=True)
    return 0
