"""Canonical texts of a record's own fields and back, and whether a record still holds what an import gave it."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from panshi.domains.accounts.models import ImportedRow
from panshi.ground.base.viewer import Viewer
from panshi.ground.settings.fields import PREFIX, FieldSpec
from panshi.ground.settings.models import FieldKind
from panshi.ground.settings.reports import custom_fields
from panshi.ground.settings.reports.custom import Typed, custom_values

CHUNK = 2000
Texts = dict[str, str | None]


def plain(value: Any) -> str | None:
    """A value as text; None stays None."""
    return None if value is None else str(value)


def plain_changes(
    changes: Mapping[str, tuple[Any, Any]],
) -> dict[str, tuple[str | None, str | None]]:
    """Values before and after as texts."""
    return {name: (plain(before), plain(after)) for name, (before, after) in changes.items()}


def typed(model: type[models.Model], name: str, text: str | None) -> Any:
    """The value of a field from its text."""
    field: Any = model._meta.get_field(name)
    return None if text is None else field.to_python(text)


def before_of(row: ImportedRow) -> Texts:
    """What the record was before the import."""
    found: Texts = json.loads(row.before)
    return found


def after_of(row: ImportedRow) -> Texts:
    """What the import made of it."""
    found: Texts = json.loads(row.after)
    return found


class Stored:
    """What records hold today, their custom values too."""

    def __init__(
        self,
        kind: str,
        rows: Iterable[ImportedRow],
        records: Mapping[int, models.Model],
        *,
        by: Viewer,
    ) -> None:
        self._records = records
        self._specs = {spec.name: spec for spec in custom_fields(kind, viewer=by)}
        asked = {name for row in rows for name in after_of(row) if name.startswith(PREFIX)}
        specs = [spec for name, spec in self._specs.items() if name in asked]
        self._custom: dict[int, Typed] = {}
        ids = sorted(records)
        for start in range(0, len(ids), CHUNK):
            self._custom |= custom_values(ids[start : start + CHUNK], fields=specs)

    def text(self, record_id: int, name: str) -> str | None:
        """One field as text."""
        if name.startswith(PREFIX):
            spec = self._specs.get(name)
            return None if spec is None else spec.text(self._custom.get(record_id, {}).get(name))
        return plain(getattr(self._records[record_id], name))

    def moved(self, row: ImportedRow, *, skip: Iterable[str] = ()) -> list[str]:
        """The fields of a row that hold something else by now; a custom field that was retired counts as one."""
        left = set(skip)
        return [
            name
            for name, text in after_of(row).items()
            if name not in left and self.text(row.record_id, name) != text
        ]


def custom_back(row: ImportedRow, specs: Mapping[str, FieldSpec]) -> Typed:
    """The typed custom values a record had before, None for none; a retired choice may come back."""
    found: Typed = {}
    for name, text in before_of(row).items():
        spec = specs.get(name)
        if spec is None:
            continue
        kept: Any = tuple((text or "").split(",")) if spec.kind == FieldKind.CHOICES else text
        found[name] = spec.clean(text, kept=kept) if text else None
    return found


def changed_since(names: Iterable[str], labels: Mapping[str, str]) -> str:
    """Why a record keeps what it has."""
    told = _("、").join(labels.get(name, name) for name in names)
    return (_("之后又修改过：%(fields)s") % {"fields": told})[:200]
