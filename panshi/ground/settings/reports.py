"""Reads of settings: a person's choices."""

from typing import Any

from panshi.ground.base.viewer import Viewer
from panshi.ground.settings.models import Preference


def preference(name: str, *, viewer: Viewer, default: Any = None) -> Any:
    """The person's choice, or `default` when none was made."""
    if viewer.person_id is None:
        return default
    row = Preference.objects.visible_to(viewer).filter(person_id=viewer.person_id, name=name).first()
    return default if row is None else row.value
