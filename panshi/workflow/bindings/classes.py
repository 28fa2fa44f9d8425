"""Change of key account classes: one request about one or many proposals, each with its evidence."""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from panshi.domains.accounts.decisions import change_classes
from panshi.domains.accounts.models import ClassOrigin, ClassProposal, KeyClass
from panshi.domains.accounts.services.classes import settle_proposals, submit_proposals
from panshi.engines.process import Plain
from panshi.ground.base.approval import Approval
from panshi.ground.base.refs import RecordRef
from panshi.ground.base.viewer import Viewer
from panshi.workflow.bindings import About, Binding, Fact, Resolved, bind
from panshi.workflow.bindings.subjects import (
    IN_TITLE,
    ROUTED,
    CannotApply,
    carrying_out,
    hold,
    left_out,
    named,
    placed,
    routed,
)
from panshi.workflow.models import Request, RequestState

PROCESS: Final = "key_account_class"
PROPOSAL: Final = "class.proposal"
MOST: Final = 200
LISTED: Final = 30


def resolve(subjects: tuple[RecordRef, ...], viewer: Viewer) -> Resolved:
    """Open proposals of accounts the applicant may edit."""
    keys = [ref.id for ref in subjects]
    rows = (
        ClassProposal.objects.visible_to(viewer, "accounts.edit")
        .open()
        .select_related("account")
        .order_by("pk")
        .in_bulk(keys)
    )
    if missing := sum(1 for key in keys if key not in rows):
        raise CannotApply(
            _("有 %(count)d 条建议已经提交、失效，或您无权申请。") % {"count": missing}, field="subjects"
        )
    proposals = [rows[key] for key in keys]
    first = proposals[0].account
    names = list(dict.fromkeys(row.account.name for row in proposals))
    return Resolved(
        about=tuple(About(RecordRef(PROPOSAL, row.pk), _line(row), row.account_id) for row in proposals),
        facts={
            **routed(row.account for row in proposals),
            "changes": _listing(proposals),
            "enters": any(row.enters for row in proposals),
            "leaves": any(not row.enters for row in proposals),
            "strategic": any(row.key_class == KeyClass.STRATEGIC for row in proposals),
            "by_hand": any(row.origin == ClassOrigin.MANUAL for row in proposals),
        },
        account_id=first.pk,
        unit_id=first.unit_id,
        owner_id=first.owner_id,
        title=_("调整大客户类别：%(names)s") % {"names": named(names, IN_TITLE)},
    )


def _line(row: ClassProposal) -> str:
    """A proposal in a line."""
    way = _("进入") if row.enters else _("退出")
    return f"{row.account.name} · {way}{KeyClass(row.key_class).label}"[:200]


def _listing(rows: list[ClassProposal]) -> str:
    """The proposals with their grounds, as many as can be read."""
    lines = [
        f"{_line(row)}：{row.reason}"
        + (
            _("（例外至 %(day)s）") % {"day": row.override_until_on.isoformat()}
            if row.override_until_on
            else ""
        )
        for row in rows[:LISTED]
    ]
    if len(rows) > LISTED:
        lines.append(_("……共 %(count)d 条") % {"count": len(rows)})
    return "\n".join(lines)


def check_start(resolved: Resolved, values: Mapping[str, Plain], by: Viewer, at: dt.datetime) -> None:
    """Two people at once: the second finds the proposals handed in."""
    hold(about.account_id for about in resolved.about if about.account_id is not None)


def started(request: Request, at: dt.datetime) -> None:
    """The proposals are under approval from now on."""
    submit_proposals(
        proposal_ids=request.subjects.values_list("record_id", flat=True),
        request_id=request.pk,
        request_number=request.number,
        at=at,
    )


def decide(approval: Approval, request: Request, at: dt.datetime) -> None:
    """Change the classes, but those of accounts the applicant left out after the decision had been refused."""
    keys = list(request.subjects.values_list("record_id", flat=True))
    rows = ClassProposal.objects.filter(pk__in=keys).select_related("account").order_by("pk")
    out = left_out(json.loads(request.values))
    taken = [row for row in rows if row.account.code not in out]
    change_classes(
        approval=approval,
        proposals=taken,
        by=carrying_out(approval),
        at=at,
    )


def ended(request: Request, by: Viewer, at: dt.datetime) -> None:
    """What was not decided waits again, or is declined with the request."""
    settle_proposals(
        request_id=request.pk,
        rejected=request.state == RequestState.REJECTED,
        answer=request.remark,
        by=by,
        at=at,
    )


def locate(subjects: tuple[RecordRef, ...]) -> tuple[int | None, int | None]:
    """Owner and unit of the first account as they are now."""
    first = ClassProposal.objects.filter(pk=subjects[0].id).values_list("account_id", flat=True)
    return placed(first)


bind(
    Binding(
        PROCESS,
        subject_kinds=(PROPOSAL,),
        facts=(
            *ROUTED,
            Fact("changes", gettext_lazy("类别变更"), "text"),
            Fact("enters", gettext_lazy("有进入"), "boolean"),
            Fact("leaves", gettext_lazy("有退出"), "boolean"),
            Fact("strategic", gettext_lazy("涉及战略客户"), "boolean"),
            Fact("by_hand", gettext_lazy("有人工提出"), "boolean"),
        ),
        most=MOST,
        permission="accounts.edit",
        resolve=resolve,
        check_start=check_start,
        started=started,
        decide=decide,
        ended=ended,
        locate=locate,
    )
)
