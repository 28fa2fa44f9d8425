"""The account team and what it lacks: three to five people, a technical and a commercial one, the leaders named."""

import enum
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual
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
    LEFT = _("有成员已停用")


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
    found = warnings([(member.person_id, member.role) for member in members])
    gone = any(not row.person.is_active for row in rows) or bool(
        account.owner is not None and not account.owner.is_active
    )
    return Team(tuple(members), (*found, TeamWarning.LEFT) if gone else found)


def incomplete() -> Q:
    """Accounts whose team lacks something: the warnings of `team` as a condition of the database.

    The owner counts as manager and as one of the people.
    """
    members = TeamMember.objects.filter(account=OuterRef("pk")).order_by()
    people = Subquery(
        members.filter(~Q(person_id=F("account__owner_id")) | Q(account__owner=None))
        .values("account_id")
        .annotate(people=Count("person_id", distinct=True))
        .values("people"),
        output_field=IntegerField(),
    )
    owned = Case(When(owner=None, then=Value(0)), default=Value(1))
    size: Any = Coalesce(people, Value(0)) + owned

    def has(*roles: str) -> Q:
        return Q(Exists(members.filter(role__in=roles)))

    owner = Q(owner__isnull=False)
    complete = (
        Q(GreaterThanOrEqual(size, LEAST))
        & Q(LessThanOrEqual(size, MOST))
        & has(*TECHNICAL)
        & (has(*COMMERCIAL) | owner)
        & has(TeamRole.SPONSOR)
        & has(TeamRole.SUPERVISOR)
        & (has(TeamRole.MANAGER) | owner)
        & ~Q(Exists(members.filter(person__is_active=False)))
        & (Q(owner=None) | Q(owner__is_active=True))
    )
    return ~complete


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
