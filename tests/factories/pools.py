"""Pools for tests: set up through the services, with accounts lying in them."""

import datetime as dt
from typing import Any

from panshi.domains.accounts.models import Account, EntryKind, Pool, PoolEntry
from panshi.domains.accounts.services.pools import PoolSettings, open_pool, save_rule
from panshi.ground.identity.models import Person, Unit
from tests.factories.accounts import make_account
from tests.factories.organisation import AT, SYSTEM

SILENT_30 = ({"kind": "contact", "days": 30},)


def make_pool(*units: Unit, name: str = "东区公海", **settings: Any) -> Pool:
    """A pool serving units, without any limit unless one is given."""
    wanted = PoolSettings(name=name, unit_ids=frozenset(unit.pk for unit in units), **settings)
    return open_pool(settings=wanted, reason="设立公海", by=SYSTEM, at=AT)


def add_rule(pool: Pool, *conditions: dict[str, Any], name: str = "久未联系", joined: str = "all") -> int:
    """An active rule of the pool, thirty days without contact unless told otherwise."""
    rule = save_rule(
        pool=pool,
        name=name,
        joined=joined,
        conditions=conditions or SILENT_30,
        reason="约定",
        by=SYSTEM,
        at=AT,
    )
    return rule.pk


def make_lying(
    pool: Pool,
    name: str = "",
    *,
    unit: Unit | None = None,
    was: Person | None = None,
    at: dt.datetime = AT,
    **values: Any,
) -> Account:
    """An account in the pool."""
    account = make_account(name, unit=unit, pool=pool, **values)
    PoolEntry.objects.create(
        account=account,
        pool=pool,
        kind=EntryKind.RETURNED,
        reason="无人跟进",
        from_person=was,
        at=at,
        since_on=at.date(),
    )
    return account
