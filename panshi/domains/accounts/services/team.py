"""The account team: who works for an account, and as what. Thin teams are allowed and warned about (`reports.team`)."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from panshi.domains.accounts import events
from panshi.domains.accounts.models import Account, TeamMember, TeamRole
from panshi.domains.accounts.services.completeness import measure
from panshi.domains.accounts.services.locking import locked
from panshi.ground.audit.kinds import EventKind
from panshi.ground.audit.services import record
from panshi.ground.base.refusals import Refused
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.models import Person
from panshi.ground.notices.services import notify


class CannotChangeTeam(Refused):
    """The member is already there, not there, or no longer works here."""


@transaction.atomic
def add_member(*, account: Account, person: Person, role: str, by: Viewer, at: dt.datetime) -> TeamMember:
    """Let a person work for the account in a role; it opens the account to them."""
    record_ = locked(account.pk, by=by, permission="accounts.assign")
    if TeamMember.objects.filter(account=record_, person=person, role=role).exists():
        raise CannotChangeTeam(_("此人已在团队中担任这个角色。"), field="person")
    member = _add(record_, person.pk, role, by=by, at=at)
    measure([record_.pk], at=at)
    return member


@transaction.atomic
def remove_member(*, member: TeamMember, by: Viewer, at: dt.datetime) -> None:
    """End a person's part in the team; what they did stays."""
    record_ = locked(member.account_id, by=by, permission="accounts.assign")
    found = TeamMember.objects.filter(pk=member.pk, account=record_).first()
    if found is None:
        raise CannotChangeTeam(_("此人已不在团队中。"))
    _remove(found, by=by, at=at)
    measure([record_.pk], at=at)


@transaction.atomic
def set_team(
    *, account: Account, members: Iterable[tuple[int, str]], by: Viewer, at: dt.datetime
) -> list[TeamMember]:
    """Make the team exactly these (person id, role); those who stay keep their day of joining."""
    record_ = locked(account.pk, by=by, permission="accounts.assign")
    wanted = dict.fromkeys(members)
    known = {(member.person_id, member.role): member for member in TeamMember.objects.filter(account=record_)}
    for pair, member in known.items():
        if pair not in wanted:
            _remove(member, by=by, at=at)
    team = [known.get(pair) or _add(record_, *pair, by=by, at=at) for pair in wanted]
    measure([record_.pk], at=at)
    return team


def _add(account: Account, person_id: int, role: str, *, by: Viewer, at: dt.datetime) -> TeamMember:
    if role not in TeamRole.values:
        raise CannotChangeTeam(_("没有这个团队角色。"), field="role")
    if not Person.objects.active().filter(pk=person_id).exists():
        raise CannotChangeTeam(_("此人已停用，不能加入团队。"), field="person")
    member = TeamMember.objects.create(
        account=account, person_id=person_id, role=role, since_on=timezone.localdate(at)
    )
    _note(events.MEMBER_ADDED, member, by=by, at=at)
    notify(events.TEAM_JOINED, to=[person_id], at=at, by_id=by.person_id, account_id=account.pk)
    return member


def _remove(member: TeamMember, *, by: Viewer, at: dt.datetime) -> None:
    _note(events.MEMBER_REMOVED, member, by=by, at=at)
    member.delete()


def _note(kind: EventKind, member: TeamMember, *, by: Viewer, at: dt.datetime) -> None:
    record(
        kind,
        at=at,
        by_id=by.person_id,
        account_id=member.account_id,
        subject_id=member.person_id,
        person_id=member.person_id,
        role=member.role,
    )
