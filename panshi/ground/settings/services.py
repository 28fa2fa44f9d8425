"""Writes of settings: draw numbers, keep a person's choices."""

from typing import Any

from django.db import transaction

from panshi.ground.base.viewer import Viewer
from panshi.ground.settings.models import Numbering, Preference


@transaction.atomic
def draw_numbers(*, series: str, prefix: str, count: int = 1) -> list[str]:
    """Take the next `count` numbers of a series, created with `prefix` on first use; a row lock keeps them unique."""
    Numbering.objects.get_or_create(series=series, defaults={"prefix": prefix})
    row = Numbering.objects.select_for_update().get(pk=series)
    first = row.next_number
    row.next_number += count
    row.save(update_fields=["next_number"])
    return [f"{row.prefix}{number:0{row.width}d}" for number in range(first, first + count)]


@transaction.atomic
def keep_preference(*, name: str, value: Any, by: Viewer) -> None:
    """Remember one choice of the person. A choice is no business fact, so it leaves no event."""
    if by.person_id is not None:
        Preference.objects.update_or_create(person_id=by.person_id, name=name, defaults={"value": value})
