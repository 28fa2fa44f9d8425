"""Keeping facts by version: each change with the day it is true from and, where something known changes, the reason."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Max
from django.utils.translation import gettext as _

from panshi.calc.naming import matching_name
from panshi.domains.accounts.models import FACT_FIELDS, Account, FactVersion
from panshi.ground.audit.services import text
from panshi.ground.base.bulk import insert_rows
from panshi.ground.base.models import NEVER, NOT_PLANNED
from panshi.ground.base.refusals import Refused
from panshi.ground.base.viewer import Viewer

CHUNK: Final = 2000

Changes = Mapping[str, tuple[Any, Any]]
"""Field → value before and after."""


class CannotChangeFact(Refused):
    """A known fact changes and nobody said why, or the day it is true from cannot be right."""


@dataclass(frozen=True, slots=True)
class FactReason:
    """Why facts change, and since when they are true (None: the day they are entered)."""

    text: str = ""
    on: dt.date | None = None


def check_facts(account: Account, changes: Changes, why: FactReason, *, on: dt.date) -> None:
    """Refuse a change of known facts without a reason, and days that contradict what is recorded."""
    facts = [name for name in changes if name in FACT_FIELDS]
    asking = [name for name in facts if needs_reason(name, *changes[name])]
    if asking and not why.text.strip():
        names = _("、").join(label_of(name) for name in asking)
        raise CannotChangeFact(
            _("“%(names)s”已有记录，请说明变更的理由。") % {"names": names}, field="fact_reason"
        )
    if not facts or why.on is None:
        return
    if why.on > on:
        raise CannotChangeFact(_("生效日期不能在今天之后。"), field="fact_on")
    known = FactVersion.objects.filter(account_id=account.pk, field__in=facts).aggregate(last=Max("on"))[
        "last"
    ]
    if known is not None and why.on < known:
        raise CannotChangeFact(
            _("生效日期不能早于上一次变更（%(day)s）。") % {"day": known.isoformat()}, field="fact_on"
        )


def needs_reason(name: str, before: Any, after: Any) -> bool:
    """Whether a change replaces what was known; other case or width of a name is a mere correction."""
    if before in (None, ""):
        return False
    return not (name == "name" and matching_name(str(before)) == matching_name(str(after or "")))


def label_of(name: str) -> str:
    """A field of the archive in words."""
    field: Any = Account._meta.get_field(name)
    return str(field.verbose_name)


def drafted(
    account_id: int,
    changes: Changes,
    why: FactReason,
    *,
    by: Viewer,
    at: dt.datetime,
    batch_id: int | None = None,
) -> list[FactVersion]:
    """The versions of the facts among some changes, unsaved; those that nobody gave a day have none yet."""
    return [
        FactVersion(
            account_id=account_id,
            field=name,
            before=text(before),
            after=text(after),
            on=why.on or NOT_PLANNED,
            at=at,
            by_id=by.person_id,
            reason=why.text.strip()[:200],
            batch_id=batch_id,
        )
        for name, (before, after) in changes.items()
        if name in FACT_FIELDS and text(before) != text(after)
    ]


def keep_facts(versions: Iterable[FactVersion], *, on: dt.date) -> None:
    """Store versions, those without a day as of `on`; call in the transaction that changes the account.

    The first value of a fact that was empty counts from the beginning unless somebody said since when: nobody knew it
    before, and a later change may reach back behind the day it was typed.
    """
    rows = list(versions)
    open_ = [row for row in rows if row.on == NOT_PLANNED]
    known = _versioned({row.account_id for row in open_ if not row.before})
    for row in open_:
        is_first = not row.before and (row.account_id, row.field) not in known
        row.on = NEVER if is_first else on
    insert_rows(FactVersion, rows)


def _versioned(account_ids: set[int]) -> set[tuple[int, str]]:
    """Which facts of which accounts have versions already."""
    ids, found = sorted(account_ids), set()
    for start in range(0, len(ids), CHUNK):
        rows = FactVersion.objects.filter(account_id__in=ids[start : start + CHUNK])
        found |= set(rows.values_list("account_id", "field"))
    return found
