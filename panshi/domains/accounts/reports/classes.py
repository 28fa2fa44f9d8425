"""Reads of the four classes: where an account stands in each, how it came there, what is proposed and why."""

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from panshi.domains.accounts.models import (
    Account,
    ClassMembership,
    ClassOverride,
    ClassProposal,
    KeyClass,
)
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.reports import names_of


@dataclass(frozen=True, slots=True)
class ClassFinding:
    """What the table says of one account: the classes it belongs to, each with the reason and the evidence; `refused`
    says why the table could not be asked. `figures` are what it was asked with, kept for a leaving as well."""

    account_id: int
    classes: Mapping[str, tuple[str, Mapping[str, Any]]]
    figures: Mapping[str, Any] = field(default_factory=dict)
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """One class as an account stands in it; `decider` is who agreed last to where it stands."""

    key_class: str
    label: str
    membership: ClassMembership | None
    override: ClassOverride | None
    proposal: ClassProposal | None
    decider: str = ""


@dataclass(frozen=True, slots=True)
class Past:
    """One membership, running or over, with the names of those who decided."""

    membership: ClassMembership
    entered_by: str
    left_by: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Evidence to be read: (label, value, where it comes from), and the rows of the table that matched.

    `origins` name the place of each figure: archive, trade, group, classes; empty where it was not kept.
    """

    figures: tuple[tuple[str, str, str], ...]
    rows: tuple[str, ...]
    table: str
    version: int
    origins: tuple[str, ...] = ()


def standings(account: Account, *, viewer: Viewer) -> list[Standing]:
    """The four classes of one account; four queries."""
    members = {
        row.key_class: row
        for row in ClassMembership.objects.visible_to(viewer).standing().filter(account=account)
    }
    exceptions = {
        row.key_class: row
        for row in ClassOverride.objects.visible_to(viewer).standing().filter(account=account)
    }
    proposals = {
        row.key_class: row
        for row in ClassProposal.objects.visible_to(viewer).standing().filter(account=account)
    }
    names = names_of({row.decided_by_id for row in members.values() if row.decided_by_id})
    return [
        Standing(
            each.value,
            str(each.label),
            members.get(each.value),
            exceptions.get(each.value),
            proposals.get(each.value),
            names.get(members[each.value].decided_by_id or 0, "") if each.value in members else "",
        )
        for each in KeyClass
    ]


def class_past(account: Account, *, viewer: Viewer, limit: int = 60) -> list[Past]:
    """Every membership of an account, the newest first; two queries."""
    rows = list(
        ClassMembership.objects.visible_to(viewer)
        .filter(account=account)
        .order_by("-to_on", "-from_on", "-pk")[:limit]
    )
    names = names_of({pk for row in rows for pk in (row.decided_by_id, row.left_by_id) if pk})
    return [
        Past(row, names.get(row.decided_by_id or 0, ""), names.get(row.left_by_id or 0, "")) for row in rows
    ]


def class_labels(account_ids: Iterable[int]) -> dict[int, list[str]]:
    """The classes of many accounts in words; one query."""
    found: dict[int, list[str]] = {}
    rows = ClassMembership.objects.standing().filter(account_id__in=list(account_ids))
    for account_id, key_class in rows.order_by("pk").values_list("account_id", "key_class"):
        found.setdefault(account_id, []).append(str(KeyClass(key_class).label))
    return found


def open_proposals(*, viewer: Viewer) -> QuerySet[ClassProposal]:
    """What waits to be handed in or decided, of accounts the viewer may assign."""
    found: QuerySet[ClassProposal] = (
        ClassProposal.objects.visible_to(viewer, "accounts.assign")
        .standing()
        .select_related("account__owner")
    )
    return found


def read_evidence(text: str) -> Evidence:
    """Stored evidence as it is shown; empty for a proposal made by a person."""
    data: dict[str, Any] = json.loads(text or "{}")
    kept = [one for one in data.get("figures", ()) if len(one) in (3, 4)]
    figures = tuple((str(one[0]), str(one[1]), str(one[2])) for one in kept)
    origins = tuple(str(one[3]) if len(one) == 4 else "" for one in kept)
    rows = tuple(str(row) for row in data.get("matched", ()))
    return Evidence(figures, rows, str(data.get("table", "")), int(data.get("version", 0) or 0), origins)


def proposal_words(proposals: Sequence[ClassProposal]) -> list[tuple[ClassProposal, str, Evidence]]:
    """Each proposal with its class in words and its evidence."""
    return [(row, str(KeyClass(row.key_class).label), read_evidence(row.evidence)) for row in proposals]


def overrides_over(on: dt.date, account_ids: Iterable[int], *, days: int) -> set[tuple[int, str]]:
    """Exceptions that ended in the last days, as (account, class): what follows them is said to follow them."""
    rows = ClassOverride.objects.filter(
        account_id__in=list(account_ids), until_on__lt=on, until_on__gte=on - dt.timedelta(days=days)
    ).exclude(ended_at=None)
    return set(rows.values_list("account_id", "key_class"))
