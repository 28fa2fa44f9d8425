"""How often an account should be contacted, by its class, and who waits too long: the company's own numbers of days."""

import datetime as dt
from typing import Final

from django.db.models import Q

from panshi.domains.accounts.models import AbcClass, Lifecycle
from panshi.ground.base.models import NEVER
from panshi.ground.settings.reports import value

BY_CLASS: Final = {
    AbcClass.A.value: "accounts.contact_days_key",
    AbcClass.B.value: "accounts.contact_days_b",
    AbcClass.C.value: "accounts.contact_days_c",
    AbcClass.NONE.value: "accounts.contact_days_none",
}


def target_days(*, abc_class: str, is_key: bool, lifecycle: str) -> int:
    """Within how many days an account of a kind is to be contacted; 0 where nothing is asked (a lost one)."""
    if lifecycle == Lifecycle.LOST:
        return 0
    return int(value(BY_CLASS["A" if is_key else abc_class]))


def contact_due(*, last_contact_on: dt.date, abc_class: str, is_key: bool, lifecycle: str) -> dt.date | None:
    """By when the account should be contacted again; None where nothing is asked. Never contacted: long ago."""
    days = target_days(abc_class=abc_class, is_key=is_key, lifecycle=lifecycle)
    if not days:
        return None
    return last_contact_on if last_contact_on == NEVER else last_contact_on + dt.timedelta(days=days)


def contact_by(day: dt.date) -> Q:
    """Accounts whose contact is due before a day, as a condition."""
    found = Q(pk__in=())
    for abc_class, code in BY_CLASS.items():
        days = int(value(code))
        if days:
            kind = Q(abc_class=abc_class, is_key=False)
            if abc_class == AbcClass.A:
                kind = Q(abc_class=abc_class) | Q(is_key=True)
            found |= kind & Q(last_contact_on__lt=day - dt.timedelta(days=days))
    return found & ~Q(lifecycle=Lifecycle.LOST) & Q(owner__isnull=False)


def has_target() -> Q:
    """Accounts of which a frequency is asked."""
    asked = [abc_class for abc_class, code in BY_CLASS.items() if int(value(code))]
    key = Q(is_key=True) if int(value(BY_CLASS["A"])) else Q(pk__in=())
    known = Q(is_key=False, abc_class__in=asked) | key
    return known & ~Q(lifecycle=Lifecycle.LOST) & Q(owner__isnull=False)
