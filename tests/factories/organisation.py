"""A small company: units as a tree and one person for each way of standing to an account.

It is built through the services, so that what tests start from is what the product can produce.
"""

import datetime as dt
from dataclasses import dataclass
from itertools import count

from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.models import Person, Unit
from panshi.ground.identity.reports import viewer_of
from panshi.ground.identity.services import create_person, create_unit, give_role

SYSTEM = Viewer.system()
AT = dt.datetime(2026, 11, 21, 9, 0, tzinfo=dt.UTC)
SINCE = dt.date(2026, 1, 1)
PASSWORD = "Granite-under-moss-7"

_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Units:
    """总部 → 东区 → 一组 and 二组; 总部 → 南区 → 南区一组."""

    head: Unit
    east: Unit
    east_one: Unit
    east_two: Unit
    south: Unit
    south_one: Unit


@dataclass(frozen=True, slots=True)
class Company:
    """One person for each way of standing to an account that `owner` owns in 东区一组.

    `teammate` is on its account team from another region; `colleague` shares the unit with the owner but not the
    account; `supervisor` leads 东区一组 and `director` the whole of 东区; `outsider` does the owner's work in 南区,
    and `rival` leads 南区 with every right a director has;
    `general_manager` and `compliance` see everything; `administrator` manages people and sees no business at all;
    `newcomer` holds no role.
    """

    units: Units
    owner: Person
    teammate: Person
    colleague: Person
    supervisor: Person
    director: Person
    outsider: Person
    rival: Person
    operations: Person
    general_manager: Person
    compliance: Person
    administrator: Person
    newcomer: Person

    def viewer(self, name: str) -> Viewer:
        """The viewer of the person called `name` here, on the day of the tests."""
        return viewer_of(getattr(self, name).pk, on=AT.date())


def make_unit(name: str, *, parent: Unit | None = None, kind: str = "team", code: str = "") -> Unit:
    """A unit under its parent."""
    return create_unit(
        code=code or f"U{next(_numbers):04d}", name=name, kind=kind, parent=parent, by=SYSTEM, at=AT
    )


def make_person(
    name: str,
    *,
    role: str = "",
    unit: Unit | None = None,
    username: str = "",
    password: str | None = None,
) -> Person:
    """A person, holding `role` in `unit` if one is named; hashing a password is slow, so only on request."""
    person = create_person(
        username=username or f"p{next(_numbers):04d}", name=name, password=password, by=SYSTEM, at=AT
    )
    if role:
        assert unit is not None
        give_role(person=person, unit=unit, role=role, since_on=SINCE, by=SYSTEM, at=AT)
    return person


def make_units() -> Units:
    """The tree."""
    head = make_unit("总部", kind="headquarters")
    east = make_unit("东区", kind="region", parent=head)
    south = make_unit("南区", kind="region", parent=head)
    return Units(
        head=head,
        east=east,
        east_one=make_unit("东区一组", parent=east),
        east_two=make_unit("东区二组", parent=east),
        south=south,
        south_one=make_unit("南区一组", parent=south),
    )


def make_company() -> Company:
    """Everybody."""
    units = make_units()
    return Company(
        units=units,
        owner=make_person("沈南舟", role="key_account_manager", unit=units.east_one),
        teammate=make_person("顾言", role="technical_consultant", unit=units.south_one),
        colleague=make_person("林可", role="key_account_manager", unit=units.east_one),
        supervisor=make_person("周立", role="key_account_supervisor", unit=units.east_one),
        director=make_person("秦越", role="key_account_director", unit=units.east),
        outsider=make_person("何南", role="key_account_manager", unit=units.south_one),
        rival=make_person("邱远", role="key_account_director", unit=units.south),
        operations=make_person("温简", role="sales_operations", unit=units.head),
        general_manager=make_person("钟岳", role="general_manager", unit=units.head),
        compliance=make_person("严明", role="compliance", unit=units.head),
        administrator=make_person("管维", role="administrator", unit=units.head),
        newcomer=make_person("新来"),
    )
