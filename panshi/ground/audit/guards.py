"""What the database itself does for events: it notes each new one for the sealer, and refuses to change or remove any.

The refusal guards against mistakes of our own programs; against somebody with the database's password only the seals
do.
"""

from typing import Final

from django.db.backends.base.base import BaseDatabaseWrapper

NOTE: Final = {
    "postgresql": [
        """CREATE FUNCTION audit_note_unsealed() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN INSERT INTO audit_unsealed (event_id) SELECT id FROM added; RETURN NULL; END $$""",
        """CREATE TRIGGER audit_event_added AFTER INSERT ON audit_event REFERENCING NEW TABLE AS added
        FOR EACH STATEMENT EXECUTE FUNCTION audit_note_unsealed()""",
    ],
    "sqlite": [
        """CREATE TRIGGER audit_event_added AFTER INSERT ON audit_event
        BEGIN INSERT INTO audit_unsealed (event_id) VALUES (new.id); END""",
    ],
}
"""Statements, by engine, that note new events."""

_TABLES: Final = ("audit_event", "audit_seal")


def install_refusals(connection: BaseDatabaseWrapper) -> None:
    """Let the database refuse UPDATE and DELETE of events and seals."""
    for statement in _refusals(connection.vendor):
        with connection.cursor() as cursor:
            cursor.execute(statement)


def remove_refusals(connection: BaseDatabaseWrapper) -> None:
    """Take the refusals away: for undoing the migration, and for tests that empty every table between them."""
    with connection.cursor() as cursor:
        for table in _TABLES:
            for act in ("update", "delete"):
                where = f" ON {table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{act}{where}")


def _refusals(vendor: str) -> list[str]:
    """The statements that install the refusals."""
    statements = []
    if vendor == "postgresql":
        statements.append(
            """CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'events and seals are only ever added'; END $$"""
        )
    for table in _TABLES:
        for act in ("update", "delete"):
            head = f"CREATE TRIGGER {table}_no_{act} BEFORE {act} ON {table}"
            if vendor == "postgresql":
                statements.append(f"{head} FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()")
            else:
                statements.append(
                    f"{head} BEGIN SELECT RAISE(ABORT, 'events and seals are only ever added'); END"
                )
    return statements
