"""Reads of the installed base: what stands at an account, our share of it, what falls due, brands with their use."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from panshi.domains.accounts.models import (
    Account,
    Brand,
    DueCause,
    Equipment,
    EquipmentState,
    HourReading,
    WalletShare,
)
from panshi.ground.base.models import NOT_PLANNED
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.reports import names_of


@dataclass(frozen=True, slots=True)
class Machine:
    """One machine as a page shows it; days not known are None, `why` says where the day of replacement comes from."""

    row: Equipment
    brand: str
    ours: bool
    state: str
    warranty_on: dt.date | None
    replace_on: dt.date | None
    why: str

    def late(self, on: dt.date) -> bool:
        """Whether it should have been replaced already."""
        return self.replace_on is not None and self.replace_on < on


@dataclass(frozen=True, slots=True)
class Base:
    """What stands at an account: machines in use first, and how many of the units in use are ours."""

    machines: Sequence[Machine]
    units: int
    ours: int

    @property
    def share(self) -> Decimal | None:
        """Our part of the units that are not retired."""
        return Decimal(self.ours) / self.units if self.units else None


def installed_base(account: Account, *, viewer: Viewer) -> Base:
    """The machines of an account; one query."""
    rows = Equipment.objects.visible_to(viewer).filter(account=account).select_related("brand")
    order = list(EquipmentState.values)
    found = sorted(rows, key=lambda row: (order.index(row.state), row.replace_on, row.pk))
    standing = [row for row in found if row.state != EquipmentState.RETIRED]
    return Base(
        [machine_of(row) for row in found],
        sum(row.quantity for row in standing),
        sum(row.quantity for row in standing if row.brand.ours),
    )


def machine_of(row: Equipment) -> Machine:
    """A stored machine as it is shown."""
    return Machine(
        row,
        row.brand.name,
        row.brand.ours,
        str(EquipmentState(row.state).label),
        row.warranty_on if row.warranty_on < NOT_PLANNED else None,
        row.replace_on if row.replace_on < NOT_PLANNED else None,
        why_due(row),
    )


def why_due(row: Equipment) -> str:
    """Where the day of replacement comes from, in words."""
    match row.replace_cause:
        case DueCause.ENTERED:
            return _("人工填写")
        case DueCause.YEARS:
            return _("投用日期加设计年限 %(years)d 年") % {"years": row.life_years or 0}
        case DueCause.HOURS:
            return _("按抄表的运行速度，达到设计寿命 %(hours)d 小时") % {"hours": row.life_hours or 0}
    return ""


@dataclass(frozen=True, slots=True)
class HoursRead:
    """One reading, newest first, with the hours since the one before."""

    on: dt.date
    hours: int
    since: int | None
    by: str


def hour_readings(equipment: Equipment, *, viewer: Viewer, limit: int = 100) -> list[HoursRead]:
    """The readings of a machine; two queries."""
    rows = list(
        HourReading.objects.visible_to(viewer).filter(equipment=equipment).order_by("-on")[: limit + 1]
    )
    names = names_of(row.by_id for row in rows)
    older: list[Any] = [*rows[1:], None][: len(rows)]
    return [
        HoursRead(row.on, row.hours, row.hours - last.hours if last else None, names.get(row.by_id or 0, ""))
        for row, last in list(zip(rows, older, strict=True))[:limit]
    ]


@dataclass(frozen=True, slots=True)
class BrandRow:
    """A brand with how often it is used among what the viewer sees."""

    brand: Brand
    machines: int
    units: int
    wallets: int


def brand_rows(*, viewer: Viewer) -> list[BrandRow]:
    """All brands, ours first, with their use; three queries."""
    rows = Brand.objects.visible_to(viewer).standing().order_by("-ours", "name_key")
    used = {
        brand: (count, units)
        for brand, count, units in Equipment.objects.visible_to(viewer)
        .standing()
        .order_by()
        .values_list("brand")
        .annotate(Count("pk"), Sum("quantity"))
    }
    shares = dict(
        WalletShare.objects.visible_to(viewer).order_by().values_list("brand").annotate(Count("pk"))
    )
    return [BrandRow(row, *used.get(row.pk, (0, 0)), shares.get(row.pk, 0)) for row in rows]
