"""Reads of custom fields: definitions in use, values of many records with one query, and which records hold what."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db.models import Count, QuerySet

from panshi.ground.base.viewer import Viewer
from panshi.ground.settings.fields import Choice, FieldSpec
from panshi.ground.settings.models import CustomField, CustomValue, DictionaryValue, FieldKind
from panshi.ground.settings.once import once

Typed = dict[str, Any]
CHUNK = 2000


def custom_fields(record_kind: str, *, viewer: Viewer) -> tuple[FieldSpec, ...]:
    """The fields in use for a kind of record that the viewer may see on at least some of them, in their order; two
    queries a request for all kinds together, one while there are no choices."""
    return tuple(spec for spec in _in_use() if spec.row.record_kind == record_kind and spec.open_to(viewer))


def _in_use() -> tuple[FieldSpec, ...]:
    return once("custom fields", lambda: specs_of(CustomField.objects.filter(retired_at=None)))


def specs_of(rows: Iterable[CustomField]) -> tuple[FieldSpec, ...]:
    """Definitions with their choices, in order."""
    found = sorted(rows, key=lambda row: (row.record_kind, row.position, row.pk))
    wanted = {row.dictionary_id for row in found if row.dictionary_id is not None}
    choices: dict[int, list[Choice]] = defaultdict(list)
    if wanted:
        entries = DictionaryValue.objects.filter(dictionary_id__in=wanted).order_by("position", "pk")
        for one in entries:
            choices[one.dictionary_id].append(Choice(one.pk, one.code, one.label, one.label_en, one.active))
    return tuple(FieldSpec(row, tuple(choices.get(row.dictionary_id or 0, ()))) for row in found)


def custom_values(record_ids: Iterable[int], *, fields: Collection[FieldSpec]) -> dict[int, Typed]:
    """Record → name of field → typed value, for records the caller was found to see and fields open to the viewer.
    One query, none without fields; what is not filled in is absent."""
    by_id = {spec.id: spec for spec in fields}
    ids = list(record_ids)
    if not by_id or not ids:
        return {}
    found: dict[int, dict[int, list[CustomValue]]] = defaultdict(lambda: defaultdict(list))
    rows = CustomValue.objects.filter(field_id__in=by_id, record_id__in=ids)
    for row in rows.order_by("record_id", "field_id", "position"):
        found[row.record_id][row.field_id].append(row)
    return {
        record: {by_id[key].name: by_id[key].read(stored) for key, stored in fields_.items()}
        for record, fields_ in found.items()
    }


def texts_found(record_kind: str, record_ids: Collection[int] | None = None) -> Mapping[int, list[str]]:
    """Record → texts that the search box finds it by: short texts that everybody who sees the record sees. One query
    beside the definitions, none without such fields; all records where none are named."""
    fields = [
        spec.id
        for spec in _in_use()
        if spec.row.record_kind == record_kind and spec.kind == FieldKind.TEXT and not spec.restricted
    ]
    found: dict[int, list[str]] = defaultdict(list)
    if fields and (record_ids is None or record_ids):
        rows = CustomValue.objects.filter(field_id__in=fields)
        if record_ids is not None:
            rows = rows.filter(record_id__in=record_ids)
        for record, text in rows.order_by("record_id", "field_id").values_list("record_id", "text"):
            found[record].append(text)
    return found


def holders_of(spec: FieldSpec) -> "QuerySet[CustomValue]":
    """Stored rows of a field, to be narrowed by `key`, `text`, `number`, `day` or `ref` and taken as a subquery of
    `record_id`; the list's own gate decides which records are seen."""
    rows: QuerySet[CustomValue] = CustomValue.objects.filter(field_id=spec.id)
    return rows


def choices_by_place() -> "QuerySet[DictionaryValue]":
    """Every choice of every dictionary, to be narrowed and taken by its `position`; choices are no secret."""
    rows: QuerySet[DictionaryValue] = DictionaryValue.objects.order_by("position", "pk")
    return rows


def all_fields(*, viewer: Viewer) -> tuple[FieldSpec, ...]:
    """Every definition, retired ones too, for who manages settings; two queries."""
    return specs_of(CustomField.objects.visible_to(viewer, "settings.manage"))


def filled_counts(*, viewer: Viewer) -> Mapping[int, int]:
    """Field → how many records hold a value; one query."""
    rows = CustomValue.objects.visible_to(viewer, "settings.manage").values("field_id")
    counted = rows.annotate(records=Count("record_id", distinct=True))
    return {row["field_id"]: row["records"] for row in counted}


def lacking_among(records: "QuerySet[Any]", spec: FieldSpec) -> int:
    """How many of these records have no value of a field; one query."""
    return records.exclude(pk__in=holders_of(spec).values("record_id")).count()


def taken_once(spec: FieldSpec, wanted: Iterable[str]) -> dict[str, int]:
    """Which of these unique values are taken, and by which record."""
    found: dict[str, int] = {}
    names = [once for once in wanted if once]
    for start in range(0, len(names), CHUNK):
        rows = CustomValue.objects.filter(field_id=spec.id, once__in=names[start : start + CHUNK])
        found |= dict(rows.values_list("once", "record_id"))
    return found
