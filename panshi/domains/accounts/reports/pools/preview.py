"""What the rules would do, before they do it: tonight's run without writing, and a rule that is still being drafted.

Counts and names are those of accounts the viewer may see.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from panshi.calc.recycling import Rule, Told, step
from panshi.domains.accounts.models import Account, Pool, PoolWarning
from panshi.domains.accounts.reports.pools.evaluation import (
    COLUMNS,
    Finding,
    PlacedRule,
    Rulebook,
    candidates,
    find,
    last_foreseen,
    narrowed,
    owned_accounts,
    pool_names,
    pool_units,
)
from panshi.ground.base.models import NEVER
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.reports import names_of

MOST_NAMED: Final = 100
MOST_EXAMPLES: Final = 8


@dataclass(frozen=True, slots=True)
class Foreseen:
    """One account and what happens to it: `due_on` is the day it returns, `why` the conditions met."""

    account_id: int
    name: str
    owner: str
    pool: str
    reason: str
    why: list[dict[str, Any]]
    barrier: str
    due_on: dt.date


@dataclass(frozen=True, slots=True)
class Tonight:
    """What the run of `on` will do: how many return, are told, are kept, and the first of each by name."""

    on: dt.date
    returns: int
    warned: int
    kept: int
    returning: list[Foreseen]
    keeping: list[Foreseen]


def tonight(*, viewer: Viewer, on: dt.date) -> Tonight:
    """The run of a night as it would go if nothing happened until then; a dozen queries."""
    book = Rulebook.load()
    until = last_foreseen(on, book.works)
    rows = candidates(book, until).visible_to(viewer).order_by("pk").values_list(*COLUMNS)
    findings = list(find(book, rows, on=on, until=until))
    known = {each.account_id: each for each in PoolWarning.objects.visible_to(viewer)}
    returning, keeping, warned = [], [], 0
    for found in findings:
        if found.barrier:
            keeping.append((found, found.true_on))
            continue
        due = step(found.true_on, on=on, told=_told(known.get(found.account_id), found), grace=found.grace,
                   works=book.works)  # fmt: skip
        warned += due.first or due.last
        if due.returns:
            returning.append((found, due.due_on))
    named = [*returning[:MOST_NAMED], *keeping[:MOST_NAMED]]
    words = _words([found for found, _due in named])
    return Tonight(
        on=on,
        returns=len(returning),
        warned=warned,
        kept=len(keeping),
        returning=[_foreseen(found, due, words) for found, due in returning[:MOST_NAMED]],
        keeping=[_foreseen(found, due, words) for found, due in keeping[:MOST_NAMED]],
    )


def _told(row: PoolWarning | None, found: Finding) -> Told:
    if row is None or row.owner_id != found.owner_id or row.barrier:
        return Told()
    first, last = (None if day == NEVER else day for day in (row.warned_on, row.last_warned_on))
    return Told(first, last, row.due_on)


Words = tuple[Mapping[int, str], Mapping[int, str], Mapping[int, str]]


def _words(found: list[Finding]) -> Words:
    """Names of the accounts, owners and pools spoken of; three queries."""
    accounts = Account.objects.filter(pk__in=[each.account_id for each in found])
    return (
        dict(accounts.values_list("pk", "name")),
        names_of(each.owner_id for each in found),
        pool_names(each.pool_id for each in found),
    )


def _foreseen(found: Finding, due_on: dt.date, words: Words) -> Foreseen:
    accounts, owners, pools = words
    return Foreseen(
        found.account_id,
        accounts[found.account_id],
        owners.get(found.owner_id, ""),
        pools.get(found.pool_id, ""),
        found.reason,
        found.why,
        found.barrier,
        due_on,
    )


@dataclass(frozen=True, slots=True)
class Trial:
    """What a draft of a rule meets today: `governed` accounts are owned in the pool's units, `meets` the rule applies
    to; some of them by name."""

    governed: int
    meets: int
    examples: list[Foreseen]


def try_rule(*, pool: Pool, rule: Rule, viewer: Viewer, on: dt.date) -> Trial:
    """A rule against the accounts of its pool, whether it is in force or not; about eight queries."""
    placed = PlacedRule(pool.pk, None, "", rule, pool_units().get(pool.pk, frozenset()))
    rows = owned_accounts().visible_to(viewer)
    meeting = rows.filter(narrowed(placed, on))
    book = Rulebook([placed], lambda _day: True)
    sample = meeting.order_by("owner_since_on", "pk").values_list(*COLUMNS)[:MOST_EXAMPLES]
    found = list(find(book, sample, on=on, until=on))
    words = _words(found)
    return Trial(
        governed=rows.filter(unit__in=sorted(placed.units)).count(),
        meets=meeting.count(),
        examples=[_foreseen(each, each.true_on, words) for each in found],
    )
