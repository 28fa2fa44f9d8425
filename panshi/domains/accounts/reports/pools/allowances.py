"""How much more a person may take out of each pool: what they hold and took today against its limits and theirs."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from django.db.models import Count, Sum

from panshi.domains.accounts.models import Claim, ClaimKind, Pool, PoolEntry, PoolException, PoolUnit
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.reports import UnitTree


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a person holds of a pool and claimed from it today; limits hold exceptions already, None is no limit."""

    pool: Pool
    held: int
    held_limit: int | None
    extra: int
    today: int
    daily_limit: int | None
    lying: int = 0

    @property
    def left_held(self) -> int | None:
        """How many more may be held."""
        return None if self.held_limit is None else max(0, self.held_limit - self.held)

    @property
    def left_today(self) -> int | None:
        """How many more may be claimed today."""
        return None if self.daily_limit is None else max(0, self.daily_limit - self.today)

    @property
    def left(self) -> int | None:
        """How many more may be claimed now; None where nothing bounds it."""
        known = [count for count in (self.left_held, self.left_today) if count is not None]
        return min(known) if known else None


def allowances(person_id: int, pools: Collection[Pool], *, on: dt.date) -> dict[int, Allowance]:
    """The person's allowance of each pool, by its key; three queries. For limits ask under the person's lock."""
    own = {"person_id": person_id, "pool__in": pools}
    held = dict(Claim.objects.standing().filter(**own).values_list("pool_id").annotate(Count("pk")))
    today = dict(
        Claim.objects.filter(**own, on=on, kind=ClaimKind.CLAIMED)
        .values_list("pool_id")
        .annotate(Count("pk"))
    )
    extra = dict(
        PoolException.objects.filter(**own, until_on__gte=on).values_list("pool_id").annotate(Sum("extra"))
    )
    return {
        pool.pk: Allowance(
            pool=pool,
            held=held.get(pool.pk, 0),
            held_limit=None if pool.held_limit is None else pool.held_limit + extra.get(pool.pk, 0),
            extra=extra.get(pool.pk, 0),
            today=today.get(pool.pk, 0),
            daily_limit=pool.daily_limit,
        )
        for pool in pools
    }


def claimable_pools(*, viewer: Viewer) -> list[Pool]:
    """The open pools the viewer may claim from, by name; one query."""
    span = viewer.span("accounts.claim")
    if span is None:
        return []
    pools = Pool.objects.visible_to(viewer).open()
    if not span.everything:
        mine = PoolUnit.objects.filter(unit__in=sorted(span.units | span.homes))
        pools = pools.filter(pk__in=mine.order_by().values("pool_id"))
    return list(pools.order_by("name"))


def my_allowances(*, viewer: Viewer, on: dt.date) -> list[Allowance]:
    """The viewer's own allowance of each pool they may claim from, with how many accounts lie in it; five queries."""
    pools = claimable_pools(viewer=viewer)
    if not pools or viewer.person_id is None:
        return []
    known = allowances(viewer.person_id, pools, on=on)
    rows = PoolEntry.objects.visible_to(viewer).standing().filter(account__merged_into=None)
    lying = dict(rows.filter(pool__in=pools).values_list("pool_id").annotate(Count("pk")))
    return [replace(each, lying=lying.get(pk, 0)) for pk, each in known.items()]


def cooling_until(account_ids: Iterable[int], *, person_id: int) -> dict[int, dt.date]:
    """For accounts in a pool that were the person's own before: until when they must leave them to others; one query.

    The day itself is the first on which they may claim again.
    """
    rows = PoolEntry.objects.standing().filter(
        account__in=list(account_ids), from_person_id=person_id, pool__cooling_days__gt=0
    )
    return {
        pk: since_on + dt.timedelta(days=days)
        for pk, since_on, days in rows.values_list("account_id", "since_on", "pool__cooling_days")
    }


def pools_near(unit_id: int | None, *, tree: UnitTree | None = None) -> list[Pool]:
    """The open pools a unit's accounts may return to, the nearest unit's first; two queries."""
    if unit_id is None:
        return []
    above = (tree or UnitTree.load()).above(unit_id)
    rows = PoolUnit.objects.filter(unit__in=above, pool__active=True).select_related("pool")
    return [row.pool for row in sorted(rows, key=lambda row: (above.index(row.unit_id), row.pool_id))]
