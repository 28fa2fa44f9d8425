"""Measures lists at volume: pages under four filters, an export of everything with 20 columns, a bulk assignment.

`python -m benchmarks.lists`: DATABASE_URL names a database that `benchmarks.accounts` filled. The export runs in a
process of its own, whose peak of memory is printed; the assignment of 5 000 accounts is undone at the end.
"""

import argparse
import json
import multiprocessing
import os
import resource
import secrets
import statistics
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlencode

os.environ.setdefault("PANSHI_SECRET_KEY", secrets.token_hex(32))
os.environ.setdefault("PANSHI_AUDIT_KEY", secrets.token_hex(32))
os.environ.setdefault("PANSHI_HOSTS", "127.0.0.1,testserver")

from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from benchmarks.accounts import SYSTEM, timed
from panshi.domains.accounts.models import Account
from panshi.domains.accounts.services.assigning import assign_many
from panshi.ground.audit.models import Event
from panshi.ground.identity.models import Person
from panshi.ground.work.exports import written
from panshi.web.accounts.tables import COLUMNS
from panshi.web.generic.exports import list_source

LIST = {"HX-Request": "true", "HX-Target": "list"}
ROUNDS = 40
WHERE = ["all", ["region", "is", "330000"], ["any", ["abc", "is", "A"], ["sales", "ge", "5000000"]]]
PAGES = {
    "four filters, by name": "region=330000&abc=A&lifecycle=potential&industry=C",
    "four filters, by sales": "region=330000&abc=A&lifecycle=potential&industry=C&sort=-sales",
    "a whole province": "region=330000",
    "and / or": urlencode({"where": json.dumps([*WHERE, ["contact", "empty"]])}),
    "page 1 000": "page=1000",
    "search": "q=机械",
    "search and two filters": "q=机械&abc=A&lifecycle=potential",
}


class Undone(Exception):
    """Ends a transaction whose effect is not wanted."""


def backend_time() -> float:
    """Milliseconds of processor time of the process that serves this connection; 0 where it cannot be seen."""
    if connection.vendor != "postgresql":
        return 0.0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        account = Path(f"/proc/{cursor.fetchone()[0]}/schedstat")
    return int(account.read_text().split()[0]) / 1e6 if account.exists() else 0.0


def measure(browser: Client, what: str, query: str) -> None:
    """Median and best of many answers, with the processor time of this process and of its database process: on a busy
    machine only these say what an answer costs."""
    took, own = [], []
    browser.get(f"/accounts/?{query}", headers=LIST)
    before = backend_time()
    for _round in range(ROUNDS):
        start, computed = time.perf_counter(), time.process_time()
        answer = browser.get(f"/accounts/?{query}", headers=LIST)
        took.append((time.perf_counter() - start) * 1000)
        own.append((time.process_time() - computed) * 1000)
        assert answer.status_code == 200, answer.status_code
    served = (backend_time() - before) / ROUNDS
    with CaptureQueriesContext(connection) as seen:
        browser.get(f"/accounts/?{query}", headers=LIST)
    print(
        f"{what:<36} {statistics.median(took):6.1f} ms (best {min(took):.1f}; processor: own {min(own):.1f}, "
        f"database {served:.1f})  "
        f"{len(seen)} queries",
        flush=True,
    )


def export() -> None:
    """Everything with 20 columns to XLSX, as the job does it."""
    connection.close()
    base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    names = [column.name for column in COLUMNS][:20]
    with timed(f"export of all accounts with {len(names)} columns to XLSX"):
        table = list_source({"list": "accounts", "query": "", "columns": names}, SYSTEM, timezone.now())
        with written(table, "xlsx", each=lambda count: None) as (file, rows):
            size = file.seek(0, os.SEEK_END) // 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"  {rows} rows, {size} KiB, memory {peak} MiB at most ({base} before)", flush=True)


def assign(count: int) -> None:
    """So many accounts change hands, each with its event; taken back at the end."""
    owner = Person.objects.get(username="sales02")
    keys = list(Account.objects.exclude(owner=owner).order_by("pk").values_list("pk", flat=True)[:count])
    before = Event.objects.count()
    with suppress(Undone), transaction.atomic():
        with timed(f"bulk assignment of {count} accounts"):
            moves = assign_many(keys=keys, owner=owner, reason="测量", by=SYSTEM, at=timezone.now())
        assert Event.objects.count() - before == len(moves.moves) == count
        raise Undone


def main() -> None:
    """Measure everything."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--assign", type=int, default=5000)
    chosen = reader.parse_args()
    print(f"load {os.getloadavg()[0]:.1f}, {Account.objects.count()} accounts ({connection.vendor})")
    for username in ("operations", "sales01"):
        browser = Client()
        browser.force_login(Person.objects.get(username=username))
        for what, query in PAGES.items():
            measure(browser, f"{username}: {what}", query)
    assign(chosen.assign)
    process = multiprocessing.get_context("spawn").Process(target=export)
    process.start()
    process.join()


if __name__ == "__main__":
    main()
