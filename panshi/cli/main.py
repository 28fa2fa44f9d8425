"""The `panshi` command: finds the sub-command and runs it.

Sub-commands are imported only when called, so that `panshi abc` starts without Django and `panshi --help` at once.
"""

import argparse
import importlib
import sys
from collections.abc import Sequence
from typing import Protocol, cast

from panshi.cli.house import complain, explain

COMMANDS: dict[str, str] = {
    "demo": "load the demo company into an empty installation",
    "run": "serve: web workers and the work process (first start asks for the administrator)",
    "prepare": "bring the database up to date and make sure somebody manages it (what run does first)",
    "migrate": "bring the database up to date",
    "administrator": "create the administrator, or let one back in with a new password",
    "work": "the work process alone",
    "doctor": "look the installation over: what is well, what is not, and what to do",
    "backup": "put everything into one file, while people go on working",
    "restore": "bring a backup back, or prove that it could be brought back (--verify)",
    "audit": "verify the chain of events, print its head",
    "search": "rebuild the search index",
    "abc": "ABC analysis of any CSV, XLSX or Parquet file (no server needed)",
    "schedule": "schedule a project plan: critical path, levelling, risk (no server needed)",
    "messages": "gather, compile and check the translations (developers)",
}


class Command(Protocol):
    """What a module of `panshi.cli` offers to be a sub-command."""

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""

    def run(self, arguments: argparse.Namespace) -> int:
        """Do the work; the exit code is returned."""


def load(name: str) -> Command:
    """The module of one sub-command."""
    return cast(Command, importlib.import_module(f"panshi.cli.{name}"))


def main(argv: Sequence[str] | None = None) -> int:
    """Run `panshi ARGUMENTS` and return the exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    parser = argparse.ArgumentParser(prog="panshi", description="Panshi 磐石: key account management")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    chosen = next((word for word in words if not word.startswith("-")), None)
    for name, purpose in COMMANDS.items():
        sub = commands.add_parser(name, help=purpose, description=purpose)
        if name == chosen:
            load(name).configure(sub)
    arguments = parser.parse_args(words)
    try:
        return load(arguments.command).run(arguments)
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        sentence = explain(error)
        if sentence is None:
            raise
        return complain(sentence)


if __name__ == "__main__":
    raise SystemExit(main())
