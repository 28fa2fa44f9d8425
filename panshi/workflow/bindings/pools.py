"""Temporary exception to what a person may hold of a public pool."""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from panshi.domains.accounts.decisions import grant_pool_exception
from panshi.domains.accounts.decisions.pools import LONGEST, MOST
from panshi.domains.accounts.models import Pool
from panshi.domains.accounts.reports.pools.allowances import claimable_pools
from panshi.engines.process import Plain
from panshi.ground.base.approval import Approval
from panshi.ground.base.refs import RecordRef
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.models import Person
from panshi.workflow.bindings import About, Binding, Fact, Resolved, bind
from panshi.workflow.bindings.subjects import CannotApply, CannotApplyAgain, carrying_out
from panshi.workflow.models import Request, Subject

PROCESS: Final = "pool_exception"
POOL: Final = "pool"


def resolve(subjects: tuple[RecordRef, ...], viewer: Viewer) -> Resolved:
    """One pool the applicant may claim from, with its limit."""
    pool = next((each for each in claimable_pools(viewer=viewer) if each.pk == subjects[0].id), None)
    if pool is None:
        raise CannotApply(_("您不能从这个公海认领，或它已停用。"), field="subjects")
    if pool.held_limit is None:
        raise CannotApply(
            _("公海“%(pool)s”不限制持有数量，不需要申请。") % {"pool": pool.name}, field="subjects"
        )
    _refuse_second(pool, viewer.person_id)
    return Resolved(
        about=(About(RecordRef(POOL, pool.pk), pool.name),),
        facts={"pool": pool.name, "held_limit": str(pool.held_limit)},
        title=_("公海“%(pool)s”临时额度") % {"pool": pool.name},
    )


def _refuse_second(pool: Pool, person_id: int | None) -> None:
    """One running request of a person about a pool; others may apply for themselves."""
    running = (
        Subject.objects.filter(kind=POOL, record_id=pool.pk)
        .filter(request__in=Request.objects.open().filter(process__key=PROCESS, applicant_id=person_id))
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


def check_start(resolved: Resolved, values: Mapping[str, Plain], by: Viewer, at: dt.datetime) -> None:
    """How many more and until when, within what may be granted at all."""
    (about,) = resolved.about
    _refuse_second(Pool.objects.select_for_update().get(pk=about.ref.id), by.person_id)
    extra, until_on = _wanted(values)
    on = timezone.localdate(at)
    if not 0 < extra <= MOST:
        raise CannotApply(_("放宽的数量应在 1 到 %(most)d 之间。") % {"most": MOST}, field="extra")
    if not on < until_on <= on + dt.timedelta(days=LONGEST):
        raise CannotApply(_("截止日期应在明天起的一年之内。"), field="until_on")


def _wanted(values: Mapping[str, Any]) -> tuple[int, dt.date]:
    try:
        return int(str(values["extra"])), dt.date.fromisoformat(str(values["until_on"]))
    except (KeyError, ValueError):
        raise CannotApply(_("请填写整数的数量和截止日期。"), field="extra") from None


def decide(approval: Approval, request: Request, at: dt.datetime) -> None:
    """Let the applicant hold more for a while."""
    values: dict[str, Any] = json.loads(request.values)
    extra, until_on = _wanted(values)
    grant_pool_exception(
        approval=approval,
        person=Person.objects.get(pk=request.applicant_id),
        pool=Pool.objects.get(pk=request.subjects.get().record_id),
        extra=extra,
        until_on=until_on,
        reason=values.get("reason") or "",
        by=carrying_out(approval),
        at=at,
    )


bind(
    Binding(
        PROCESS,
        subject_kinds=(POOL,),
        facts=(
            Fact("pool", gettext_lazy("公海"), "text"),
            Fact("held_limit", gettext_lazy("现有上限"), "number"),
        ),
        permission="accounts.claim",
        resolve=resolve,
        check_start=check_start,
        decide=decide,
    )
)
