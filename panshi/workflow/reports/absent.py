"""Who answers for somebody who is away today; for the pages that say whose a record is."""

import datetime as dt
from dataclasses import dataclass

from panshi.workflow.models import Absence


@dataclass(frozen=True, slots=True)
class Answering:
    """Who stands in for a person, and until when."""

    name: str
    until_on: dt.date


def answering_for(person_id: int | None, *, on: dt.date) -> Answering | None:
    """The substitute of a person on a day; one query. That somebody is away and who stands in is no secret in the
    house, unlike the note that says why."""
    if person_id is None:
        return None
    rows = Absence.objects.on(on).filter(person_id=person_id, processes="").order_by("pk")
    found = rows.values_list("substitute__name", "until_on").first()
    return Answering(*found) if found else None
