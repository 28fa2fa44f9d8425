"""Proposals to change the class of key accounts: by the table each night, by a person with a written reason.

Nothing here changes a class: that is the decision of an approved request.
"""

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from panshi.domains.accounts import events
from panshi.domains.accounts.models import (
    Account,
    ClassMembership,
    ClassOrigin,
    ClassOverride,
    ClassProposal,
    ClassProposalState,
    KeyClass,
)
from panshi.domains.accounts.reports.classes import ClassFinding, overrides_over
from panshi.domains.accounts.services.locking import locked
from panshi.ground.audit.models import Event
from panshi.ground.audit.services import draft, record
from panshi.ground.base.bulk import insert_rows
from panshi.ground.base.refusals import Refused
from panshi.ground.base.viewer import Viewer
from panshi.ground.notices.services import notify

REMEMBERED: Final = dt.timedelta(days=90)
"""How long a declined proposal is not made again while the table stays the same."""
LONGEST_OVERRIDE: Final = dt.timedelta(days=366)
ECHO_DAYS: Final = 7


class CannotProposeClass(Refused):
    """No reason, nothing to change, or it is being decided already."""


@transaction.atomic
def propose_class(
    *,
    account: Account,
    key_class: str,
    enters: bool,
    reason: str,
    override_until_on: dt.date | None = None,
    by: Viewer,
    at: dt.datetime,
) -> ClassProposal:
    """Propose by hand, with a written reason; until `override_until_on` the table would not be asked (an exception).

    It takes the place of what the table proposed and nobody has handed in yet.
    """
    row, said = locked(account.pk, by=by, permission="accounts.edit"), reason.strip()
    _check_proposal(row, key_class, enters, said, override_until_on, on=timezone.localdate(at))
    _take_the_place(row, key_class, at=at)
    made: ClassProposal = ClassProposal.objects.create(
        account=row,
        key_class=key_class,
        enters=enters,
        origin=ClassOrigin.MANUAL,
        reason=said[:400],
        override_until_on=override_until_on,
        at=at,
        by_id=by.person_id,
    )
    record(
        events.CLASS_PROPOSED,
        at=at,
        by_id=by.person_id,
        account_id=row.pk,
        subject_id=row.pk,
        changes={"reason": ("", said[:400])},
        proposal_id=made.pk,
        key_class=key_class,
        enters=enters,
        origin=made.origin,
        table_version=0,
    )
    return made


def _check_proposal(
    account: Account, key_class: str, enters: bool, said: str, until_on: dt.date | None, *, on: dt.date
) -> None:
    if key_class not in KeyClass.values:
        raise CannotProposeClass(_("没有这个类别。"), field="key_class")
    if not said:
        raise CannotProposeClass(_("请写明理由。"), field="reason")
    if until_on is not None and not on < until_on <= on + LONGEST_OVERRIDE:
        raise CannotProposeClass(_("例外的截止日期应在明天起的一年之内。"), field="override_until_on")
    is_member = ClassMembership.objects.standing().filter(account=account, key_class=key_class).exists()
    if is_member == enters and until_on is None:
        words = _("已经属于“%(name)s”。") if enters else _("不属于“%(name)s”。")
        raise CannotProposeClass(words % {"name": KeyClass(key_class).label}, field="key_class")


def _take_the_place(account: Account, key_class: str, *, at: dt.datetime) -> None:
    """What nobody has handed in yet lapses; what is being decided stays."""
    standing = ClassProposal.objects.select_for_update().standing()
    for known in standing.filter(account=account, key_class=key_class).order_by("pk"):
        if known.state == ClassProposalState.SUBMITTED:
            raise CannotProposeClass(
                _("这个类别已在申请 %(number)s 中审批。") % {"number": known.request_number},
                field="key_class",
            )
        ClassProposal.objects.filter(pk=known.pk).update(state=ClassProposalState.LAPSED, answered_at=at)


class CannotAnswerClassProposal(Refused):
    """It was answered before, is being decided, or nobody said why."""


@transaction.atomic
def decline_class_proposal(
    *, proposal: ClassProposal, answer: str, by: Viewer, at: dt.datetime
) -> ClassProposal:
    """Leave the account as it is, with the reason; the table does not propose it again for a while."""
    locked(proposal.account_id, by=by, permission="accounts.assign")
    row: ClassProposal = ClassProposal.objects.select_for_update().get(pk=proposal.pk)
    if row.state != ClassProposalState.OPEN:
        raise CannotAnswerClassProposal(_("这条建议已经提交或处理。"))
    if not answer.strip():
        raise CannotAnswerClassProposal(_("请说明为什么不采纳。"), field="answer")
    _answer([row], ClassProposalState.DECLINED, answer, by_id=by.person_id, at=at)
    row.refresh_from_db()
    return row


