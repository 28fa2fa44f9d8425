"""Where an account stands with the pools, and what a pool is set to: for the pages of both."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Q

from panshi.domains.accounts.models import (
    Account,
    Claim,
    Pool,
    PoolChange,
    PoolEntry,
    PoolRule,
    PoolRun,
    PoolUnit,
    PoolWarning,
)
from panshi.domains.accounts.reports.pools.words import rule_of, sentence
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.reports import names_of


@dataclass(frozen=True, slots=True)
class Standing:
    """What binds an account: its stay in a pool, or the warning it stands under, and the duty of first contact."""

    entry: PoolEntry | None
    warning: PoolWarning | None
    claim: Claim | None
    protected_until_on: dt.date | None
    may_claim: bool = False


def standing(account: Account, *, viewer: Viewer, on: dt.date) -> Standing:
    """Where an account the viewer may see stands; at most two queries."""
    protected = account.protected_until_on if account.protected_until_on >= on else None
    if account.pool_id is not None:
        rows = PoolEntry.objects.standing().filter(account=account).select_related("pool", "from_person")
        entry = rows.first()
        return Standing(
            entry,
            None,
            None,
            None,
            PoolEntry.objects.visible_to(viewer).filter(pk=entry.pk).exists() if entry else False,
        )
    if account.owner_id is None:
        return Standing(None, None, None, None)
    warning = PoolWarning.objects.visible_to(viewer).filter(account=account).select_related("pool").first()
    duty = Claim.objects.standing().filter(account=account, contact_by_on__gte=on)
    claim = duty.select_related("pool").first() if account.owner_since_on > account.last_contact_on else None
    return Standing(None, warning, claim, protected)


def warning_counts(*, viewer: Viewer, on: dt.date) -> tuple[int, int]:
    """How many of the viewer's own accounts will return, and how many of all they lead must be reassigned; one
    query."""
    counted = PoolWarning.objects.visible_to(viewer).aggregate(
        falling=Count("pk", filter=Q(barrier="", owner_id=viewer.person_id)),
        kept=Count("pk", filter=~Q(barrier="")),
    )
    return counted["falling"], counted["kept"] if viewer.may("accounts.assign") else 0


def pool_choices() -> list[tuple[str, str]]:
    """Every pool by key and name, the open ones first."""
    rows = Pool.objects.order_by("-active", "name").values_list("pk", "name")
    return [(str(pk), name) for pk, name in rows]


@dataclass(frozen=True, slots=True)
class PoolRow:
    """A pool with the names of the units it serves and how many accounts lie in it and are held from it."""

    pool: Pool
    units: str
    lying: int
    held: int
    rules: int


def pool_rows(*, viewer: Viewer) -> list[PoolRow]:
    """Every pool for those who manage them, the open ones first; five queries."""
    viewer.require("pools.manage")
    units: dict[int, list[str]] = {}
    for pool_id, name in PoolUnit.objects.order_by("unit__code").values_list("pool_id", "unit__name"):
        units.setdefault(pool_id, []).append(name)
    lying = PoolEntry.objects.standing().filter(account__merged_into=None)
    counts = [
        dict(rows.order_by().values_list("pool_id").annotate(Count("pk")))
        for rows in (lying, Claim.objects.standing(), PoolRule.objects.filter(active=True))
    ]
    return [
        PoolRow(
            pool,
            "、".join(units.get(pool.pk, ())),
            counts[0].get(pool.pk, 0),
            counts[1].get(pool.pk, 0),
            counts[2].get(pool.pk, 0),
        )
        for pool in Pool.objects.visible_to(viewer).order_by("-active", "name")
    ]


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule with its sentence."""

    rule: PoolRule
    sentence: str


def rule_rows(pool: Pool, *, viewer: Viewer) -> list[RuleRow]:
    """The rules of a pool in their order; one query."""
    rows = PoolRule.objects.visible_to(viewer).filter(pool=pool).order_by("position")
    return [RuleRow(row, sentence(rule_of(row))) for row in rows]


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One change of a pool's settings: who, when, why, and from what to what."""

    change: PoolChange
    who: str


def pool_history(pool: Pool, *, viewer: Viewer, limit: int = 100) -> list[ChangeRow]:
    """What was changed of a pool, newest first; two queries."""
    rows = list(PoolChange.objects.visible_to(viewer).filter(pool=pool).order_by("-at", "-pk")[:limit])
    names = names_of(row.by_id for row in rows)
    return [ChangeRow(row, names.get(row.by_id or 0, "")) for row in rows]


def nights(*, viewer: Viewer, limit: int = 7) -> list[PoolRun]:
    """The last nightly runs, newest first; one query."""
    return list(PoolRun.objects.visible_to(viewer).order_by("-on")[:limit])
