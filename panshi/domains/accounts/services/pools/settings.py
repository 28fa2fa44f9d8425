"""Setting up pools: what each allows and whom it serves; every change is kept with who, when and why."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from panshi.domains.accounts import events
from panshi.domains.accounts.models import Pool, PoolChange, PoolEntry, PoolUnit
from panshi.ground.audit.services import record
from panshi.ground.base.refusals import Refused
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.models import Unit

MOST_ACCOUNTS: Final = 1_000_000
MOST_DAYS: Final = 3650


class CannotSavePool(Refused):
    """A setting is not what it must be, nobody said why, or the pool still holds accounts."""


@dataclass(frozen=True, slots=True)
class PoolSettings:
    """Everything that is set about a pool; see `Pool`."""

    name: str
    description: str = ""
    unit_ids: frozenset[int] = frozenset()
    held_limit: int | None = None
    daily_limit: int | None = None
    cooling_days: int = 0
    contact_days: int = 0
    protected_days: int = 0


@transaction.atomic
def open_pool(*, settings: PoolSettings, reason: str, by: Viewer, at: dt.datetime) -> Pool:
    """Set up a pool."""
    by.require("pools.manage")
    values = _clean(settings, reason)
    pool: Pool = Pool.objects.create(**values, created_at=at, updated_at=at, created_by_id=by.person_id)
    PoolUnit.objects.bulk_create(PoolUnit(pool=pool, unit_id=pk) for pk in sorted(settings.unit_ids))
    _keep(pool, {name: ("", _text(value)) for name, value in _told(settings).items()}, reason, by=by, at=at)
    return pool


@transaction.atomic
def change_pool(
    *, pool: Pool, settings: PoolSettings, expected_version: int, reason: str, by: Viewer, at: dt.datetime
) -> Pool:
    """Change a pool. What was claimed before keeps the terms it was claimed on."""
    by.require("pools.manage")
    record_ = Pool.objects.select_for_update().get(pk=pool.pk)
    record_.expect(expected_version)
    values = _clean(settings, reason, pool_id=record_.pk)
    before = _told(_settings(record_))
    for name, value in values.items():
        setattr(record_, name, value)
    served = set(PoolUnit.objects.filter(pool=record_).values_list("unit_id", flat=True))
    PoolUnit.objects.filter(pool=record_, unit__in=served - settings.unit_ids).delete()
    PoolUnit.objects.bulk_create(
        PoolUnit(pool=record_, unit_id=pk) for pk in sorted(settings.unit_ids - served)
    )
    after = _told(settings)
    changes = {
        name: (_text(before[name]), _text(after[name])) for name in after if before[name] != after[name]
    }
    if not changes:
        return record_
    record_.step(at=at)
    record_.save()
    _keep(record_, changes, reason, by=by, at=at)
    return record_


@transaction.atomic
def close_pool(*, pool: Pool, reason: str, by: Viewer, at: dt.datetime) -> Pool:
    """Take an empty pool out of use; its history stays."""
    by.require("pools.manage")
    record_ = Pool.objects.select_for_update().get(pk=pool.pk)
    lying = PoolEntry.objects.standing().filter(pool=record_, account__merged_into=None).count()
    if lying:
        raise CannotSavePool(_("公海中还有 %(count)d 家客户，先分配或认领后才能停用。") % {"count": lying})
    return _switch(record_, False, reason, by=by, at=at)


@transaction.atomic
def reopen_pool(*, pool: Pool, reason: str, by: Viewer, at: dt.datetime) -> Pool:
    """Put a closed pool into use again."""
    by.require("pools.manage")
    return _switch(Pool.objects.select_for_update().get(pk=pool.pk), True, reason, by=by, at=at)


def _switch(pool: Pool, active: bool, reason: str, *, by: Viewer, at: dt.datetime) -> Pool:
    _require_reason(reason)
    if pool.active != active:
        pool.active = active
        pool.step(at=at)
        pool.save(update_fields=["active", "version", "updated_at"])
        _keep(pool, {"active": (_text(not active), _text(active))}, reason, by=by, at=at)
    return pool


def _settings(pool: Pool) -> PoolSettings:
    return PoolSettings(
        name=pool.name,
        description=pool.description,
        unit_ids=frozenset(PoolUnit.objects.filter(pool=pool).values_list("unit_id", flat=True)),
        held_limit=pool.held_limit,
        daily_limit=pool.daily_limit,
        cooling_days=pool.cooling_days,
        contact_days=pool.contact_days,
        protected_days=pool.protected_days,
    )


def _clean(settings: PoolSettings, reason: str, pool_id: int | None = None) -> dict[str, Any]:
    """The columns to store. Raises `CannotSavePool` with all errors at once."""
    errors: dict[str, str] = {}
    name = " ".join(settings.name.split())
    if not name or len(name) > 60:
        errors["name"] = _("公海名称应为 1 到 60 个字。")
    elif Pool.objects.filter(name=name).exclude(pk=pool_id or 0).exists():
        errors["name"] = _("已有同名的公海。")
    if len(settings.description) > 400:
        errors["description"] = _("最多 %(length)d 个字符。") % {"length": 400}
    known = set(Unit.objects.open().filter(pk__in=settings.unit_ids).values_list("pk", flat=True))
    if not settings.unit_ids or known != settings.unit_ids:
        errors["units"] = _("请选择至少一个在用的组织，公海服务于它和它的下级。")
    errors |= _number_faults(settings)
    if not reason.strip():
        errors["reason"] = _("请说明设置的理由。")
    if errors:
        raise CannotSavePool(next(iter(errors.values())), errors=errors)
    return {
        name_: value
        for name_, value in asdict(settings).items()
        if name_ not in {"unit_ids", "name", "description"}
    } | {"name": name, "description": settings.description.strip()}


def _number_faults(settings: PoolSettings) -> dict[str, str]:
    """What is wrong with limits and days."""
    errors = {}
    for field in ("held_limit", "daily_limit"):
        limit = getattr(settings, field)
        if limit is not None and not 1 <= limit <= MOST_ACCOUNTS:
            errors[field] = _("上限应为 1 到 %(most)d，留空表示不限。") % {"most": MOST_ACCOUNTS}
    for field in ("cooling_days", "contact_days", "protected_days"):
        if not 0 <= getattr(settings, field) <= MOST_DAYS:
            errors[field] = _("天数应为 0 到 %(most)d。") % {"most": MOST_DAYS}
    return errors


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise CannotSavePool(_("请说明设置的理由。"), field="reason")


def _told(settings: PoolSettings) -> dict[str, Any]:
    """The settings as history tells them: units by name."""
    values = asdict(settings)
    units = Unit.objects.filter(pk__in=values.pop("unit_ids")).order_by("code")
    return values | {"units": "、".join(units.values_list("name", flat=True))}


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _keep(
    pool: Pool, changes: Mapping[str, tuple[str, str]], reason: str, *, by: Viewer, at: dt.datetime
) -> None:
    """One row of history for each setting, one event for all."""
    keep_changes(pool, [(name, *pair) for name, pair in changes.items()], reason, by=by, at=at)


def keep_changes(
    pool: Pool, changes: Collection[tuple[str, str, str]], reason: str, *, by: Viewer, at: dt.datetime
) -> None:
    """Keep what was changed of a pool or its rules as (field, before, after), with the reason; and the event."""
    PoolChange.objects.bulk_create(
        PoolChange(
            pool=pool,
            at=at,
            by_id=by.person_id,
            field=name,
            before=before,
            after=after,
            reason=reason.strip()[:200],
        )
        for name, before, after in changes
    )
    record(
        events.POOL_CHANGED,
        at=at,
        by_id=by.person_id,
        subject_id=pool.pk,
        fields=sorted({name for name, _before, _after in changes}),
        version=pool.version,
    )
