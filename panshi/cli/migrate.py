"""`panshi migrate`: brings the database to the present version of the product; safe to run again at any time."""

import argparse

from panshi.cli import house


def configure(parser: argparse.ArgumentParser) -> None:
    """Nothing to say."""


def run(arguments: argparse.Namespace) -> int:
    """Migrate, and tell what changed."""
    house.enter()
    steps = bring_up_to_date()
    print(f"{steps} migration(s) applied." if steps else "The database is up to date.")
    return 0


def bring_up_to_date() -> int:
    """Apply what is missing, create the cache's table; answers how many migrations ran."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    settings.DATA.mkdir(parents=True, exist_ok=True)
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        call_command("migrate", verbosity=0, interactive=False)
    if not settings.REDIS_URL:
        call_command("createcachetable", verbosity=0)
    return len(plan)
