"""The filter "who has it": open requests that wait for one person, or for nobody."""

from dataclasses import dataclass, replace

from django.db.models import Q
from django.http import QueryDict

from panshi.web.generic.filters import Applied, Asking
from panshi.web.generic.keys import key_or_none
from panshi.web.generic.places import PersonFilter
from panshi.workflow import reports


@dataclass(frozen=True, kw_only=True)
class HolderFilter(PersonFilter):
    """Requests with an open task this person could act on today; `none` for those in the administrator's queue."""

    field: str = "pk"

    def read(self, query: QueryDict, asking: Asking) -> Applied | None:
        """See `Filter.read`."""
        found = super().read(query, asking)
        if found is None:
            return None
        asked = query.get(self.name, "")
        person = {"me": asking.viewer.person_id, "none": None}.get(asked, key_or_none(asked))
        return replace(found, condition=Q(pk__in=reports.waiting_at(person, on=asking.on)))
