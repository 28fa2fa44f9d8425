"""`panshi prepare`: what `run` does before it serves — bring the database up to date, make sure somebody manages it."""

import argparse

from panshi.cli import house
from panshi.cli.administrator import make_sure_of_administrator
from panshi.cli.environment import make_sure_of_secrets
from panshi.cli.migrate import bring_up_to_date
from panshi.cli.shipped import load_processes, load_tables


def configure(parser: argparse.ArgumentParser) -> None:
    """Nothing to say."""


def run(arguments: argparse.Namespace) -> int:
    """Prepare; safe to run again at any time."""
    make_sure_of_secrets()
    house.enter()
    if steps := bring_up_to_date():
        print(f"{steps} migration(s) applied.")
    load_tables()
    load_processes()
    make_sure_of_administrator()
    return 0
