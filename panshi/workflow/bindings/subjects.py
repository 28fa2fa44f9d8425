"""What the bindings of the archive share: accounts as subjects, one running request about each, in whose name a
decision is carried out, and how high a request has to go."""

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from panshi.domains.accounts.models import Account
from panshi.engines.process import Plain
from panshi.ground.base.approval import Approval
from panshi.ground.base.refs import RecordRef
from panshi.ground.base.refusals import Refused
from panshi.ground.base.viewer import Viewer
from panshi.ground.rules.reports import decide
from panshi.workflow.bindings import About, Fact, action
from panshi.workflow.models import Request, Subject

ACCOUNT: Final = "account"
ROUTES: Final = "approval_routes"
ROUTED: Final = (
    Fact("count", gettext_lazy("申请的客户数"), "number"),
    Fact("sales", gettext_lazy("近 12 个月销售合计"), "money"),
    Fact("is_key", gettext_lazy("含重点客户"), "boolean"),
    Fact("needs_operations", gettext_lazy("须经销售管理部"), "boolean"),
    Fact("needs_deputy", gettext_lazy("须经常务副总"), "boolean"),
)
"""Facts of every process whose length the table of routes decides."""
NAMED: Final = 5
IN_TITLE: Final = 2


class CannotApplyAgain(Refused):
    """A request about this record is running already; `number` is its number, `request_id` its key."""

    def __init__(self, message: str, *, request_id: int, number: str) -> None:
        super().__init__(message, field="subjects")
        self.request_id, self.number = request_id, number


class CannotApply(Refused):
    """This may not be applied for."""


def carrying_out(approval: Approval) -> Viewer:
    """In whose name an approved decision is written: the last who agreed. The approval is the permission, whatever
    that person may do without it."""
    people = approval.deciders or ((approval.applicant_id,) if approval.applicant_id else ())
    return Viewer(person_id=people[-1] if people else None, is_system=True)


def seen_accounts(
    subjects: Sequence[RecordRef], viewer: Viewer, *, permission: str = ""
) -> dict[int, Account]:
    """The accounts of a request, in order; refuses what the applicant may not see or do this to, and merged ones."""
    keys = [ref.id for ref in subjects]
    rows = Account.objects.visible_to(viewer, permission).standing().select_related("owner").in_bulk(keys)
    if missing := [key for key in keys if key not in rows]:
        raise CannotApply(
            _("有 %(count)d 家客户您无权申请，或已并入其他客户。") % {"count": len(missing)}, field="subjects"
        )
    return {key: rows[key] for key in keys}


def refuse_second(process: str, subjects: Iterable[RecordRef]) -> None:
    """One running request of a process about a record: the second is told where the first is."""
    refs = list(subjects)
    if not refs:
        return
    running = (
        Subject.objects.filter(kind=refs[0].kind, record_id__in=[ref.id for ref in refs])
        .filter(request__in=Request.objects.open().filter(process__key=process))
        .select_related("request")
        .order_by("pk")
        .first()
    )
    if running is not None:
        raise CannotApplyAgain(
            _("“%(label)s”已有申请 %(number)s 在办，不能重复申请。")
            % {"label": running.label, "number": running.request.number},
            request_id=running.request_id,
            number=running.request.number,
        )


def hold(accounts: Iterable[int]) -> None:
    """Lock accounts while a request about them is started, so that two at once see each other."""
    keys = sorted(set(accounts))
    list(Account.objects.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk"))


def abouts(accounts: Mapping[int, Account]) -> tuple[About, ...]:
    """Accounts as subjects."""
    return tuple(About(RecordRef(ACCOUNT, pk), row.name, pk) for pk, row in accounts.items())


def named(names: Sequence[str], most: int = NAMED) -> str:
    """A few names in words, and how many more."""
    shown = _("、").join(names[:most])
    if len(names) > most:
        return _("%(names)s 等 %(count)d 家") % {"names": shown, "count": len(names)}
    return shown


def routed(accounts: Iterable[Account]) -> dict[str, Plain]:
    """What the table of routes is asked with."""
    rows = list({row.pk: row for row in accounts}.values())
    total = sum((row.sales_12m for row in rows), Decimal(0))
    return {
        "count": len(rows),
        "sales": str(total),
        "is_key": any(row.is_key for row in rows),
    }


def left_out(values: Mapping[str, Any]) -> set[str]:
    """The codes of accounts that the applicant took out after a decision had been refused because of them."""
    text = str(values.get("leave_out") or "").replace("，", ",")
    return {code.strip() for code in text.split(",")} - {""}


def placed(account_ids: Iterable[int]) -> tuple[int | None, int | None]:
    """Owner and unit of the first account as they are now."""
    keys = list(account_ids)
    found: tuple[int | None, int | None] | None = (
        Account.objects.filter(pk__in=keys[:1]).values_list("owner_id", "unit_id").first()
    )
    return found or (None, None)


@action("accounts_route", gettext_lazy("按决策表“审批路径”决定审批到哪一级"))
def route(request: Request, settings: Mapping[str, str], at: dt.datetime) -> Mapping[str, Plain]:
    """Ask the table of routes with what the subjects said when the request was handed in."""
    facts: dict[str, Any] = json.loads(request.facts)
    found = decide(
        ROUTES,
        values={
            "process": request.process.key,
            "count": facts.get("count", 1),
            "sales": facts.get("sales", "0"),
            "is_key": bool(facts.get("is_key")),
        },
        on=timezone.localdate(at),
    ).first
    return {
        "needs_operations": bool(found.get("needs_operations")),
        "needs_deputy": bool(found.get("needs_deputy")),
    }
