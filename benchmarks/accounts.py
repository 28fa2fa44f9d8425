"""Measures the archive at volume: 100 000 accounts, 300 000 contacts, and the import of 10 000 rows with every check.

`python -m benchmarks.accounts DIR` wants DIR with customers.csv, contacts.csv and import.csv, and DATABASE_URL naming
an empty database; other benchmarks use `load_customers` to stand on the same ground.
"""

import argparse
import csv
import datetime as dt
import os
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "panshi.config.settings")
django.setup()

from django.core.files import File  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from panshi.calc.reference import divisions, industries  # noqa: E402
from panshi.domains.accounts.models import Account, ImportBatch  # noqa: E402
from panshi.domains.accounts.models.cleaning import clean, derive  # noqa: E402
from panshi.domains.accounts.reports.duplicates import Draft, duplicates  # noqa: E402
from panshi.domains.accounts.reports.imports.mapping import guess_mapping  # noqa: E402
from panshi.domains.accounts.services.imports.applying import apply_import  # noqa: E402
from panshi.domains.accounts.services.imports.batches import upload_import  # noqa: E402
from panshi.domains.accounts.services.opening import open_accounts  # noqa: E402
from panshi.domains.people.models import Contact  # noqa: E402
from panshi.domains.people.services import add_contacts  # noqa: E402
from panshi.ground.base.viewer import Viewer  # noqa: E402
from panshi.ground.identity.models import Person, Unit  # noqa: E402
from panshi.ground.identity.reports import viewer_of  # noqa: E402
from panshi.ground.identity.services import create_person, create_unit, give_role  # noqa: E402

SYSTEM = Viewer.system()
AT = dt.datetime(2026, 6, 1, 1, 0, tzinfo=dt.UTC)
BATCH = 10_000


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Print how long the block took, and how much of it this process computed (the rest waits for the database)."""
    start, computed = time.perf_counter(), time.process_time()
    yield
    took, own = time.perf_counter() - start, time.process_time() - computed
    print(f"{what}: {took:.2f} s ({own:.2f} s of it our own computing)", flush=True)


def make_organisation() -> dict[str, Person]:
    """A headquarters with one team, twenty managers `sales01` … and the importer `operations`; by sign-in name."""
    head = create_unit(code="HQ", name="总部", kind="headquarters", parent=None, by=SYSTEM, at=AT)
    team = create_unit(code="T1", name="一组", kind="team", parent=head, by=SYSTEM, at=AT)
    people: dict[str, Person] = {}
    roles = [(f"sales{number:02d}", "key_account_manager", team) for number in range(1, 21)]
    for username, role, unit in [*roles, ("operations", "sales_operations", head)]:
        person = create_person(username=username, name=username, password=None, by=SYSTEM, at=AT)
        give_role(person=person, unit=unit, role=role, since_on=dt.date(2020, 1, 1), by=SYSTEM, at=AT)
        people[username] = person
    return people


def load_customers(directory: Path, *, people: dict[str, Person], most: int = 1_000_000) -> dict[str, int]:
    """Open an archive for every row of customers.csv; answers code → key."""
    team = Unit.objects.get(code="T1")
    keys: dict[str, int] = {}
    with (directory / "customers.csv").open(encoding="utf-8", newline="") as stream:
        rows = islice(csv.DictReader(stream), most)
        while batch := list(islice(rows, BATCH)):
            accounts = [_account(row, people, team) for row in batch]
            with transaction.atomic():
                open_accounts(accounts, reason="导入", by=SYSTEM, at=AT)
            keys |= {account.code: account.pk for account in accounts}
    return keys


def _account(row: dict[str, str], people: dict[str, Person], team: Unit) -> Account:
    values = {
        "name": row["name"],
        "phone": row["phone"],
        "website": row["website"],
        "address": row["street"],
        "industry": industries.find(row["industry"]),
        "region": divisions.find(row["city"]),
    }
    account = Account(
        code=row["code"],
        owner=people[row["owner"]],
        unit=team,
        abc_class=row["level"] if row["level"] in "ABC" else "",
        lifecycle_since_on=AT.date(),
        created_at=AT,
        updated_at=AT,
    )
    for name, value in clean(values, on=AT.date()).items():
        setattr(account, name, value)
    derive(account)
    return account


def load_contacts(directory: Path, *, keys: dict[str, int], most: int = 10_000_000) -> int:
    """Add every person of contacts.csv whose account is loaded."""
    count = 0
    fields = ("name", "title", "mobile", "email")
    with (directory / "contacts.csv").open(encoding="utf-8", newline="") as stream:
        wanted = (row for row in csv.DictReader(stream) if row["customer"] in keys)
        rows = ((keys[row["customer"]], {name: row[name] for name in fields}) for row in islice(wanted, most))
        while batch := list(islice(rows, BATCH)):
            add_contacts(rows=batch, by=SYSTEM, at=AT)
            count += len(batch)
    return count


def import_file(path: Path, person: Person) -> ImportBatch:
    """Import a file as a person would, straight through; answers the batch with its counts."""
    viewer = viewer_of(person.pk, on=AT.date())
    with path.open("rb") as stream:
        batch = upload_import(file=File(stream, name=path.name), by=viewer, at=AT)
    batch.mapping = guess_mapping(batch.headings, viewer=viewer)
    batch.mode, batch.state = "both", "waiting"
    batch.save()
    return apply_import(batch_id=batch.pk, by=viewer, at=AT)


def measure_duplicates(person: Person, count: int = 50) -> float:
    """Median seconds of one interactive duplicate check against everything."""
    viewer = viewer_of(person.pk, on=AT.date())
    took = []
    for name, phone in Account.objects.order_by("pk").values_list("name", "phone")[:count]:
        start = time.perf_counter()
        duplicates(Draft(name=f"{name[:6]}厂", phone=phone), viewer=viewer)
        took.append(time.perf_counter() - start)
    return statistics.median(took)


def main() -> None:
    """Load and measure."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("directory", type=Path)
    reader.add_argument("--accounts", type=int, default=100_000)
    chosen = reader.parse_args()
    call_command("migrate", verbosity=0)
    people = make_organisation()
    with timed(f"load {chosen.accounts} accounts"):
        keys = load_customers(chosen.directory, people=people, most=chosen.accounts)
    with timed("load their contacts"):
        load_contacts(chosen.directory, keys=keys)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(f"{Account.objects.count()} accounts, {Contact.objects.count()} contacts ({connection.vendor})")
    with timed("import.csv with the full duplicate check"):
        batch = import_file(chosen.directory / "import.csv", people["operations"])
    print(f"created {batch.created}, rejected {batch.rejected} of {batch.rows}")
    with timed("the same file again"):
        again = import_file(chosen.directory / "import.csv", people["operations"])
    print(
        f"created {again.created}, unchanged {again.unchanged}, updated {again.updated}, rejected {again.rejected}"
    )
    print(f"one duplicate check: {measure_duplicates(people['operations']) * 1000:.1f} ms")


if __name__ == "__main__":
    main()
