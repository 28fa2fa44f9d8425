"""The index over the tokens: GIN on PostgreSQL; on SQLite a full-text table kept by triggers beside the entries."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

POSTGRESQL = [
    """CREATE INDEX search_by_tokens ON search_entry USING gin (tokens)""",
    # Most tokens are not among the hundred commonest; good estimates choose the plan.
    """ALTER TABLE search_entry ALTER COLUMN tokens SET STATISTICS 500""",
]

# The ascii tokenizer takes every character beyond ASCII as it is; case and width were settled before (calc.bigrams).
SQLITE = [
    """CREATE VIRTUAL TABLE search_tokens USING fts5(
        tokens, content='search_entry', content_rowid='id', tokenize="ascii tokenchars '=~|'", prefix='1')""",
    """CREATE TRIGGER search_entry_added AFTER INSERT ON search_entry BEGIN
        INSERT INTO search_tokens(rowid, tokens) VALUES (new.id, new.tokens); END""",
    """CREATE TRIGGER search_entry_removed AFTER DELETE ON search_entry BEGIN
        INSERT INTO search_tokens(search_tokens, rowid, tokens) VALUES ('delete', old.id, old.tokens); END""",
    """CREATE TRIGGER search_entry_changed AFTER UPDATE OF tokens ON search_entry BEGIN
        INSERT INTO search_tokens(search_tokens, rowid, tokens) VALUES ('delete', old.id, old.tokens);
        INSERT INTO search_tokens(rowid, tokens) VALUES (new.id, new.tokens); END""",
]


def add_index(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


def drop_index(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX search_by_tokens")
    else:
        for trigger in ("added", "removed", "changed"):
            schema_editor.execute(f"DROP TRIGGER search_entry_{trigger}")
        schema_editor.execute("DROP TABLE search_tokens")


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]

    operations = [migrations.RunPython(add_index, drop_index)]
