"""Telling owners of machines whose warranty ends or that should be replaced: each day once."""

import datetime as dt
from typing import Final

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from panshi.domains.accounts import events
from panshi.domains.accounts.models import Equipment
from panshi.ground.base.refs import RecordRef
from panshi.ground.base.viewer import Viewer
from panshi.ground.notices.kinds import NoticeKind
from panshi.ground.notices.services import notify
from panshi.ground.settings.reports import value

LOT: Final = 500


@transaction.atomic
def remind_of_equipment(*, after: int = 0, by: Viewer, at: dt.datetime) -> tuple[int, int | None]:
    """Tell the owners of the next lot of machines that fall due; answers how many notices, and the last key or None at
    the end. A day that moves is told again. What was overdue before anybody could be told is told once too."""
    until = timezone.localdate(at) + dt.timedelta(days=value("accounts.equipment_warn_days"))
    warranty = Q(warranty_on__lte=until) & ~Q(warned_warranty_on=F("warranty_on"))
    replacing = Q(replace_on__lte=until) & ~Q(warned_replace_on=F("replace_on"))
    untold = Q(warned_warranty_on=None, warranty_on__lte=until)
    untold |= Q(warned_replace_on=None, replace_on__lte=until)
    rows = (
        Equipment.objects.standing()
        .filter(pk__gt=after, account__owner__isnull=False)
        .filter(warranty | replacing | untold)
        .select_for_update(of=("self",))
        .select_related("account", "brand")
        .order_by("pk")[:LOT]
    )
    told, last = 0, None
    for machine in rows:
        last = machine.pk
        if machine.warranty_on <= until and machine.warned_warranty_on != machine.warranty_on:
            told += _tell(events.WARRANTY_DUE, machine, machine.warranty_on, by=by, at=at)
            machine.warned_warranty_on = machine.warranty_on
        if machine.replace_on <= until and machine.warned_replace_on != machine.replace_on:
            told += _tell(events.REPLACEMENT_DUE, machine, machine.replace_on, by=by, at=at)
            machine.warned_replace_on = machine.replace_on
        machine.save(update_fields=["warned_warranty_on", "warned_replace_on"])
    return told, last


def _tell(kind: NoticeKind, machine: Equipment, day: dt.date, *, by: Viewer, at: dt.datetime) -> int:
    owner_id = machine.account.owner_id
    assert owner_id is not None
    named = " ".join(part for part in (machine.brand.name, machine.model, machine.serial) if part)
    made = notify(
        kind,
        to=[owner_id],
        at=at,
        by_id=by.person_id,
        account_id=machine.account_id,
        record=RecordRef("equipment", machine.pk),
        machine=named,
        day=day.isoformat(),
    )
    return len(made)
