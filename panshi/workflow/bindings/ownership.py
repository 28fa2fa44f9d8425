"""Change of owner, or release, of accounts: one request, one or many accounts, all change hands together."""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from panshi.domains.accounts.decisions import change_owners
from panshi.domains.accounts.models import Account
from panshi.domains.accounts.services.ownership import settle_owner
from panshi.engines.process import Plain
from panshi.ground.base.approval import Approval
from panshi.ground.base.refs import RecordRef
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.models import Person
from panshi.workflow.bindings import Binding, Fact, Resolved, bind
from panshi.workflow.bindings.subjects import (
    ACCOUNT,
    IN_TITLE,
    ROUTED,
    CannotApply,
    abouts,
    carrying_out,
    hold,
    left_out,
    named,
    placed,
    refuse_second,
    routed,
    seen_accounts,
)
from panshi.workflow.models import Request

PROCESS: Final = "owner_change"
RELEASE: Final = "release"
HAND_OVER: Final = "hand_over"
MOST: Final = 100


def resolve(subjects: tuple[RecordRef, ...], viewer: Viewer) -> Resolved:
    """Accounts the applicant may edit, with who owns each today: somebody else at the end means asking anew."""
    accounts = seen_accounts(subjects, viewer, permission="accounts.edit")
    for row in accounts.values():
        if row.pool_id is not None:
            raise CannotApply(
                _("“%(name)s”在公海中，请从公海认领或分配。") % {"name": row.name}, field="subjects"
            )
        if row.owner_id is None:
            raise CannotApply(
                _("“%(name)s”没有负责人，可以直接指派。") % {"name": row.name}, field="subjects"
            )
    refuse_second(PROCESS, subjects)
    first = next(iter(accounts.values()))
    names = [row.name for row in accounts.values()]
    owners = sorted({row.owner.name for row in accounts.values() if row.owner})
    return Resolved(
        about=abouts(accounts),
        facts={
            **routed(accounts.values()),
            "accounts": named(names),
            "present": named(owners),
            "owner_ids": {str(pk): row.owner_id for pk, row in accounts.items()},
        },
        account_id=first.pk,
        unit_id=first.unit_id,
        owner_id=first.owner_id,
        title=_("变更负责人：%(names)s") % {"names": named(names, IN_TITLE)},
    )


def check_start(resolved: Resolved, values: Mapping[str, Plain], by: Viewer, at: dt.datetime) -> None:
    """To whom: somebody who can own accounts and does not own them all; key accounts are never released."""
    hold(about.ref.id for about in resolved.about)
    refuse_second(PROCESS, [about.ref for about in resolved.about])
    owner = values.get("new_owner")
    if values.get("act") == RELEASE:
        if owner is not None:
            raise CannotApply(_("解除负责人时不填接任人。"), field="new_owner")
        if resolved.facts.get("is_key"):
            raise CannotApply(_("重点客户不能没有负责人，请改为移交。"), field="act")
        return
    if not isinstance(owner, int):
        raise CannotApply(_("请选择接任的负责人。"), field="new_owner")
    settle_owner(owner_id=owner, unit_id=None, on=timezone.localdate(at))
    owners: Any = resolved.facts["owner_ids"]
    if set(owners.values()) == {owner}:
        raise CannotApply(_("此人已经是负责人。"), field="new_owner")


def decide(approval: Approval, request: Request, at: dt.datetime) -> None:
    """Hand all accounts over, but those the applicant left out after the decision had been refused."""
    values: dict[str, Any] = json.loads(request.values)
    facts: dict[str, Any] = json.loads(request.facts)
    out = left_out(values)
    keys = list(request.subjects.order_by("pk").values_list("record_id", flat=True))
    accounts = [row for row in Account.objects.filter(pk__in=keys).order_by("pk") if row.code not in out]
    if not accounts:
        raise CannotApply(_("所有客户都已不再办理，请终止这份申请。"), field="leave_out")
    releasing = values.get("act") == RELEASE
    owner = None if releasing else Person.objects.filter(pk=values.get("new_owner")).first()
    if owner is None and not releasing:
        raise CannotApply(_("请选择接任的负责人。"), field="new_owner")
    change_owners(
        approval=approval,
        accounts=accounts,
        owner=owner,
        expected={int(key): value for key, value in facts["owner_ids"].items()},
        reason=values.get("reason") or "",
        by=carrying_out(approval),
        at=at,
    )


def locate(subjects: tuple[RecordRef, ...]) -> tuple[int | None, int | None]:
    """Owner and unit of the first account as they are now."""
    return placed(ref.id for ref in subjects)


bind(
    Binding(
        PROCESS,
        subject_kinds=(ACCOUNT,),
        facts=(
            *ROUTED,
            Fact("accounts", gettext_lazy("客户"), "text"),
            Fact("present", gettext_lazy("现负责人"), "text"),
        ),
        most=MOST,
        permission="accounts.edit",
        resolve=resolve,
        check_start=check_start,
        decide=decide,
        locate=locate,
    )
)
