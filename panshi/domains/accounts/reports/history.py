"""What an account was: its versioned facts as a history, and as they stood on any day."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from panshi.domains.accounts.models import FACT_FIELDS, Account, FactVersion
from panshi.domains.accounts.models.fields import MONEY_FIELDS
from panshi.domains.accounts.reports.overview import visible_fields
from panshi.ground.audit.services import text
from panshi.ground.base.models import NEVER
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.models import Person


@dataclass(frozen=True, slots=True)
class FactChange:
    """One change of a fact in words; `by` is empty for the house itself, `batch_id` names an import, `on` is None for a
    first value, which counts from the beginning."""

    field: str
    label: str
    before: str
    after: str
    on: dt.date | None
    at: dt.datetime
    by: str
    reason: str
    batch_id: int | None


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact as it stood: its value in words, since which day (None: since before anything was recorded)."""

    field: str
    label: str
    value: str
    since_on: dt.date | None
    changed_since: bool


def readable_facts(account: Account, *, viewer: Viewer) -> tuple[str, ...]:
    """The versioned fields the viewer may read of this account; at most one query."""
    money = visible_fields(account, viewer=viewer)
    return tuple(name for name in FACT_FIELDS if name not in MONEY_FIELDS or name in money)


def fact_history(account: Account, *, viewer: Viewer, field: str = "", limit: int = 200) -> list[FactChange]:
    """How the facts came to be what they are, newest first; of one field or of all; at most three queries."""
    names = [name for name in readable_facts(account, viewer=viewer) if not field or name == field]
    rows = FactVersion.objects.visible_to(viewer).filter(account=account, field__in=names)
    found = list(rows.order_by("-at", "-pk")[:limit])
    people = dict(Person.objects.filter(pk__in={row.by_id for row in found}).values_list("pk", "name"))
    return [
        FactChange(
            row.field,
            label_of(row.field),
            in_words(row.field, row.before),
            in_words(row.field, row.after),
            row.on if row.on > NEVER else None,
            row.at,
            people.get(row.by_id, ""),
            row.reason,
            row.batch_id,
        )
        for row in found
    ]


def facts_on(account: Account, on: dt.date, *, viewer: Viewer) -> list[Fact]:
    """The facts as they stood at the end of a day; at most two queries.

    Before its first recorded change a fact was what that change replaced; a fact never changed is what it is now.
    """
    names = readable_facts(account, viewer=viewer)
    rows = FactVersion.objects.visible_to(viewer).filter(account=account, field__in=names)
    versions: dict[str, list[FactVersion]] = defaultdict(list)
    for row in rows.order_by("on", "pk"):
        versions[row.field].append(row)
    return [_standing(account, name, versions[name], on) for name in names]


def _standing(account: Account, name: str, versions: list[FactVersion], on: dt.date) -> Fact:
    past = [version for version in versions if version.on <= on]
    if past:
        value, since = past[-1].after, past[-1].on if past[-1].on > NEVER else None
    elif versions:
        value, since = versions[0].before, None
    else:
        value, since = text(getattr(account, name)), None
    return Fact(name, label_of(name), in_words(name, value), since, len(past) < len(versions))


def label_of(name: str) -> str:
    """A field of the archive in words."""
    field: Any = Account._meta.get_field(name)
    return str(field.verbose_name)


def in_words(name: str, value: str) -> str:
    """A stored value as people read it: a code by its label, the rest as it stands."""
    field: Any = Account._meta.get_field(name)
    if not value:
        return ""
    return next((str(label) for code, label in field.flatchoices if str(code) == value), value)
