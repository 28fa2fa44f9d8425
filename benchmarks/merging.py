"""Measures a merge of accounts with 10 000 references among 100 000, its undoing, and the night of the lifecycle.

`python -m benchmarks merging` wants DATABASE_URL naming an empty database.
"""

import argparse
import datetime as dt
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "panshi.config.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from panshi.domains.accounts.decisions import merge_accounts  # noqa: E402
from panshi.domains.accounts.models import Account, Touch  # noqa: E402
from panshi.domains.accounts.models.cleaning import derive  # noqa: E402
from panshi.domains.accounts.reports import MergeChoices  # noqa: E402
from panshi.domains.accounts.reports.lifecycle import LifecycleStep, tonight  # noqa: E402
from panshi.domains.accounts.services import apply_rule, undo_merge  # noqa: E402
from panshi.domains.accounts.services.opening import open_accounts  # noqa: E402
from panshi.domains.people.models import LogEntry  # noqa: E402
from panshi.domains.people.services import add_contacts  # noqa: E402
from panshi.ground.base.approval import Approval  # noqa: E402
from panshi.ground.base.bulk import insert_rows  # noqa: E402
from panshi.ground.base.viewer import Viewer  # noqa: E402

SYSTEM = Viewer.system()
AT = dt.datetime(2026, 11, 21, 1, 0, tzinfo=dt.UTC)
TODAY = AT.date()
PORTION = 10_000


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Print how long the block took."""
    start = time.perf_counter()
    yield
    print(f"{what}: {time.perf_counter() - start:.2f} s", flush=True)


def open_many(count: int) -> list[int]:
    """Active accounts; one in four traded long ago, one in ten is dormant and traded yesterday."""
    keys: list[int] = []
    for start in range(0, count, PORTION):
        accounts = [_account(number) for number in range(start, min(start + PORTION, count))]
        with transaction.atomic():
            open_accounts(accounts, reason="导入", by=SYSTEM, at=AT)
        keys += [account.pk for account in accounts]
    return keys


def _account(number: int) -> Account:
    silent = 300 if number % 4 == 0 else 1
    account = Account(
        name=f"测试制造第{number}有限公司",
        lifecycle="dormant" if number % 10 == 1 else "active",
        lifecycle_since_on=TODAY - dt.timedelta(days=400),
        last_trade_on=TODAY - dt.timedelta(days=silent),
        created_at=AT,
        updated_at=AT,
    )
    derive(account)
    return account


def refer(account_id: int, count: int) -> None:
    """So many rows that refer to an account: contacts, log lines and touches, a third each."""
    third = count // 3
    with transaction.atomic():
        add_contacts(
            rows=[(account_id, {"name": f"联系人{number}"}) for number in range(third)], by=SYSTEM, at=AT
        )
        lines = [LogEntry(account_id=account_id, on=TODAY, text="问计划", at=AT) for _number in range(third)]
        insert_rows(LogEntry, lines)
        rest = range(count - 2 * third)
        insert_rows(
            Touch,
            [
                Touch(account_id=account_id, on=TODAY, kind="phone", source="bench", source_id=number)
                for number in rest
            ],
        )


def main() -> None:
    """Load and measure."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--accounts", type=int, default=100_000)
    reader.add_argument("--references", type=int, default=10_000)
    chosen = reader.parse_args()
    call_command("migrate", verbosity=0)
    with timed(f"load {chosen.accounts} accounts"):
        keys = open_many(chosen.accounts)
    winner, loser = (Account.objects.get(pk=key) for key in keys[:2])
    refer(loser.pk, chosen.references)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(f"{connection.vendor}, {chosen.references} references")
    approval = Approval(1, "B-1", "accounts.merge", 1, (), "approved", AT)
    with timed("merge"):
        merge = merge_accounts(
            approval=approval, loser=loser, winner=winner, choices=MergeChoices(), by=SYSTEM, at=AT
        )
    print(f"{merge.moved} rows moved")
    with timed("undo"):
        undo_merge(merge=merge, by=SYSTEM, at=AT)
    with timed("what would change tonight"):
        found = tonight(on=TODAY, viewer=SYSTEM)
    print(", ".join(f"{step.value} {count}" for step, count in found.counts.items()))
    with timed("the lifecycle's night"):
        changed = sum(
            count
            for step in LifecycleStep
            for count in iter(lambda step=step: apply_rule(step=step, on=TODAY, by=SYSTEM, at=AT), 0)  # type: ignore[misc]
        )
    print(f"{changed} accounts changed")
    with timed("a night with nothing to do"):
        for step in LifecycleStep:
            apply_rule(step=step, on=TODAY, by=SYSTEM, at=AT)


if __name__ == "__main__":
    main()
