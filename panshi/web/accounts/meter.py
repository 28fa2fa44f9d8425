"""The completeness meter of a record and its column in lists; each missing item leads to where it is entered."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from panshi.domains.accounts.models import Account
from panshi.domains.accounts.reports.completeness import Item, completeness
from panshi.domains.accounts.reports.frequency import contact_due
from panshi.ground.base.models import NEVER
from panshi.ground.settings.reports import value
from panshi.web.accounts.forms import SECTIONS
from panshi.web.generic.cells import EMPTY, Cell, Tone
from panshi.web.generic.columns import Column, Plain, Row
from panshi.web.request import PanshiRequest

SECTION_OF: Final = {name: section.name for section in SECTIONS for name in section.fields}
ELSEWHERE: Final = {
    "owner": ("accounts:owner", "accounts.assign", True),
    "team": ("accounts:join_team", "accounts.assign", True),
    "contact": ("people:create", "people.edit", True),
    "primary": ("accounts:detail:contacts", "people.edit", False),
    "equipment": ("accounts:detail:equipment", "accounts.edit", False),
    "wallet": ("accounts:detail:wallet", "accounts.edit", False),
    "custom": ("accounts:edit", "accounts.edit", True),
}
"""Item → its page (a tab behind a second colon), the permission to fill it in, whether it opens beside the page."""


@dataclass(frozen=True, slots=True)
class Missing:
    """One item the archive lacks: `href` is where to enter it, "" for who may not."""

    label: str
    weight: int
    href: str
    drawer: bool


@dataclass(frozen=True, slots=True)
class Meter:
    """How complete an archive is, and whether that is less than the company wants."""

    percent: int
    known: int
    needed: int
    missing: tuple[Missing, ...]
    low: bool


def meter(request: PanshiRequest, account: Account) -> Meter:
    """The meter as the page shows it."""
    found = completeness(account, on=request.on, viewer=request.viewer)
    return Meter(
        found.percent,
        found.known,
        found.needed,
        tuple(_missing(request, account, item, weight) for item, weight in found.missing),
        found.percent < int(value("accounts.complete_share")),
    )


def _missing(request: PanshiRequest, account: Account, item: Item, weight: int) -> Missing:
    label = str(item.label)
    if item.fields:
        may = request.viewer.may("accounts.edit")
        section = SECTION_OF.get(item.fields[0], "identity")
        href = reverse("accounts:edit", args=[account.pk, section]) if may else ""
        return Missing(label, weight, href, True)
    page, permission, drawer = ELSEWHERE[item.code]
    return Missing(
        label, weight, _address(page, account.pk) if request.viewer.may(permission) else "", drawer
    )


def _address(page: str, pk: int) -> str:
    area, name, *tab = page.split(":")
    try:
        return reverse(f"{area}:{name}", args=[pk, *tab])
    except NoReverseMatch:  # a room that is not installed
        return ""


@dataclass(frozen=True, kw_only=True)
class CompletenessColumn(Column):
    """Percent; below what the company wants it is marked."""

    numeric: bool = True
    repeats: ClassVar[bool] = True

    def cell(self, row: Row, on: dt.date) -> Cell:
        """See `Column.cell`."""
        percent: int = row[self.reads[0]]
        low = percent < int(value("accounts.complete_share"))
        return Cell("tag" if low else "text", f"{percent}%", "warn" if low else "")

    def plain(self, row: Row) -> Plain:
        """See `Column.plain`."""
        percent: int = row[self.reads[0]]
        return percent


@dataclass(frozen=True, kw_only=True)
class ContactDueColumn(Column):
    """By when the account is to be contacted again, by the frequency of its class."""

    def cell(self, row: Row, on: dt.date) -> Cell:
        """See `Column.cell`."""
        due = _due(row)
        if due is None:
            return EMPTY
        if due == NEVER:
            return Cell("tag", _("从未接触"), "bad")
        tone: Tone = "bad" if due < on else "warn" if due == on else ""
        return Cell("ago", due, tone)

    def plain(self, row: Row) -> Plain:
        """See `Column.plain`."""
        due = _due(row)
        return None if due in (None, NEVER) else due


def _due(row: Row) -> dt.date | None:
    names: Any = ("last_contact_on", "abc_class", "is_key", "lifecycle")
    return contact_due(**{name: row[name] for name in names})