@transaction.atomic
def submit_proposals(
    *, proposal_ids: Iterable[int], request_id: int, request_number: str, at: dt.datetime
) -> None:
    """A request about these proposals was started; for workflow, which has checked who asks."""
    ids = sorted(set(proposal_ids))
    rows = list(ClassProposal.objects.select_for_update().open().filter(pk__in=ids).order_by("pk"))
    if len(rows) != len(ids):
        raise CannotAnswerClassProposal(_("其中有的建议已经提交或失效，请刷新后再选。"))
    ClassProposal.objects.filter(pk__in=ids).update(
        state=ClassProposalState.SUBMITTED, request_id=request_id, request_number=request_number
    )


@transaction.atomic
def settle_proposals(*, request_id: int, rejected: bool, answer: str, by: Viewer, at: dt.datetime) -> None:
    """The request ended without a decision: turned down they are declined; taken back, the table's wait again."""
    rows = list(
        ClassProposal.objects.select_for_update()
        .filter(request_id=request_id, state=ClassProposalState.SUBMITTED)
        .order_by("pk")
    )
    if rejected:
        _answer(rows, ClassProposalState.DECLINED, answer or _("审批未通过"), by_id=by.person_id, at=at)
        return
    by_hand = [row.pk for row in rows if row.origin == ClassOrigin.MANUAL]
    mine = ClassProposal.objects.filter(pk__in=[row.pk for row in rows])
    mine.filter(pk__in=by_hand).update(state=ClassProposalState.LAPSED, answered_at=at)
    mine.exclude(pk__in=by_hand).update(state=ClassProposalState.OPEN, request_id=None, request_number="")


def _answer(
    rows: Sequence[ClassProposal], state: str, answer: str, *, by_id: int | None, at: dt.datetime
) -> None:
    said = answer.strip()[:200]
    ClassProposal.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=state, answer=said, answered_at=at, answered_by_id=by_id
    )
    for row in rows:
        record(
            events.CLASS_ANSWERED,
            at=at,
            by_id=by_id,
            account_id=row.account_id,
            subject_id=row.account_id,
            changes={"reason": ("", said)} if said else None,
            proposal_id=row.pk,
            key_class=row.key_class,
            answer=str(state),
        )


@transaction.atomic
def end_overrides(*, on: dt.date, by: Viewer, at: dt.datetime) -> int:
    """End exceptions whose last day is over; their owners hear of it, and the table is asked again."""
    by.require("accounts.assign")
    rows = list(
        ClassOverride.objects.select_for_update(of=("self",))
        .expired(on)
        .select_related("account")
        .order_by("pk")[:2000]
    )
    ClassOverride.objects.filter(pk__in=[row.pk for row in rows]).update(ended_at=at)
    for row in rows:
        record(
            events.CLASS_OVERRIDE_ENDED,
            at=at,
            by_id=None,
            account_id=row.account_id,
            subject_id=row.account_id,
            key_class=row.key_class,
            is_in=row.is_in,
            until_on=row.until_on,
        )
        if row.account.owner_id is not None:
            notify(
                events.CLASS_OVERRIDE_OVER,
                to=[row.account.owner_id],
                at=at,
                account_id=row.account_id,
                class_name=str(KeyClass(row.key_class).label),
                until=row.until_on.isoformat(),
            )
    return len(rows)


@dataclass(frozen=True, slots=True)
class Proposed:
    """What came of one portion: proposals made, proposals that no longer hold, accounts the table could not be asked
    about."""

    proposed: int = 0
    lapsed: int = 0
    refused: int = 0

    def __add__(self, other: "Proposed") -> "Proposed":
        return Proposed(
            self.proposed + other.proposed, self.lapsed + other.lapsed, self.refused + other.refused
        )


