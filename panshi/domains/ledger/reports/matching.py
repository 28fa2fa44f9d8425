"""Which of our accounts a file means: by code, then social credit code, then normalised name if only one bears it.

A merged account stands for the one that took it over. Codes and names are read once, however many a file names.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from panshi.calc.naming import matching_name
from panshi.calc.uscc import compact
from panshi.domains.accounts.models import Account
from panshi.domains.ledger.models import Decision, UnknownAccount
from panshi.domains.ledger.reports.standing import merged_accounts
from panshi.engines.analytics.values import ForeignAccount

CHUNK: Final = 2000


@dataclass(slots=True)
class Known:
    """Our accounts by what a file may call them."""

    codes: dict[str, int] = field(default_factory=dict)
    usccs: dict[str, int] = field(default_factory=dict)
    names: dict[str, set[int]] = field(default_factory=dict)

    @classmethod
    def load(cls) -> "Known":
        """Read every account with one query (and the merged ones with another)."""
        known, merged = cls(), merged_accounts()
        for pk, code, uscc, name_key in Account.objects.values_list("pk", "code", "uscc", "name_key"):
            known.add(merged.get(pk, pk), code, uscc, name_key)
        return known

    def add(self, account_id: int, code: str, uscc: str, name_key: str) -> None:
        """Know one more account."""
        self.codes[code] = account_id
        if uscc:
            self.usccs[uscc] = account_id
        if name_key:
            self.names.setdefault(name_key, set()).add(account_id)

    def find(self, foreign: ForeignAccount) -> int | None:
        """The account meant, or None when none or several could be."""
        by_code = self.codes.get(foreign.code) if foreign.code else None
        by_uscc = self.usccs.get(compact(foreign.uscc)) if foreign.uscc else None
        return by_code or by_uscc or self._by_name(foreign.name) or self._by_name(foreign.code)

    def _by_name(self, name: str) -> int | None:
        found = self.names.get(matching_name(name)[:200], set()) if name else set()
        return next(iter(found)) if len(found) == 1 else None


def remembered_matches(source_id: int, foreign: Iterable[ForeignAccount]) -> dict[int, int]:
    """Keys of unknown accounts that an earlier batch of the source had matched, each with our account; the newest
    decision counts, and one taken back does not."""
    named = {(each.code[:200], each.uscc[:200], each.name[:400]): each.key for each in foreign}
    decided = UnknownAccount.objects.filter(
        batch__source=source_id, decision__in=[Decision.MATCHED, Decision.CREATED], forgotten=False
    )
    merged, found = merged_accounts(), dict[int, int]()
    names = sorted({name for _code, _uscc, name in named})
    for start in range(0, len(names), CHUNK):
        rows = decided.filter(name__in=names[start : start + CHUNK]).order_by("pk")
        for code, uscc, name, account_id in rows.values_list("code", "uscc", "name", "account_id"):
            key = named.get((code, uscc, name))
            if key is not None:
                found[key] = merged.get(account_id, account_id)
    return found


def match(foreign: Iterable[ForeignAccount]) -> tuple[dict[int, int], list[ForeignAccount]]:
    """The keys whose account is known, each with its id, and the accounts that are not."""
    known = Known.load()
    matched: dict[int, int] = {}
    unknown: list[ForeignAccount] = []
    for each in foreign:
        account_id = known.find(each)
        if account_id is None:
            unknown.append(each)
        else:
            matched[each.key] = account_id
    return matched, unknown
