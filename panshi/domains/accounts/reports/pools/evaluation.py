"""What the recycle rules find: which accounts return, when and why, and which of them may not.

The database narrows accounts to those a rule could touch until a day; what is decided of them is `calc.recycling`.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import and_, or_
from typing import Any, Final

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from panshi.calc.recycling import DAY_KINDS, PREFIXED, Condition, Facts, Rule, Works, horizon
from panshi.calc.working_time import WorkCalendar
from panshi.domains.accounts.models import (
    Account,
    AccountQuerySet,
    Barrier,
    Claim,
    OpenMatter,
    Pool,
    PoolRule,
    PoolUnit,
)
from panshi.domains.accounts.reports.pools.words import duty_reason, reasons, rule_of
from panshi.ground.base.models import NEVER
from panshi.ground.identity.reports import UnitTree
from panshi.ground.settings.reports.calendar import official_years

WARNED_DAYS: Final = 7
"""So many days before its return the owner hears of it first; the last time on the working day before."""

COLUMNS: Final = (
    *("pk", "owner_id", "unit_id", "owner_since_on", "last_contact_on", "last_trade_on"),
    *("lifecycle", "abc_class", "region", "industry", "is_key", "protected_until_on"),
)


@dataclass(frozen=True, slots=True)
class PlacedRule:
    """A rule of a pool and the units whose accounts it governs."""

    pool_id: int
    rule_id: int | None
    name: str
    rule: Rule
    units: frozenset[int]


@dataclass(frozen=True, slots=True)
class Finding:
    """An account that a rule returns on `true_on`, or that `barrier` keeps. `grace` is the least notice in days."""

    account_id: int
    owner_id: int
    unit_id: int | None
    pool_id: int
    rule_id: int | None
    reason: str
    why: list[dict[str, Any]]
    true_on: dt.date
    barrier: str
    grace: int


class Rulebook:
    """Every rule in force and the days that are worked, read once a run."""

    def __init__(self, rules: Sequence[PlacedRule], works: Works) -> None:
        self.rules = rules
        self.works = works

    @classmethod
    def load(cls) -> "Rulebook":
        """The active rules of the open pools, nearest pool first for each unit; five queries."""
        units = pool_units()
        rows = PoolRule.objects.filter(active=True, pool__active=True).order_by("pool_id", "position")
        rules = [
            PlacedRule(row.pool_id, row.pk, row.name, rule_of(row), units.get(row.pool_id, frozenset()))
            for row in rows
        ]
        return cls(rules, WorkCalendar(official_years()).is_working)

    def near(self, until: dt.date) -> Q | None:
        """The accounts some rule returns until a day; None where there is no rule."""
        return reduce(or_, [narrowed(each, until) for each in self.rules]) if self.rules else None

    @cached_property
    def _by_unit(self) -> dict[int | None, list[PlacedRule]]:
        return {}

    def of_unit(self, unit_id: int | None) -> list[PlacedRule]:
        """The rules that govern accounts of a unit."""
        known = self._by_unit.get(unit_id)
        if known is None:
            known = self._by_unit[unit_id] = [each for each in self.rules if unit_id in each.units]
        return known


def pool_units() -> dict[int, frozenset[int]]:
    """The units each open pool serves, with everything below them and without what a nearer pool serves; two queries.

    A pool set for a team takes the team's accounts from the pool of its region. Pools of the same unit share it.
    """
    tree = UnitTree.load()
    named: dict[int, set[int]] = {}
    for unit_id, pool_id in PoolUnit.objects.filter(pool__active=True).values_list("unit_id", "pool_id"):
        named.setdefault(unit_id, set()).add(pool_id)
    served: dict[int, set[int]] = {}
    for unit_id in tree.below_all(named):
        nearest = next((named[above] for above in tree.above(unit_id) if above in named), set())
        for pool_id in nearest:
            served.setdefault(pool_id, set()).add(unit_id)
    return {pool_id: frozenset(units) for pool_id, units in served.items()}


def narrowed(placed: PlacedRule, until: dt.date) -> Q:
    """The same as `Rule.true_on(...) <= until`, as a condition of the database."""
    joined = and_ if placed.rule.joined == "all" else or_
    return Q(unit__in=sorted(placed.units)) & reduce(
        joined, [_narrowed(each, until) for each in placed.rule.conditions]
    )


def _narrowed(condition: Condition, until: dt.date) -> Q:
    if condition.kind in DAY_KINDS:
        latest = until - dt.timedelta(days=condition.days)
        owned = Q(owner_since_on__lte=latest)
        last = {"contact": "last_contact_on", "trade": "last_trade_on"}.get(condition.kind)
        return owned & Q(**{f"{last}__lte": latest}) if last else owned
    if condition.kind in PREFIXED:
        return reduce(or_, [Q(**{f"{condition.kind}__startswith": value}) for value in condition.values])
    field = "abc_class" if condition.kind == "abc" else condition.kind
    return Q(**{f"{field}__in": condition.values})


def owned_accounts() -> AccountQuerySet:
    """Every account a rule could return."""
    rows: AccountQuerySet = Account.objects.standing().filter(pool=None).exclude(owner=None)
    return rows


def unmet_duties(until: dt.date) -> "QuerySet[Any, Any]":
    """Claims whose time for the first contact ends before a day, with no contact since."""
    rows: QuerySet[Any, Any] = Claim.objects.standing().filter(
        contact_by_on__lt=until, account__last_contact_on__lt=F("on")
    )
    return rows


def candidates(book: Rulebook, until: dt.date) -> AccountQuerySet:
    """The accounts that a rule or a duty of contact could return until a day."""
    duty = Q(Exists(unmet_duties(until).filter(account=OuterRef("pk"))))
    near = book.near(until)
    return owned_accounts().filter(duty if near is None else near | duty)


def find(
    book: Rulebook, rows: Iterable[tuple[Any, ...]], *, on: dt.date, until: dt.date
) -> Iterator[Finding]:
    """What the rules say of accounts read as `COLUMNS`; two queries for all of them."""
    known = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
    ids = [row["pk"] for row in known]
    open_ = set(OpenMatter.objects.standing().filter(account__in=ids).values_list("account_id", flat=True))
    duties = {
        pk: (pool_id, by_on)
        for pk, pool_id, by_on in unmet_duties(until)
        .filter(account__in=ids)
        .values_list("account_id", "pool_id", "contact_by_on")
    }
    for row in known:
        found = _first(book, row, duties.get(row["pk"]), until)
        if found is not None:
            barrier = _barrier(row, row["pk"] in open_, max(found.true_on, on), duty=found.rule_id is None)
            if barrier and found.true_on > on:
                continue
            yield Finding(
                row["pk"],
                row["owner_id"],
                row["unit_id"],
                found.pool_id,
                found.rule_id,
                found.reason,
                found.why,
                found.true_on,
                barrier,
                found.grace,
            )


@dataclass(frozen=True, slots=True)
class _Met:
    true_on: dt.date
    pool_id: int
    rule_id: int | None
    reason: str
    why: list[dict[str, Any]]
    grace: int


def _first(
    book: Rulebook, row: Mapping[str, Any], duty: tuple[int, dt.date] | None, until: dt.date
) -> _Met | None:
    """The rule or duty that comes true first."""
    facts = facts_of(row)
    met: list[_Met] = []
    if duty is not None:
        pool_id, by_on = duty
        met.append(_Met(by_on + dt.timedelta(days=1), pool_id, None, "", duty_reason(by_on), 1))
    for placed in book.of_unit(row["unit_id"]):
        true_on = placed.rule.true_on(facts)
        if true_on is not None and true_on <= until:
            why = reasons(placed.rule.met_on(facts, true_on), facts)
            met.append(_Met(true_on, placed.pool_id, placed.rule_id or 0, placed.name, why, WARNED_DAYS))
    return min(met, key=lambda each: each.true_on, default=None)


def facts_of(row: Mapping[str, Any]) -> Facts:
    """What a rule may ask of an account read as `COLUMNS`."""
    contacted, traded = row["last_contact_on"], row["last_trade_on"]
    return Facts(
        owned_on=row["owner_since_on"],
        contacted_on=None if contacted == NEVER else contacted,
        traded_on=None if traded == NEVER else traded,
        values={
            "lifecycle": row["lifecycle"],
            "abc": row["abc_class"],
            "region": row["region"],
            "industry": row["industry"],
        },
    )


def _barrier(row: Mapping[str, Any], has_matter: bool, on: dt.date, *, duty: bool) -> str:
    """What keeps the account on a day. Who claims an account and leaves it alone has no protection left."""
    if row["is_key"]:
        return Barrier.KEY
    if has_matter:
        return Barrier.MATTER
    return Barrier.PROTECTED if row["protected_until_on"] >= on and not duty else Barrier.NONE


def last_foreseen(on: dt.date, works: Works) -> dt.date:
    """The latest return that is spoken of on a night."""
    return horizon(on, days=WARNED_DAYS, works=works)


def pool_names(pool_ids: Iterable[int]) -> dict[int, str]:
    """Names of pools by key."""
    return dict(Pool.objects.filter(pk__in=set(pool_ids)).values_list("pk", "name"))
