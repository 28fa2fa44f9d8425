"""The data's side: database and schema, work, the chain of events, search, the ledger, outbox, calendar."""

import datetime as dt
from collections.abc import Iterator
from typing import Final

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from panshi.cli.doctor.looking import Finding, Look, doubtful, well, wrong
from panshi.domains.accounts.models import Account
from panshi.domains.ledger.reports.standing import head_version, ledger_folder
from panshi.engines.analytics import ledger
from panshi.ground.audit.sealing import head, oldest_unsealed
from panshi.ground.notices.standing import oldest_mail, outbox_figures
from panshi.ground.search.kinds import keys_of
from panshi.ground.search.models import Entry
from panshi.ground.settings.reports import official_calendar
from panshi.ground.work.standing import work_standing

OLDEST_POSTGRESQL: Final = 15
SILENCE: Final = 60.0
LONG_WAIT: Final = 600.0


def _database() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            cursor.execute("PRAGMA quick_check(1)")
            (said,) = cursor.fetchone()
            name = settings.DATABASES["default"]["NAME"]
            yield (
                well("database", f"SQLite, {name}.")
                if said == "ok"
                else wrong(
                    "database", f"The file is damaged: {said}", "Stop Panshi and restore the newest backup."
                )
            )
            return
        cursor.execute("SHOW server_version_num")
        version = int(cursor.fetchone()[0]) // 10000
    yield (
        well("database", f"PostgreSQL {version}.")
        if version >= OLDEST_POSTGRESQL
        else doubtful(
            "database",
            f"PostgreSQL {version} is older than what is tested.",
            f"Use {OLDEST_POSTGRESQL} or newer.",
        )
    )


def _schema() -> Iterator[Finding]:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    unknown = set(executor.loader.applied_migrations) - set(executor.loader.graph.nodes)
    if unknown:
        yield wrong(
            "schema",
            f"The database is of a newer version: {min(unknown)} is not known here.",
            "Install that version.",
        )
    elif plan:
        yield wrong("schema", f"{len(plan)} migrations are not applied.", "Run `panshi migrate`.")
    else:
        yield well("schema", "Up to date.")


def _work() -> Iterator[Finding]:
    standing = work_standing(at=timezone.now())
    if standing.silence is None or standing.silence > SILENCE:
        words = (
            "No work process runs"
            if standing.silence is None
            else f"Silent for {standing.silence:,.0f} seconds"
        )
        yield wrong(
            "work process", f"{words}: imports, mails and seals wait.", "Start `panshi run` or `panshi work`."
        )
    else:
        yield well("work process", f"Seen {standing.silence:.0f} seconds ago.")
    waiting, failed = sum(standing.waiting.values()), sum(standing.failed.values())
    words = f"{waiting} waiting, {sum(standing.running.values())} running, {failed} failed in the last day."
    if failed:
        yield doubtful(
            "jobs", words, "See 后台任务 / Background jobs: each says why, and can be tried again."
        )
    elif standing.oldest > LONG_WAIT:
        yield doubtful(
            "jobs", words, f"The oldest has waited {standing.oldest / 60:.0f} minutes: add a work process."
        )
    else:
        yield well("jobs", words)


def _chain() -> Iterator[Finding]:
    oldest, now = oldest_unsealed(), timezone.now()
    standing, _mac = head()
    if oldest is not None and (now - oldest).total_seconds() > SILENCE:
        yield wrong(
            "events", f"Unsealed since {timezone.localtime(oldest):%Y-%m-%d %H:%M}.",
            "The work process seals: see that it runs with the right PANSHI_AUDIT_KEY.",
        )  # fmt: skip
    else:
        yield well("events", f"{standing:,} sealed. `panshi audit verify` checks each of them.")


def _search() -> Iterator[Finding]:
    keys = keys_of("account")
    found = Entry.objects.filter(pk__gte=keys.start, pk__lt=keys.stop).count()
    standing = Account.objects.standing().count()
    words = f"{found:,} of {standing:,} accounts can be found."
    yield (
        well("search", words) if found == standing else wrong("search", words, "Run `panshi search rebuild`.")
    )


def _ledger() -> Iterator[Finding]:
    version = head_version()
    if version is None:
        yield well("ledger", "Nothing imported yet.")
        return
    files = ledger.store(ledger_folder()).files(version)
    missing = [path for path in files if not path.exists()]
    if missing:
        yield wrong(
            "ledger", f"{len(missing)} files of version {version} are gone.", "Restore the newest backup."
        )
    else:
        size = sum(path.stat().st_size for path in files)
        yield well("ledger", f"Version {version}, {len(files)} files, {size / 1e6:,.1f} MB.")


def _outbox() -> Iterator[Finding]:
    figures, oldest = outbox_figures(), oldest_mail()
    words = f"{figures['waiting']} mails waiting, {figures['failed']} failed."
    late = oldest is not None and (timezone.now() - oldest).total_seconds() > LONG_WAIT
    yield (
        doubtful("outbox", words, "The outbox page says why; mails can be sent again there.")
        if (figures["failed"] or late)
        else well("outbox", words)
    )


def _calendar() -> Iterator[Finding]:
    today = timezone.localdate()
    soon = (today + dt.timedelta(days=60)).year
    missing = [year for year in {today.year, soon} if official_calendar(year) is None]
    if missing:
        yield doubtful(
            "calendar", f"No official days off of {min(missing)}: deadlines in it are provisional.",
            "Enter the State Council's notice under 设置 / Settings.",
        )  # fmt: skip
    else:
        yield well("calendar", f"Official days known to the end of {soon}.")


DATABASE: Final[dict[str, Look]] = {"database": _database, "schema": _schema}
LOOKS: Final[dict[str, Look]] = {
    "work process": _work,
    "events": _chain,
    "search": _search,
    "ledger": _ledger,
    "outbox": _outbox,
    "calendar": _calendar,
}
