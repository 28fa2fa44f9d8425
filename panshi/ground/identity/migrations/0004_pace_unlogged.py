"""Counting requests must not wait for the disk: on PostgreSQL the counters are kept without a log. They may be lost in
a crash, which only lets a program begin its minute anew."""

from typing import Any

from django.db import migrations


def _set(schema_editor: Any, how: str) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"ALTER TABLE identity_tokenpace SET {how}")


def without_log(apps: Any, schema_editor: Any) -> None:
    """Keep the counters in memory and on disk, but not in the log."""
    _set(schema_editor, "UNLOGGED")


def with_log(apps: Any, schema_editor: Any) -> None:
    """As tables usually are."""
    _set(schema_editor, "LOGGED")


class Migration(migrations.Migration):
    """After the tables of tokens."""

    dependencies = [("identity", "0003_api_tokens")]

    operations = [migrations.RunPython(without_log, with_log)]
