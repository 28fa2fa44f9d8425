"""Taking back what was just done with many accounts of the pools: claims, assignments and returns.

Only for `UNDO_MINUTES`, and only where an account is still as the act left it: later, undoing a claim would be a way
around the duty of contact and the cooling time. A claim that was taken back still counts for its day, because whoever
held the account has read it.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from panshi.domains.accounts import events
from panshi.domains.accounts.models import Account, Claim, ClaimKind, OpenMatter, PoolEntry, TeamMember
from panshi.domains.accounts.reports.pools.allowances import allowances
from panshi.domains.accounts.services.completeness import measure
from panshi.domains.accounts.services.pools.shelf import Outcome, stored
from panshi.ground.audit.kinds import EventKind
from panshi.ground.audit.models import Event
from panshi.ground.audit.services import draft
from panshi.ground.base.bulk import insert_rows, update_rows
from panshi.ground.base.models import NEVER, NOT_PLANNED
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.models import Person
from panshi.ground.identity.reports import names_of
from panshi.ground.notices.services import notify

UNDO_MINUTES: Final = 30

Kept = Mapping[int, Mapping[str, Any]]
"""Account → what `Outcome.kept` said of it."""


def standing_before(accounts: Sequence[Account]) -> dict[int, dict[str, Any]]:
    """What returning these locked accounts will end: owner, team, plan of contact, claim; two queries."""
    ids = [account.pk for account in accounts]
    teams: dict[int, list[list[Any]]] = defaultdict(list)
    members = TeamMember.objects.filter(account__in=ids).order_by("pk")
    for pk, person, role, since in members.values_list("account_id", "person_id", "role", "since_on"):
        teams[pk].append([person, role, since.isoformat()])
    claims = dict(Claim.objects.standing().filter(account__in=ids).values_list("account_id", "pk"))
    return {
        account.pk: {
            "owner": account.owner_id,
            "since": account.owner_since_on.isoformat(),
            "protected": account.protected_until_on.isoformat(),
            "next": account.next_contact_on.isoformat(),
            "note": account.next_contact_note,
            "team": teams[account.pk],
            "claim": claims.get(account.pk),
            "version": account.version + 1,
        }
        for account in accounts
    }


@transaction.atomic
def undo_takings(*, kept: Kept, by: Viewer, at: dt.datetime) -> list[Outcome]:
    """Put accounts that were just claimed or assigned back into their pools, as they lay there before."""
    accounts = _locked(kept)
    rows = Claim.objects.filter(pk__in=[each["claim"] for each in kept.values()]).select_related("pool")
    claims = {claim.account_id: claim for claim in rows}
    busy = set(
        OpenMatter.objects.standing().filter(account__in=list(kept)).values_list("account_id", flat=True)
    )
    busy |= set(TeamMember.objects.filter(account__in=list(kept)).values_list("account_id", flat=True))
    led = set(
        Account.objects.visible_to(by, "accounts.assign")
        .filter(pk__in=list(kept))
        .values_list("pk", flat=True)
    )
    outcomes, back = [], []
    for pk, each in kept.items():
        account, claim = accounts[pk], claims[pk]
        mine = claim.person_id == by.person_id if claim.kind == ClaimKind.CLAIMED else pk in led
        stands = claim.ended_at is None and account.owner_id == claim.person_id and mine
        why = _why_not(account, each, claim.at, stands=stands, at=at)
        if not why and (pk in busy or account.is_key or account.next_contact_on != NOT_PLANNED):
            why = _("之后已经开始跟进，保持不变。")
        if not why and not claim.pool.active:
            why = _("公海“%(pool)s”已停用。") % {"pool": claim.pool.name}
        outcomes.append(Outcome(pk, account.name, not why, why))
        if not why:
            back.append((account, claim, each["unit"]))
    _lay_back(back, by=by, at=at)
    return outcomes


def _lay_back(rows: Sequence[tuple[Account, Claim, int | None]], *, by: Viewer, at: dt.datetime) -> None:
    """The stays go on as if nobody had taken the accounts; who was given some is told once."""
    for account, claim, unit_id in rows:
        stays = PoolEntry.objects.filter(account=account, pool=claim.pool_id, left_at=claim.at)
        stays.update(left_at=None, taken_by_id=None)
        account.owner_id, account.unit_id, account.pool_id = None, unit_id, claim.pool_id
        account.owner_since_on = account.protected_until_on = NEVER
    Claim.objects.filter(pk__in=[claim.pk for _account, claim, _unit in rows]).update(ended_at=at)
    owners = {account.pk: claim.person_id for account, claim, _unit in rows}
    _save(events.CLAIM_REVERTED, [row[0] for row in rows], owners, by=by, at=at)
    told = Counter(claim.person_id for _account, claim, _unit in rows if claim.person_id != by.person_id)
    for person_id, count in told.items():
        notify(events.POOL_ASSIGNING_UNDONE, to=[person_id], at=at, by_id=by.person_id, count=count)


@transaction.atomic
def undo_returns(*, kept: Kept, by: Viewer, at: dt.datetime) -> list[Outcome]:
    """Take accounts that were just returned out of their pools: owner, team, plan and claim as they were."""
    list(
        Person.objects.select_for_update(no_key=True)
        .filter(pk__in={o["owner"] for o in kept.values()})
        .order_by("pk")
    )
    accounts = _locked(kept)
    rows = PoolEntry.objects.standing().filter(account__in=list(kept)).select_related("pool")
    entries = {entry.account_id: entry for entry in rows}
    active = set(Person.objects.active().filter(pk__in=_people(kept)).values_list("pk", flat=True))
    led = set(
        Account.objects.visible_to(by, "accounts.assign")
        .filter(pk__in=list(kept))
        .values_list("pk", flat=True)
    )
    outcomes, back = [], []
    room = _Room(by=by, on=timezone.localdate(at))
    for pk, each in kept.items():
        account, entry = accounts[pk], entries.get(pk)
        mine = entry is not None and (entry.from_person_id == by.person_id or pk in led)
        why = _why_not(account, each, entry.at if entry else at, stands=mine, at=at)
        if not why and each["owner"] is not None and each["owner"] not in active:
            why = _("原负责人已停用。")
        if not why and each["claim"] is not None and entry is not None:
            why = room.refusal(each["owner"], entry)
        outcomes.append(Outcome(pk, account.name, not why, why))
        if not why and entry is not None:
            back.append((account, entry, each))
    _give_back(back, active, by=by, at=at)
    return outcomes


class _Room:
    """Whether who claimed an account before may still hold it: they may have claimed others meanwhile."""

    def __init__(self, *, by: Viewer, on: dt.date) -> None:
        self.by, self.on = by, on
        self.left: dict[tuple[int, int], int | None] = {}

    def refusal(self, person_id: int, entry: PoolEntry) -> str:
        """Why not, or "" and one more is held."""
        key = (person_id, entry.pool_id)
        if key not in self.left:
            self.left[key] = allowances(person_id, [entry.pool], on=self.on)[entry.pool_id].left_held
        left = self.left[key]
        if left == 0:
            return _("原负责人在公海“%(pool)s”已达到持有上限。") % {"pool": entry.pool.name}
        self.left[key] = None if left is None else left - 1
        return ""


def _give_back(
    rows: Sequence[tuple[Account, PoolEntry, Mapping[str, Any]]],
    active: set[int],
    *,
    by: Viewer,
    at: dt.datetime,
) -> None:
    """Write it: the stay ends, claim, team and plan come back. Who left the company meanwhile joins no team again."""
    members, claims = [], []
    for account, entry, was in rows:
        entry.left_at, entry.taken_by_id = at, was["owner"]
        entry.save(update_fields=["left_at", "taken_by_id"])
        account.owner_id, account.pool_id = was["owner"], None
        account.owner_since_on = dt.date.fromisoformat(was["since"])
        account.protected_until_on = dt.date.fromisoformat(was["protected"])
        account.next_contact_on = dt.date.fromisoformat(was["next"])
        account.next_contact_note = was["note"]
        members += [
            TeamMember(account=account, person_id=person, role=role, since_on=dt.date.fromisoformat(since))
            for person, role, since in was["team"]
            if person in active
        ]
        claims += [was["claim"]] if was["claim"] is not None else []
    insert_rows(TeamMember, members)
    Claim.objects.filter(pk__in=claims).update(ended_at=None)
    owners = {account.pk: account.owner_id for account, _entry, _was in rows}
    pools = {account.pk: entry.pool_id for account, entry, _was in rows}
    _save(events.POOLING_REVERTED, [row[0] for row in rows], owners, pools, by=by, at=at)
    insert_rows(Event, [_joined(member, by=by, at=at) for member in members])
    told = Counter(owner for owner in owners.values() if owner not in (None, by.person_id))
    for person_id, count in told.items():
        notify(events.OWNER_GIVEN_MANY, to=[person_id], at=at, by_id=by.person_id, count=count)


def _joined(member: TeamMember, *, by: Viewer, at: dt.datetime) -> Event:
    return draft(
        events.MEMBER_ADDED,
        at=at,
        by_id=by.person_id,
        account_id=member.account_id,
        subject_id=member.person_id,
        person_id=member.person_id,
        role=member.role,
    )


def _save(
    kind: EventKind,
    accounts: Sequence[Account],
    owners: Mapping[int, int | None],
    pools: Mapping[int, int] | None = None,
    *,
    by: Viewer,
    at: dt.datetime,
) -> None:
    """Store the accounts with one event each."""
    for account in accounts:
        account.step(at=at)
    update_rows(Account, [(account.pk, stored(account)) for account in accounts])
    told = [
        draft(
            kind,
            at=at,
            by_id=by.person_id,
            account_id=account.pk,
            subject_id=account.pk,
            pool_id=(pools or {}).get(account.pk, account.pool_id),
            owner_id=owners[account.pk],
            unit_id=account.unit_id,
            version=account.version,
        )
        for account in accounts
    ]
    insert_rows(Event, told)
    measure([account.pk for account in accounts], at=at)


def _locked(kept: Kept) -> dict[int, Account]:
    rows = Account.objects.select_for_update().filter(pk__in=list(kept)).order_by("pk")
    return {row.pk: row for row in rows}


def _people(kept: Kept) -> set[int]:
    """Everybody who comes back to an account."""
    owners = {each["owner"] for each in kept.values() if each["owner"] is not None}
    return owners | {person for each in kept.values() for person, _role, _since in each["team"]}


def _why_not(
    account: Account, kept: Mapping[str, Any], done_at: dt.datetime, *, stands: bool, at: dt.datetime
) -> str:
    """Why the act on an account can no longer be taken back, "" if it can."""
    if account.owner_id is not None and not stands:
        names = names_of([account.owner_id])
        return _("这家客户已由 %(name)s 负责。") % {"name": names.get(account.owner_id, "")}
    if not stands or account.version != kept["version"]:
        return _("之后又变更过，保持不变。")
    if at - done_at > dt.timedelta(minutes=UNDO_MINUTES):
        return _("已超过 %(minutes)d 分钟，不能再撤销。") % {"minutes": UNDO_MINUTES}
    return ""
