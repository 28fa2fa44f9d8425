"""Reads of settings: a person's choices."""

from typing import Any

from panshi.ground.base.viewer import Viewer
from panshi.ground.settings.models import Preference


def preference(name: str, *, viewer: Viewer, default: Any = None) -> Any:
    """The person's choice, or `default` when none was made."""
    if viewer.person_id is None:
        return default
    rows = Preference.objects.visible_to(viewer).filter(person_id=viewer.person_id, name=name)
    return next(iter(rows.values_list("value", flat=True)[:1]), default)
