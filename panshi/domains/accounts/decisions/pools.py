"""Exceptions to what a person may hold of a pool, after an approved request."""

import datetime as dt
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from panshi.domains.accounts import events
from panshi.domains.accounts.models import Pool, PoolException
from panshi.ground.audit.services import record
from panshi.ground.base.approval import Approval
from panshi.ground.base.refusals import Refused
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.models import Person
from panshi.ground.notices.services import notify

LONGEST: Final = 366
MOST: Final = 10_000


class CannotGrantException(Refused):
    """The world has changed since the request: the pool is closed, the person left, the time is over."""


@transaction.atomic
def grant_pool_exception(
    *,
    approval: Approval,
    person: Person,
    pool: Pool,
    extra: int,
    until_on: dt.date,
    reason: str,
    by: Viewer,
    at: dt.datetime,
) -> PoolException:
    """Let the person hold `extra` more accounts of the pool until a day. Raises `CannotGrantException`."""
    _check(approval, person, pool, extra, until_on, on=timezone.localdate(at))
    granted: PoolException = PoolException.objects.create(
        person=person,
        pool=pool,
        extra=extra,
        until_on=until_on,
        reason=reason.strip()[:200],
        request_id=approval.request_id,
        request_number=approval.number,
        granted_at=at,
    )
    record(
        events.POOL_EXCEPTION_GRANTED,
        at=at,
        by_id=by.person_id,
        subject_id=pool.pk,
        pool_id=pool.pk,
        person_id=person.pk,
        extra=extra,
        until_on=until_on,
        request_id=approval.request_id,
        number=approval.number,
    )
    notify(
        events.POOL_EXCEPTION,
        to=[person.pk],
        at=at,
        pool=pool.name,
        extra=extra,
        until=until_on.isoformat(),
    )
    return granted


def _check(
    approval: Approval, person: Person, pool: Pool, extra: int, until_on: dt.date, *, on: dt.date
) -> None:
    stored = Pool.objects.select_for_update().get(pk=pool.pk)
    if not stored.active:
        raise CannotGrantException(_("公海“%(pool)s”已停用。") % {"pool": stored.name}, field="pool")
    if stored.held_limit is None:
        raise CannotGrantException(_("公海“%(pool)s”不限制持有数量。") % {"pool": stored.name}, field="pool")
    if not Person.objects.active().filter(pk=person.pk).exists():
        raise CannotGrantException(_("此人已停用。"), field="person")
    if not 0 < extra <= MOST:
        raise CannotGrantException(_("放宽的数量应在 1 到 %(most)d 之间。") % {"most": MOST}, field="extra")
    if not on <= until_on <= on + dt.timedelta(days=LONGEST):
        raise CannotGrantException(_("截止日期应在今天起的一年之内。"), field="until_on")
    if PoolException.objects.filter(request_id=approval.request_id).exists():
        raise CannotGrantException(_("这份申请已经生效。"))
