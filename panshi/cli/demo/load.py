"""Loads the demo company through the same services people use, so that every rule, event and index holds for it too."""

import datetime as dt
import random
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import transaction

from panshi.cli.demo.archive import PlannedAccount, plan
from panshi.cli.demo.names import NameSource
from panshi.cli.demo.organisation import PlannedPerson, people, units
from panshi.domains.accounts.models import Account, Lifecycle
from panshi.domains.accounts.services import Placement, change_lifecycle, create_account, set_team
from panshi.domains.people.services import Said, add_contacts, log_contacts
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.models import Person, Unit
from panshi.ground.identity.services import create_person, create_unit, give_role
from panshi.ground.settings.once import reading_once

SEED: Final = 20261121
LOT: Final = 100
SIGNED_IN_ROLES: Final = ("jingli", "kehu111", "zhuguan11", "xiaoguan", "zongjingli", "hegui", "guanli")
"""Who gets a password at load: director, manager, supervisor, operations, general manager, compliance, IT."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Credential:
    """How to sign in as one person; shown once."""

    username: str
    name: str
    role: str
    password: str


@dataclass(frozen=True, slots=True)
class Staffing:
    """The company's people and units by code, and who may own accounts of each team."""

    people: Mapping[str, Person]
    units: Mapping[str, Unit]
    managers: Mapping[str, Sequence[Person]]
    supervisors: Mapping[str, Person]


def load_organisation(
    *, names: NameSource, seed: random.Random, at: dt.datetime
) -> tuple[Staffing, list[Credential]]:
    """Create units, people and roles; draw passwords for one person of each important role."""
    system = Viewer.system()
    made: dict[str, Unit] = {}
    for unit in units():
        made[unit.code] = create_unit(
            code=unit.code, name=unit.name, kind=unit.kind, parent=made.get(unit.parent), by=system, at=at
        )
    persons: dict[str, Person] = {}
    credentials: list[Credential] = []
    managers: dict[str, list[Person]] = {}
    supervisors: dict[str, Person] = {}
    for planned in people(names, seed):
        password = secrets.token_urlsafe(9) if planned.username in SIGNED_IN_ROLES else None
        person = _person(planned, password, made[planned.unit], at)
        persons[planned.username] = person
        if password:
            credentials.append(Credential(planned.username, planned.name, planned.role, password))
        if planned.role == "key_account_manager":
            managers.setdefault(planned.unit, []).append(person)
        if planned.role == "key_account_supervisor":
            supervisors[planned.unit] = person
    return Staffing(persons, made, managers, supervisors), credentials


def _person(planned: PlannedPerson, password: str | None, unit: Unit, at: dt.datetime) -> Person:
    system = Viewer.system()
    person = create_person(
        username=planned.username,
        name=planned.name,
        password=password,
        email=f"{planned.username}@lanjiang.example",
        by=system,
        at=at,
    )
    give_role(
        person=person,
        unit=unit,
        role=planned.role,
        since_on=at.date() - dt.timedelta(days=1200),
        by=system,
        at=at,
    )
    return person


def load_accounts(
    count: int, *, names: NameSource, seed: random.Random, staff: Staffing, at: dt.datetime, say: Say
) -> list[Account]:
    """Create the accounts with team, contacts and contact log, a hundred in a transaction."""
    made: list[Account] = []
    planned = plan(count, names=names, seed=seed)
    for start in range(0, len(planned), LOT):
        lot = planned[start : start + LOT]
        with reading_once(), transaction.atomic():
            kept = []
            for item in lot:
                head = made[item.head] if item.head is not None else None
                kept.append(_account(item, head, len(made), staff, seed, at))
                made.append(kept[-1].account)
            _people(lot, kept, at)
            _talk(lot, kept, at)
        if start % 500 == 0:
            say(f"  {start + len(lot):>5} / {len(planned)}")
    return made


@dataclass(frozen=True, slots=True)
class Kept:
    """An account, who keeps it and since when."""

    account: Account
    owner_id: int | None
    since: dt.datetime


def _account(
    item: PlannedAccount,
    head: Account | None,
    place: int,
    staff: Staffing,
    seed: random.Random,
    at: dt.datetime,
) -> Kept:
    """One account as its manager would have kept it; one in thirty waits without an owner."""
    managers = staff.managers[item.team]
    owner = seed.choice(managers) if place < 60 or seed.random() > 1 / 30 else None
    keeper = Viewer(person_id=owner.pk if owner else None, is_system=True)
    opened = at - dt.timedelta(days=seed.randint(260, 1100))
    account = create_account(
        values=item.values,
        code=item.code,
        placement=Placement(
            owner_id=owner.pk if owner else None,
            unit_id=staff.units[item.team].pk,
            parent_id=head.pk if head else None,
        ),
        duplicate_reason="同一集团的另一家公司",
        by=keeper,
        at=opened,
    )
    if item.team_roles and owner:
        _team(account, item, owner, staff, keeper, opened)
    return Kept(account, keeper.person_id, opened)


def _people(lot: Sequence[PlannedAccount], kept: Sequence[Kept], at: dt.datetime) -> None:
    """The contacts of a lot, each added by the account's keeper on its first day."""
    add_contacts(
        rows=[
            (one.account.pk, contact.values)
            for item, one in zip(lot, kept, strict=True)
            for contact in item.contacts
        ],
        authors={one.account.pk: (one.owner_id, one.since) for one in kept},
        by=Viewer.system(),
        at=at,
    )


def _team(
    account: Account, item: PlannedAccount, owner: Person, staff: Staffing, by: Viewer, at: dt.datetime
) -> None:
    """A full account team for the important ones."""
    who = {
        "sales_support": staff.people["jishu"],
        "service_support": staff.people["kefu"],
        "supervisor": staff.supervisors[item.team],
        "sponsor": staff.people["fuzong"],
    }
    members = [(owner.pk, "manager"), *((who[role.value].pk, role.value) for role in item.team_roles)]
    set_team(account=account, members=members, by=by, at=at)


def _talk(lot: Sequence[PlannedAccount], kept: Sequence[Kept], at: dt.datetime) -> None:
    """The contact log of a lot, from each account's oldest talk to its newest."""
    said = []
    for item, one in zip(lot, kept, strict=True):
        for talk in item.talks:
            said_at = at - dt.timedelta(days=talk.days_ago)
            following = None
            if talk.next_in is not None:
                following = max(
                    at.date() + dt.timedelta(days=talk.next_in), said_at.date() + dt.timedelta(days=1)
                )
            said.append(Said(one.account, talk.kind, talk.text, one.owner_id, said_at, following, talk.note))
    log_contacts(said=said, by=Viewer.system(), at=at)


def settle_lifecycles(accounts: Sequence[Account], *, at: dt.datetime) -> None:
    """After the ledger is in: its rules made those who trade active or dormant; some of the rest are being won."""
    system = Viewer.system()
    waiting = Account.objects.filter(
        pk__in=[item.pk for item in accounts], lifecycle=Lifecycle.POTENTIAL
    ).order_by("pk")
    for number, account in enumerate(waiting):
        for state in _ADVANCES[number % len(_ADVANCES)]:
            account = change_lifecycle(account=account, to=state, reason=_REASONS[state], by=system, at=at)  # noqa: PLW2901


_ADVANCES = ((), (Lifecycle.QUALIFIED,), (Lifecycle.QUALIFIED, Lifecycle.DEVELOPING))
_REASONS = {Lifecycle.QUALIFIED: "资料齐全，符合目标行业", Lifecycle.DEVELOPING: "已立项跟进"}
