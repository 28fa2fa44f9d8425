"""A person's own choices, kept between visits."""

from typing import Any

from django.db import transaction

from panshi.ground.base.viewer import Viewer
from panshi.ground.settings.models import Preference


@transaction.atomic
def keep_preference(*, name: str, value: Any, by: Viewer) -> None:
    """Remember one choice of the person. A choice is no business fact, so it leaves no event."""
    if by.person_id is not None:
        Preference.objects.update_or_create(person_id=by.person_id, name=name, defaults={"value": value})
