"""`panshi run`: the whole installation on one machine — web workers and one work process, watched and restarted."""

import argparse
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

from panshi.cli.environment import make_sure_of_secrets
from panshi.cli.house import ENV_FILE, Fault
from panshi.cli.supervisor import Child, Supervisor


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments; each has a name in the environment too."""
    value = os.environ.get
    parser.add_argument("--bind", default=value("PANSHI_BIND", "127.0.0.1:8000"), help="where to serve")
    parser.add_argument(
        "--workers", type=int, default=value("PANSHI_WEB_WORKERS", "2"), help="web workers (2)"
    )
    parser.add_argument("--threads", type=int, default=value("PANSHI_WEB_THREADS", "4"), help="of each (4)")
    parser.add_argument(
        "--only", choices=["web"], help="serve alone, where `panshi prepare` and `panshi work` run elsewhere"
    )


def run(arguments: argparse.Namespace) -> int:
    """Prepare at the first start or after an upgrade, then serve until Ctrl-C or SIGTERM."""
    make_sure_of_address(arguments.bind)
    os.environ["PANSHI_BIND"] = arguments.bind  # links in mails and calendars lead to where we serve
    if arguments.only == "web":
        make_sure_of_secrets()
        return Supervisor([_web(arguments)]).run()
    if make_sure_of_secrets():
        print(f"Made {ENV_FILE} with fresh secrets, readable by you only. Keep a copy of it safe.")
    prepared = subprocess.run([sys.executable, "-m", "panshi.cli.main", "prepare"], check=False)
    if prepared.returncode:
        return prepared.returncode
    print(f"Panshi is at http://{arguments.bind}/ - Ctrl-C stops it.", flush=True)
    return Supervisor([_web(arguments), _work()]).run()


def make_sure_of_address(bind: str) -> None:
    """Raise `Fault` for an address that is none, is not ours, or is taken; gunicorn would only say so again and
    again."""
    host, _, port = bind.rpartition(":")
    if not host or not port.isdigit():
        raise Fault(f"{bind} is no address: give a host and a port, such as 127.0.0.1:8000.")
    family = socket.AF_INET6 if host.startswith("[") else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host.strip("[]"), int(port)))
        except (OSError, OverflowError) as error:
            raise Fault(f"Cannot serve at {bind}: {error}.") from error


def _web(arguments: argparse.Namespace) -> Child:
    """Gunicorn: threads, because pages wait for the database; preloaded, because workers then share memory."""
    words = ["-m", "gunicorn", "panshi.config.wsgi:application", "--preload", "--no-control-socket"]
    words += [
        "--worker-class",
        "gthread",
        "--workers",
        str(arguments.workers),
        "--threads",
        str(arguments.threads),
    ]
    words += [
        "--bind",
        arguments.bind,
        "--log-level",
        "warning",
        "--graceful-timeout",
        "20",
        "--timeout",
        "120",
    ]
    if os.access("/dev/shm", os.W_OK):  # noqa: S108 - gunicorn's own heartbeat files; a disk can stall them
        words += ["--worker-tmp-dir", "/dev/shm"]  # noqa: S108
    return Child("web", lambda dead: [sys.executable, *words], environment=_counting())


def _counting() -> dict[str, str]:
    """Where the web workers keep their counts for monitors; emptied, for counts begin anew with the processes."""
    folder = Path(os.environ.get("PANSHI_DATA", "var")).resolve() / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    return {"PROMETHEUS_MULTIPROC_DIR": str(folder)}


def _work() -> Child:
    """The work process; one that follows a dead one takes its jobs over at once."""
    words = [sys.executable, "-m", "panshi.cli.main", "work", "--with", str(os.getpid())]
    return Child("work", lambda dead: [*words, "--after", str(dead)] if dead else words)
