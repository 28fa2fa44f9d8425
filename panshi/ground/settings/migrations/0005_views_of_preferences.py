"""Turns the views people kept among their preferences into rows of their own."""

from typing import Any
from urllib.parse import urlencode

from django.db import migrations
from django.utils import timezone


def move(apps: Any, schema_editor: Any) -> None:
    """Each stored view becomes a private one; what is no view is left behind."""
    preference, view = apps.get_model("settings", "Preference"), apps.get_model("settings", "ListView")
    now = timezone.now()
    for row in preference.objects.filter(name__startswith="list."):
        stored = row.value if isinstance(row.value, dict) else {}
        kept = stored.pop("views", None)
        if kept is None:
            continue
        named = {str(one["name"])[:40]: one for one in kept if isinstance(one, dict) and one.get("name")}
        for name, one in named.items():
            pairs = [(str(part), str(text)) for part, text in one.get("pairs") or []]
            sort = [("sort", str(one["sort"]))] if one.get("sort") else []
            view.objects.get_or_create(
                person_id=row.person_id,
                listed=row.name.removeprefix("list."),
                name=name,
                removed_at=None,
                defaults={"query": urlencode([*pairs, *sort]), "created_at": now, "updated_at": now},
            )
        row.value = stored
        row.save(update_fields=["value"])


class Migration(migrations.Migration):
    dependencies = [("settings", "0004_list_views")]

    operations = [migrations.RunPython(move, migrations.RunPython.noop)]
