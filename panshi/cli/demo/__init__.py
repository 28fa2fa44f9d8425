"""`panshi demo`: loads a believable equipment maker with its people, accounts, contacts and three years of trade.

Everything goes through the services, imports and jobs that people use. Passwords are drawn at load and shown once.
"""

import argparse
from typing import Final

LOADED: Final = "demo.loaded"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--accounts", type=int, default=2000, help="how many accounts (2000)")
    parser.add_argument("--lines", type=int, default=300_000, help="about how many ledger lines (300000)")
    parser.add_argument(
        "--new-passwords",
        action="store_true",
        help="draw new passwords for a demo company that is loaded already",
    )


def run(arguments: argparse.Namespace) -> int:
    """Load the demo company into an empty installation; a loaded one is left as it is."""
    from panshi.cli import house
    from panshi.cli.environment import make_sure_of_secrets
    from panshi.cli.migrate import bring_up_to_date
    from panshi.cli.shipped import load_processes, load_tables

    make_sure_of_secrets()
    house.enter()
    bring_up_to_date()
    load_tables()
    load_processes()
    from panshi.cli.demo import company

    if arguments.new_passwords:
        company.show(company.new_passwords())
    elif company.is_loaded():
        print("The demo company is loaded already; `panshi demo --new-passwords` draws new passwords for it.")
    elif company.is_in_use():
        raise house.Fault(
            "This installation holds other data, or a load that was broken off. Point PANSHI_DATA (or DATABASE_URL) "
            "at an empty place, then run `panshi demo` again."
        )
    else:
        company.show(company.load(accounts=arguments.accounts, lines=arguments.lines))
    return 0
