"""The duplicate check for many rows at once: what the archive knows of their names and phones, and the rows above.

The same reasons and the same blocks as `reports.duplicates`, with a few large queries instead of two a row.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from django.db.models import QuerySet

from panshi.calc.likeness import NameParts, alike, parts
from panshi.domains.accounts.models import Account, FormerName
from panshi.domains.accounts.reports.duplicates import BLOCK_LIMIT, RANK, DuplicateReason, Match

CHUNK: Final = 5000
"""Values in one IN list; SQLite allows 32 766 parameters."""


class Known:
    """Names and phones that rows may share. Rows of the file itself are known by the negative of their number."""

    def __init__(self, drafts: Sequence[Account]) -> None:
        names = {draft.name_key for draft in drafts}
        phones = {draft.phone_key for draft in drafts} - {""}
        blocks = {draft.name_block for draft in drafts} - {""}
        self._names: dict[str, list[int]] = defaultdict(list)
        self._phones: dict[str, list[int]] = defaultdict(list)
        self._former: dict[str, list[int]] = defaultdict(list)
        self._blocks: dict[str, list[tuple[int, NameParts]]] = defaultdict(list)
        accounts = Account.objects.standing()
        for pk, key in _rows(accounts, "name_key", names, "pk", "name_key"):
            self._names[key].append(pk)
        for pk, key in _rows(accounts, "phone_key", phones, "pk", "phone_key"):
            self._phones[key].append(pk)
        for pk, key in _rows(FormerName.objects.all(), "name_key", names, "account_id", "name_key"):
            self._former[key].append(pk)
        for pk, block, key, name in _rows(
            accounts, "name_block", blocks, "pk", "name_block", "name_key", "name"
        ):
            self._blocks[block].append((pk, parts(name, key)))

    def add(self, draft: Account, row_number: int) -> None:
        """Let later rows of the file be compared with this one."""
        self._names[draft.name_key].append(-row_number)
        if draft.phone_key:
            self._phones[draft.phone_key].append(-row_number)
        self._blocks[draft.name_block].append((-row_number, parts(draft.name, draft.name_key)))

    def matches(self, draft: Account) -> list[Match]:
        """What a row may be, best first."""
        found: dict[int, list[DuplicateReason]] = {}
        exact = (
            (DuplicateReason.NAME, self._names, draft.name_key),
            (DuplicateReason.PHONE, self._phones, draft.phone_key),
            (DuplicateReason.FORMER_NAME, self._former, draft.name_key),
        )
        for reason, known, key in exact:
            for pk in known.get(key, ()) if key else ():
                if pk != draft.pk:
                    found.setdefault(pk, []).append(reason)
        matches = [Match(pk, tuple(why), max(RANK[each] for each in why)) for pk, why in found.items()]
        matches += self._similar(draft, found)
        return sorted(matches, key=lambda match: (-match.score, abs(match.account_id)))

    def _similar(self, draft: Account, seen: dict[int, list[DuplicateReason]]) -> Iterator[Match]:
        own = parts(draft.name, draft.name_key)
        for pk, other in self._blocks.get(draft.name_block, ())[:BLOCK_LIMIT]:
            score = alike(own, other)
            if score and pk not in seen and pk != draft.pk:
                yield Match(pk, (DuplicateReason.SIMILAR,), score)


def _rows(rows: QuerySet[Any], field: str, values: Iterable[str], *columns: str) -> Iterator[tuple[Any, ...]]:
    """The columns of all rows whose `field` is one of the values, asked for in chunks."""
    wanted = sorted(values)
    for start in range(0, len(wanted), CHUNK):
        chunk = wanted[start : start + CHUNK]
        yield from rows.filter(**{f"{field}__in": chunk}).values_list(*columns)
