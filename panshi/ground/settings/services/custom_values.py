"""Writes of custom values. The service of the record itself calls these under its own lock and records the change in
its own event, so that values share the record's version, history and conflicts."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, TypeAlias

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from panshi.ground.base.bulk import insert_rows
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.models import Person
from panshi.ground.settings.fields import PREFIX, CannotSaveCustom, FieldSpec
from panshi.ground.settings.models import CustomField, CustomValue, FieldKind
from panshi.ground.settings.once import forget_read
from panshi.ground.settings.reports.custom import Typed, custom_fields, custom_values, taken_once

Known: TypeAlias = Callable[[Collection[int]], Collection[int]]
"""Which of these accounts there are for the person who writes."""

CHUNK = 2000


def split_values(values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Built-in fields and custom ones of a mapping that holds both."""
    own = {name: value for name, value in values.items() if not name.startswith(PREFIX)}
    return own, {name: value for name, value in values.items() if name.startswith(PREFIX)}


def clean_custom(
    *,
    record_kind: str,
    values: Mapping[str, Any],
    stored: Mapping[str, Any] | None = None,
    new: bool = False,
    known_accounts: Known,
    by: Viewer,
) -> Typed:
    """The typed values of what was typed or given, by `custom.<code>`; a `new` record gets defaults and must have what
    is required. Raises `CannotSaveCustom` with all errors at once; a field `by` may not see counts as unknown."""
    specs = {spec.name: spec for spec in custom_fields(record_kind, viewer=by)}
    errors = {name: _("没有这个字段，或它已停用。") for name in values if name not in specs}
    cleaned: Typed = {}
    kept = stored or {}
    asked = {name: values[name] for name in values if name in specs}
    if new:
        asked |= {name: spec.row.default for name, spec in specs.items() if name not in asked}
    for name, raw in asked.items():
        try:
            cleaned[name] = specs[name].clean(raw, kept=kept.get(name))
        except CannotSaveCustom as refusal:
            errors |= refusal.errors
    errors |= _strangers(cleaned, kept, specs, known_accounts)
    if errors:
        raise CannotSaveCustom(next(iter(errors.values())), errors=errors)
    return cleaned


def _strangers(
    cleaned: Mapping[str, Any], kept: Mapping[str, Any], specs: Mapping[str, FieldSpec], known: Known
) -> dict[str, str]:
    """Errors at fields that name people or accounts there are not; what is stored already may stay."""
    named = {
        kind: {
            name: value
            for name, value in cleaned.items()
            if specs[name].kind == kind and value is not None and value != kept.get(name)
        }
        for kind in (FieldKind.PERSON, FieldKind.ACCOUNT)
    }
    people, accounts = named[FieldKind.PERSON], named[FieldKind.ACCOUNT]
    working = (
        set(Person.objects.active().filter(pk__in=people.values()).values_list("pk", flat=True))
        if people
        else set()
    )
    there = set(known(set(accounts.values()))) if accounts else set()
    errors = {name: _("没有这个人，或已停用。") for name, key in people.items() if key not in working}
    return errors | {name: _("没有这个客户。") for name, key in accounts.items() if key not in there}


@transaction.atomic
def set_custom_values(
    *, record_kind: str, record_id: int, values: Typed, by: Viewer
) -> dict[str, tuple[str, str]]:
    """Store cleaned values of one record, None taking a value away. Answers what changed as canonical text before and
    after, for the event of the record. Raises `CannotSaveCustom` where a unique value is taken."""
    specs = [spec for spec in custom_fields(record_kind, viewer=by) if spec.name in values]
    stored = custom_values([record_id], fields=specs).get(record_id, {})
    changed = [spec for spec in specs if stored.get(spec.name) != values[spec.name]]
    for spec in changed:
        _require_free(spec, {record_id: values[spec.name]})
    CustomValue.objects.filter(field_id__in=[spec.id for spec in changed], record_id=record_id).delete()
    _insert([row for spec in changed for row in spec.rows(values[spec.name], record_id)])
    return {spec.name: (spec.text(stored.get(spec.name)), spec.text(values[spec.name])) for spec in changed}


