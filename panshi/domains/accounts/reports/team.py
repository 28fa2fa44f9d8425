"""The account team and what it lacks: three to five people, a technical and a commercial one, the leaders named."""

import enum
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _

from panshi.domains.accounts.models import Account, TeamMember, TeamRole
from panshi.ground.base.viewer import Viewer

LEAST, MOST = 3, 5
TECHNICAL: Final = frozenset({TeamRole.SALES_SUPPORT, TeamRole.SERVICE_SUPPORT, TeamRole.TRAINING_SUPPORT})
COMMERCIAL: Final = frozenset({TeamRole.MANAGER, TeamRole.MARKET_SUPPORT, TeamRole.FINANCE_SUPPORT})


class TeamWarning(enum.Enum):
    """What a team lacks; the value is its sentence."""

    TOO_FEW = _("团队不足三人")
    TOO_MANY = _("团队超过五人")
    NO_TECHNICAL = _("团队中没有技术人员")
    NO_COMMERCIAL = _("团队中没有商务人员")
    NO_SPONSOR = _("没有指定高层负责人")
    NO_SUPERVISOR = _("没有指定大客户主管")
    NO_MANAGER = _("没有指定大客户经理")


@dataclass(frozen=True, slots=True)
class Member:
    """One person on the team; `member_id` is None for the owner who holds no further role."""

    member_id: int | None
    person_id: int
    name: str
    role: str
    role_label: str


@dataclass(frozen=True, slots=True)
class Team:
    """Owner first, then by role."""

    members: tuple[Member, ...]
    warnings: tuple[TeamWarning, ...]


def team(account: Account, *, viewer: Viewer) -> Team:
    """The team of an account; the owner counts as its manager. One query."""
    rows = TeamMember.objects.visible_to(viewer).filter(account=account).select_related("person")
    order = list(TeamRole.values)
    members = [
        Member(row.pk, row.person_id, row.person.name, row.role, str(row.get_role_display()))
        for row in sorted(rows, key=lambda row: (order.index(row.role), row.person.pinyin))
    ]
    pairs = [(member.person_id, member.role) for member in members]
    if account.owner is not None and (account.owner_id, TeamRole.MANAGER.value) not in pairs:
        owner = account.owner
        label = str(TeamRole.MANAGER.label)
        members.insert(0, Member(None, owner.pk, owner.name, TeamRole.MANAGER.value, label))
    return Team(tuple(members), warnings([(member.person_id, member.role) for member in members]))


def warnings(pairs: Collection[tuple[int, str]]) -> tuple[TeamWarning, ...]:
    """What a team of (person, role) lacks, in the order of the declaration."""
    people = {person for person, _role in pairs}
    roles = {role for _person, role in pairs}
    lacks = {
        TeamWarning.TOO_FEW: len(people) < LEAST,
        TeamWarning.TOO_MANY: len(people) > MOST,
        TeamWarning.NO_TECHNICAL: not roles & TECHNICAL,
        TeamWarning.NO_COMMERCIAL: not roles & COMMERCIAL,
        TeamWarning.NO_SPONSOR: TeamRole.SPONSOR not in roles,
        TeamWarning.NO_SUPERVISOR: TeamRole.SUPERVISOR not in roles,
        TeamWarning.NO_MANAGER: TeamRole.MANAGER not in roles,
    }
    return tuple(warning for warning, true in lacks.items() if true)
