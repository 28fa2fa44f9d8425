"""Who may own an account of which unit: everybody who works here, with the units they hold roles in on a day."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from panshi.ground.base.refusals import Refused
from panshi.ground.identity.models import Assignment, Person
from panshi.ground.identity.reports import UnitTree


class CannotAssignOwner(Refused):
    """The person cannot own an account of this unit."""


@dataclass(frozen=True, slots=True)
class Staff:
    """The people who work here on a day: `units` of each in the order they were given, `tree` of all units."""

    units: Mapping[int, list[int]]
    tree: UnitTree

    @classmethod
    def load(cls, *, on: dt.date, person_id: int | None = None) -> "Staff":
        """Everybody, or one person; three queries."""
        people = Person.objects.active()
        held = Assignment.objects.valid(on)
        if person_id is not None:
            people, held = people.filter(pk=person_id), held.filter(person_id=person_id)
        units: dict[int, list[int]] = {pk: [] for pk in people.values_list("pk", flat=True)}
        pairs: dict[int, list[int]] = defaultdict(list)
        for person, unit in held.order_by("pk").values_list("person_id", "unit_id"):
            pairs[person].append(unit)
        return cls({pk: pairs.get(pk, []) for pk in units}, UnitTree.load())

    def settle(self, owner_id: int, unit_id: int | None) -> tuple[int, int]:
        """Owner and unit that belong together; a missing unit is the first one the owner holds a role in.

        Raises `CannotAssignOwner` for an owner outside the unit or one who does not work here any more.
        """
        held = self.units.get(owner_id)
        if held is None:
            raise CannotAssignOwner(_("此人已停用，不能作为负责人。"), field="owner")
        if not held:
            raise CannotAssignOwner(_("此人没有担任任何组织的角色，不能作为负责人。"), field="owner")
        if unit_id is None:
            return owner_id, held[0]
        if not self.tree.below(unit_id) & set(held):
            raise CannotAssignOwner(_("负责人不在所属组织之内。"), field="owner")
        return owner_id, unit_id
