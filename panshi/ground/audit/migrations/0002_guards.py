"""What the database does by itself for events."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from panshi.ground.audit.guards import NOTE, install_refusals, remove_refusals


def install(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in NOTE[schema_editor.connection.vendor]:
        schema_editor.execute(statement)
    install_refusals(schema_editor.connection)


def remove(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    connection = schema_editor.connection
    remove_refusals(connection)
    if connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER audit_event_added ON audit_event")
        schema_editor.execute("DROP FUNCTION audit_note_unsealed()")
        schema_editor.execute("DROP FUNCTION audit_refuse()")
    else:
        schema_editor.execute("DROP TRIGGER audit_event_added")


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [migrations.RunPython(install, remove)]
