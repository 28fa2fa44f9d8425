"""Measures pages at volume: server time of lists, search and the archive page, and list pages a second for 8 clients.

`python -m benchmarks.pages [DIR]`: DATABASE_URL names a database that `benchmarks.accounts` filled, or an empty one and
DIR the files to fill it with. Times are medians of what Django needs for an answer, without the network.
"""

import argparse
import http.client
import multiprocessing
import os
import secrets
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

os.environ.setdefault("PANSHI_SECRET_KEY", secrets.token_hex(32))
os.environ.setdefault("PANSHI_AUDIT_KEY", secrets.token_hex(32))
os.environ.setdefault("PANSHI_HOSTS", "127.0.0.1,testserver")

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from benchmarks.accounts import load_contacts, load_customers, make_organisation
from panshi.domains.accounts.models import Account
from panshi.ground.identity.models import Person

ROUNDS = 60
CLIENTS, SECONDS, WARMING = 8, 10, 3
LIST = {"HX-Request": "true", "HX-Target": "list"}
PART = {"HX-Request": "true"}
RECORD = {"HX-Request": "true", "HX-Target": "record"}


def measure(browser: Client, what: str, address: str, headers: dict[str, str], target: float) -> None:
    """Print the median of many answers beside its target, with the CPU of this process and the queries."""
    for _round in range(5):
        browser.get(address, headers=headers)
    took, own = [], []
    for _round in range(ROUNDS):
        start, computed = time.perf_counter(), time.process_time()
        answer = browser.get(address, headers=headers)
        took.append((time.perf_counter() - start) * 1000)
        own.append((time.process_time() - computed) * 1000)
        assert answer.status_code == 200, answer.status_code
    with CaptureQueriesContext(connection) as seen:
        browser.get(address, headers=headers)
    print(
        f"{what:<34} {statistics.median(took):6.1f} ms (best {min(took):.1f}, own {statistics.median(own):.1f}) "
        f"target {target:.0f}  {len(seen)} queries",
        flush=True,
    )


def measure_all(browser: Client, account_id: int) -> None:
    """The pages with a target, then what one also does all day."""
    for page in (1, 1000):
        measure(browser, f"list page {page}, full", f"/accounts/?page={page}", {}, 20)
        measure(browser, f"list page {page}, fragment", f"/accounts/?page={page}", LIST, 10)
    measure(browser, "list by region, fragment", "/accounts/?region=310000&sort=name", LIST, 10)
    for words in ("上海", "恒达", "机械", "有限"):
        measure(browser, f"search {words}", f"/search/?q={words}", PART, 15)
    measure(browser, "archive page", f"/accounts/{account_id}/", {}, 40)
    measure(browser, "archive page, card", f"/accounts/{account_id}/profile/", RECORD, 40)
    measure(browser, "workbench", "/", {}, 40)


def wait_for(port: int) -> None:
    """Until the server answers; it imports for some seconds first."""
    for _attempt in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError("the server did not start")


@contextmanager
def server() -> Iterator[str]:
    """Two gunicorn workers on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "-b", f"127.0.0.1:{port}", "-w", "2", "--threads", "4"]
    command += ["--preload", "--no-control-socket"]
    process = subprocess.Popen([*command, "--log-level", "error", "panshi.config.wsgi:application"])
    try:
        wait_for(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def measure_throughput(session: str) -> None:
    """List pages a second that eight clients get together from two workers, once both are warm.

    Each client is a process with a connection of its own: eight threads of one interpreter would measure themselves.
    """
    with server() as address:
        _ask_together(address, session, WARMING)
        found = _ask_together(address, session, SECONDS)
    print(f"{CLIENTS} clients together: {found / SECONDS:.0f} list pages a second, target 120")


def _ask_together(address: str, session: str, seconds: float) -> int:
    """The answers all clients got within so many seconds."""
    forked = multiprocessing.get_context("fork")
    counts = forked.Queue()
    clients = [
        forked.Process(target=_ask, args=(address, session, seconds, counts)) for _client in range(CLIENTS)
    ]
    for client in clients:
        client.start()
    found = sum(counts.get() for _client in clients)
    for client in clients:
        client.join()
    return found


def _ask(address: str, session: str, seconds: float, counts: "multiprocessing.Queue[int]") -> None:
    """One client: pages 1 to 50 of the list over one connection."""
    until, answered = time.perf_counter() + seconds, 0
    connection_ = http.client.HTTPConnection(address.removeprefix("http://"), timeout=30)
    while time.perf_counter() < until:
        connection_.request("GET", f"/accounts/?page={answered % 50 + 1}", headers={"Cookie": session})
        answer = connection_.getresponse()
        answer.read()
        assert answer.status == 200, answer.status
        answered += 1
    counts.put(answered)


def main() -> None:
    """Fill the database if it is empty, then measure."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("directory", type=Path, nargs="?")
    reader.add_argument("--as", dest="username", default="operations", help="who looks")
    chosen = reader.parse_args()
    call_command("migrate", verbosity=0)
    if not Account.objects.exists():
        keys = load_customers(chosen.directory, people=make_organisation())
        load_contacts(chosen.directory, keys=keys)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    browser = Client()
    browser.force_login(Person.objects.get(username=chosen.username))
    pk = Account.objects.order_by("pk").values_list("pk", flat=True)[76]
    print(f"{connection.vendor}, {Account.objects.count()} accounts, load {os.getloadavg()[0]:.1f}")
    measure_all(browser, pk)
    measure_throughput(f"sessionid={browser.cookies['sessionid'].value}")


if __name__ == "__main__":
    main()
