"""What two people made of one account: base, mine and theirs, field by field, side by side."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from panshi.domains.accounts import events
from panshi.domains.accounts.models import Account
from panshi.domains.accounts.models.fields import EDITABLE_FIELDS, MONEY_FIELDS
from panshi.domains.accounts.reports.custom import custom_of
from panshi.ground.audit.models import Change, Event
from panshi.ground.audit.services import text
from panshi.ground.base.viewer import Viewer


@dataclass(frozen=True, slots=True)
class FieldConflict:
    """One field as text: `base` when I opened the record, `mine` as I want it, `theirs` as it is stored now."""

    field: str
    label: str
    base: str
    mine: str
    theirs: str

    @property
    def clashes(self) -> bool:
        """Whether both changed it, and differently; otherwise one side is simply newer."""
        return self.base not in (self.mine, self.theirs) and self.mine != self.theirs


def conflicts(
    account: Account, *, mine: Mapping[str, Any], since_version: int, viewer: Viewer
) -> tuple[FieldConflict, ...]:
    """The fields that I or others changed since `since_version`. The base is found by undoing the recorded changes."""
    base = _base_values(account, since_version)
    hidden = () if viewer.may("accounts.money") else MONEY_FIELDS
    found = []
    for name in EDITABLE_FIELDS:
        theirs = text(getattr(account, name))
        before = base.get(name, theirs)
        wanted = text(mine[name]) if name in mine else before
        if name not in hidden and not before == theirs == wanted:
            label = _label(name)
            found.append(FieldConflict(name, label, before, wanted, theirs))
    return (*found, *_custom(account, mine, base, viewer))


def _custom(
    account: Account, mine: Mapping[str, Any], base: Mapping[str, str], viewer: Viewer
) -> Iterator[FieldConflict]:
    """The same for custom fields the viewer sees here."""
    for spec, value in custom_of(account.pk, account_id=account.pk, viewer=viewer):
        theirs = spec.text(value)
        before = base.get(spec.name, theirs)
        wanted = spec.text(mine[spec.name]) if spec.name in mine else before
        if not before == theirs == wanted:
            yield FieldConflict(spec.name, spec.label, before, wanted, theirs)


def changed_since(account: Account, version: int) -> set[str]:
    """The fields of the archive that were changed after a version; none where it is the one stored."""
    return set(_base_values(account, version)) if account.version > version else set()


def _label(name: str) -> str:
    field: Any = Account._meta.get_field(name)
    return str(field.verbose_name)


def _base_values(account: Account, since_version: int) -> dict[str, str]:
    """The fields changed after a version, with the value they had then: the oldest `before` of each."""
    kinds = (events.CHANGED.name, events.MONEY_CHANGED.name, events.RESTRICTED_CHANGED.name)
    later = Event.objects.filter(account_id=account.pk, kind__in=kinds).order_by("-pk")[: account.version]
    ids = [event.pk for event in later if json.loads(event.payload).get("version", 0) > since_version]
    changes = Change.objects.filter(event_id__in=ids).order_by("-event_id", "-pk")
    return {change.field: change.before for change in changes}
