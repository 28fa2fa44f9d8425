"""Migrations: complete, and each of them can be taken back."""

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

OURS = [config.label for config in apps.get_app_configs() if config.name.startswith("panshi.")]


@pytest.mark.django_db
def test_models_and_migrations_agree() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


@pytest.mark.django_db
def test_every_operation_can_be_taken_back() -> None:
    loader = MigrationLoader(connection, ignore_no_migrations=True)
    stuck = [
        f"{label}.{name}: {operation.describe()}"
        for (label, name), migration in loader.disk_migrations.items()
        if label in OURS
        for operation in migration.operations
        if not operation.reversible
    ]
    assert not stuck


@pytest.mark.django_db
def test_migrations_form_one_line() -> None:
    loader = MigrationLoader(connection, ignore_no_migrations=True)
    assert not loader.detect_conflicts()