@transaction.atomic
def set_many_custom_values(*, record_kind: str, values: Mapping[int, Typed], by: Viewer) -> None:
    """Store cleaned values of many records in a few statements, for imports; what is compared was compared before."""
    specs = {spec.name: spec for spec in custom_fields(record_kind, viewer=by)}
    rows: list[CustomValue] = []
    touched: dict[str, list[int]] = {}
    for record_id, typed in values.items():
        for name, value in typed.items():
            touched.setdefault(name, []).append(record_id)
            rows += specs[name].rows(value, record_id)
    for name, ids in touched.items():
        _require_free(specs[name], {key: values[key][name] for key in ids})
        for start in range(0, len(ids), CHUNK):
            CustomValue.objects.filter(
                field_id=specs[name].id, record_id__in=ids[start : start + CHUNK]
            ).delete()
    _insert(rows)


def _insert(rows: Sequence[CustomValue]) -> None:
    try:
        with transaction.atomic():
            insert_rows(CustomValue, rows)
    except IntegrityError as error:  # somebody else took a unique value at the same moment
        raise CannotSaveCustom(_("不能重复的字段与其他记录相同。")) from error


def _require_free(spec: FieldSpec, values: Mapping[int, Any]) -> None:
    """Refuse a unique value that another record holds."""
    if not spec.row.unique:
        return
    wanted = {spec.once(value): key for key, value in values.items() if value is not None}
    taken = taken_once(spec, wanted)
    if any(key not in values or wanted.get(once) != key for once, key in taken.items()):
        raise spec.refusal(_("“%(label)s”与其他记录重复。") % {"label": spec.label})


Moved: TypeAlias = dict[str, list[dict[str, Any]]]
"""What a move did, as plain JSON: rows taken over, and rows set aside because the winner had a value of its own."""


@transaction.atomic
def move_values(*, record_kind: str, from_id: int, to_id: int) -> Moved:
    """Give the values of one record to another that lacks them, retired and hidden fields too; where both have one the
    winner's stays and the other is set aside. The answer undoes it with `undo_move`."""
    fields = CustomField.objects.filter(record_kind=record_kind).values("pk")
    rows = CustomValue.objects.select_for_update().filter(field__in=fields, record_id__in=[from_id, to_id])
    mine: list[CustomValue] = []
    theirs: set[int] = set()
    for row in rows.order_by("pk"):
        if row.record_id == to_id:
            theirs.add(row.field_id)
        else:
            mine.append(row)
    moved = [row for row in mine if row.field_id not in theirs]
    aside = [row for row in mine if row.field_id in theirs]
    CustomValue.objects.filter(pk__in=[row.pk for row in moved]).update(record_id=to_id)
    CustomValue.objects.filter(pk__in=[row.pk for row in aside]).delete()
    forget_read()
    return {"moved": [_plain(row) for row in moved], "aside": [_plain(row) for row in aside]}


@transaction.atomic
def undo_move(*, done: Moved, from_id: int, to_id: int) -> None:
    """Take back a move: every row returns to the record it came from, unless the field was filled in anew there.

    What the winner's fields became meanwhile stays with the winner, and the loser gets back what it had."""
    for row in (*done["moved"], *done["aside"]):
        if CustomValue.objects.filter(
            field_id=row["field_id"], record_id=from_id, position=row["position"]
        ).exists():
            continue
        same = CustomValue.objects.filter(pk=row["id"], record_id=to_id)
        if same.exists():
            same.update(record_id=from_id)
        else:
            taken = (
                CustomValue.objects.filter(field_id=row["field_id"], once=row["once"])
                .exclude(once="")
                .exists()
            )
            back = {**row, "id": None, "record_id": from_id, "once": "" if taken else row["once"]}
            CustomValue.objects.create(**back)
    forget_read()


def _plain(row: CustomValue) -> dict[str, Any]:
    """A row as plain JSON."""
    return {
        "id": row.pk,
        "field_id": row.field_id,
        "position": row.position,
        "text": row.text,
        "key": row.key,
        "once": row.once,
        "number": None if row.number is None else str(row.number),
        "day": None if row.day is None else row.day.isoformat(),
        "ref": row.ref,
    }
