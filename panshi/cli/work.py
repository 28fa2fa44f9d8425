"""`panshi work`: the work process alone, for machines that only do background work."""

import argparse
import os
import signal
from threading import Thread
from time import sleep

from panshi.cli import house
from panshi.cli.house import Fault


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--threads", type=int, default=2, help="jobs done at the same time (2)")
    parser.add_argument("--after", type=int, metavar="PID", help=argparse.SUPPRESS)
    parser.add_argument("--with", type=int, dest="companion", metavar="PID", help=argparse.SUPPRESS)


def run(arguments: argparse.Namespace) -> int:
    """Work until asked to stop."""
    house.enter()
    from django.conf import settings

    from panshi.ground.work.process import WorkProcess, bury

    if not settings.SECRETS_ARE_SET:
        raise Fault("PANSHI_SECRET_KEY and PANSHI_AUDIT_KEY must be set, as for the web workers.")
    if arguments.after:
        bury(arguments.after)
    if arguments.companion:
        Thread(target=_stop_without, args=(arguments.companion,), daemon=True).start()
    WorkProcess(threads=max(1, arguments.threads)).run()
    return 0


def _stop_without(parent: int) -> None:
    """Stop politely when the process that started us is gone without a word."""
    while os.getppid() == parent:
        sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)