@dataclass(frozen=True, slots=True)
class _Known:
    """How the accounts of a portion stand, by (account, class)."""

    members: set[tuple[int, str]]
    excepted: set[tuple[int, str]]
    standing: Mapping[tuple[int, str], ClassProposal]
    declined: set[tuple[int, str, bool]]
    echoes: set[tuple[int, str]]

    @classmethod
    def load(cls, ids: Sequence[int], *, version: int, on: dt.date, at: dt.datetime) -> "_Known":
        pair = ("account_id", "key_class")
        declined = ClassProposal.objects.filter(
            account_id__in=ids,
            state=ClassProposalState.DECLINED,
            table_version=version,
            answered_at__gte=at - REMEMBERED,
        )
        return cls(
            set(ClassMembership.objects.standing().filter(account_id__in=ids).values_list(*pair)),
            set(ClassOverride.objects.standing().filter(account_id__in=ids).values_list(*pair)),
            {
                (row.account_id, row.key_class): row
                for row in ClassProposal.objects.standing().filter(account_id__in=ids)
            },
            set(declined.values_list(*pair, "enters")),
            overrides_over(on, ids, days=ECHO_DAYS),
        )


@transaction.atomic
def propose_found(
    *,
    findings: Sequence[ClassFinding],
    table_version: int,
    unknown: frozenset[str] = frozenset(),
    on: dt.date,
    by: Viewer,
    at: dt.datetime,
) -> Proposed:
    """Turn what the table says of a portion of accounts into proposals; a second run finds nothing left to propose.

    Classes in `unknown` cannot be judged today (no trade was read) and are left alone.
    """
    by.require("accounts.assign")
    ids = sorted(each.account_id for each in findings if not each.refused)
    list(Account.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk"))
    known = _Known.load(ids, version=table_version, on=on, at=at)
    made: list[ClassProposal] = []
    lapsed: list[int] = []
    for finding in findings:
        if finding.refused:
            continue
        for key_class in KeyClass.values:
            if key_class not in unknown:
                _weigh(finding, key_class, known, made, lapsed, version=table_version, at=at)
    ClassProposal.objects.filter(pk__in=lapsed).update(state=ClassProposalState.LAPSED, answered_at=at)
    insert_rows(ClassProposal, made)
    insert_rows(Event, [_proposed_event(row, at=at) for row in made])
    return Proposed(len(made), len(lapsed), sum(1 for each in findings if each.refused))


def _weigh(
    finding: ClassFinding,
    key_class: str,
    known: _Known,
    made: list[ClassProposal],
    lapsed: list[int],
    *,
    version: int,
    at: dt.datetime,
) -> None:
    """One account and class: what the table says against how it stands."""
    place = (finding.account_id, key_class)
    wanted, standing = key_class in finding.classes, known.standing.get(place)
    if standing is not None and standing.state == ClassProposalState.SUBMITTED:
        return
    if place in known.excepted or wanted == (place in known.members):
        if standing is not None and standing.origin != ClassOrigin.MANUAL:
            lapsed.append(standing.pk)
        return
    if standing is not None and (standing.enters == wanted or standing.origin == ClassOrigin.MANUAL):
        return
    if (*place, wanted) in known.declined:
        return
    if standing is not None:
        lapsed.append(standing.pk)
    left = _("不再符合“%(name)s”的规则") % {"name": KeyClass(key_class).label}
    reason, evidence = finding.classes.get(key_class, (left, finding.figures))
    made.append(
        ClassProposal(
            account_id=finding.account_id,
            key_class=key_class,
            enters=wanted,
            origin=ClassOrigin.EXPIRY if place in known.echoes else ClassOrigin.TABLE,
            reason=reason[:400],
            evidence=json.dumps(evidence, ensure_ascii=False),
            table_version=version,
            at=at,
        )
    )


def _proposed_event(row: ClassProposal, *, at: dt.datetime) -> Event:
    return draft(
        events.CLASS_PROPOSED,
        at=at,
        by_id=None,
        account_id=row.account_id,
        subject_id=row.account_id,
        proposal_id=row.pk,
        key_class=row.key_class,
        enters=row.enters,
        origin=str(row.origin),
        table_version=row.table_version,
    )


@transaction.atomic
def note_evaluation(
    *,
    on: dt.date,
    accounts: int,
    found: Proposed,
    table_version: int,
    to: Iterable[int],
    by: Viewer,
    at: dt.datetime,
) -> None:
    """An evaluation is finished: one event, and a word to those who hand proposals in."""
    by.require("accounts.assign")
    record(
        events.CLASSES_EVALUATED,
        at=at,
        by_id=by.person_id,
        on=on,
        accounts=accounts,
        proposed=found.proposed,
        lapsed=found.lapsed,
        refused=found.refused,
        table_version=table_version,
    )
    if found.proposed:
        notify(events.CLASSES_PROPOSED, to=to, at=at, by_id=by.person_id, count=found.proposed)
