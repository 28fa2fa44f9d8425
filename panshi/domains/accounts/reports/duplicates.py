"""The duplicate check 查重: known accounts that a draft may be, strongest reason first.

Codes are identity; names and phones only ever warn. Similar names are looked for in one block (`calc.likeness`).
"""

import enum
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from panshi.calc.likeness import block, likeness
from panshi.calc.naming import matching_name
from panshi.calc.phones import phone_key
from panshi.calc.uscc import compact
from panshi.domains.accounts.models import Account, FormerName
from panshi.ground.base.viewer import Viewer

BLOCK_LIMIT: Final = 3000
"""How many accounts of one block are compared at most; a block beyond it is a word like 中国 that tells nothing."""

SHOWN: Final = 10


class DuplicateReason(enum.Enum):
    """Why an account may be the draft; the value is its sentence."""

    CODE = _("客户编号相同")
    USCC = _("统一社会信用代码相同")
    NAME = _("名称相同（不计括号、全半角和企业形式）")
    PHONE = _("电话相同")
    FORMER_NAME = _("与曾用名相同")
    SIMILAR = _("名称相似")


RANK: Final = {
    DuplicateReason.CODE: 100,
    DuplicateReason.USCC: 100,
    DuplicateReason.NAME: 99,
    DuplicateReason.PHONE: 97,
    DuplicateReason.FORMER_NAME: 96,
}
"""The score of each exact reason; similar names score by their likeness, 85 to 95."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What is known of an account about to be saved; `account_id` is its own when it exists already."""

    name: str = ""
    code: str = ""
    uscc: str = ""
    phone: str = ""
    account_id: int | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A known account that may be the draft. Outside the viewer's scope only reason and owner are told:
    `account_id` is None, code and name are empty."""

    account_id: int | None
    code: str
    name: str
    owner: str
    reasons: tuple[DuplicateReason, ...]
    score: int

    @property
    def masked(self) -> bool:
        """Whether the viewer may not see this account."""
        return self.account_id is None


@dataclass(frozen=True, slots=True)
class Match:
    """An account that may be a draft, before anybody looks: id, reasons, score."""

    account_id: int
    reasons: tuple[DuplicateReason, ...]
    score: int


def duplicates(draft: Draft, *, viewer: Viewer) -> list[Candidate]:
    """The candidates for a draft, best first, at most ten; three queries."""
    return shown(matches(draft), viewer=viewer)


def shown(found: Iterable[Match], *, viewer: Viewer) -> list[Candidate]:
    """Matches as a viewer may see them, best first."""
    best = sorted(found, key=lambda match: (-match.score, match.account_id))[:SHOWN]
    ids = [match.account_id for match in best]
    visible = set(Account.objects.visible_to(viewer).filter(pk__in=ids).values_list("pk", flat=True))
    rows = {
        row[0]: row
        for row in Account.objects.filter(pk__in=ids).values_list("pk", "code", "name", "owner__name")
    }
    return [
        Candidate(pk, row[1], row[2], row[3] or "", match.reasons, match.score)
        if pk in visible
        else Candidate(None, "", "", row[3] or "", match.reasons, match.score)
        for match in best
        for pk, row in [(match.account_id, rows[match.account_id])]
    ]


def matches(draft: Draft) -> list[Match]:
    """Every account that may be the draft, for services that decide; two queries."""
    key, phone, uscc = matching_name(draft.name), phone_key(draft.phone), compact(draft.uscc)
    reasons: dict[int, list[DuplicateReason]] = {}
    exact = Account.objects.standing().filter(_exactly(draft.code, uscc, key, phone))
    for pk, code, other_uscc, other_key, other_phone in exact.values_list(
        "pk", "code", "uscc", "name_key", "phone_key"
    )[:BLOCK_LIMIT]:
        equal = (
            (DuplicateReason.CODE, draft.code, code),
            (DuplicateReason.USCC, uscc, other_uscc),
            (DuplicateReason.NAME, key, other_key),
            (DuplicateReason.PHONE, phone, other_phone),
        )
        reasons[pk] = [reason for reason, own, other in equal if own and own == other]
    if key:
        for pk in FormerName.objects.filter(name_key=key).values_list("account_id", flat=True)[:SHOWN]:
            reasons.setdefault(pk, []).append(DuplicateReason.FORMER_NAME)
    reasons.pop(draft.account_id or 0, None)
    found = [Match(pk, tuple(why), max(RANK[each] for each in why)) for pk, why in reasons.items()]
    return [*found, *_similar(draft, seen={*reasons, draft.account_id})]


def _exactly(code: str, uscc: str, key: str, phone: str) -> Q:
    """The condition of sharing a code, a phone or a normalised name."""
    condition = Q(pk__in=())
    for field, value in (("code", code), ("uscc", uscc), ("name_key", key), ("phone_key", phone)):
        if value:
            condition |= Q(**{field: value})
    return condition


def _similar(draft: Draft, *, seen: set[int | None]) -> Iterator[Match]:
    """Accounts of the draft's block with a similar name."""
    chosen = block(draft.name) if draft.name else ""
    if not chosen:
        return
    rows = Account.objects.standing().filter(name_block=chosen).values_list("pk", "name")[:BLOCK_LIMIT]
    for pk, name in rows:
        score = likeness(draft.name, name) if pk not in seen else 0
        if score:
            yield Match(pk, (DuplicateReason.SIMILAR,), score)
