"""Writes of custom field definitions: create, change, order, retire and take back. Values are never lost by it."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from panshi.calc.pinyin import pinyin
from panshi.ground.audit.services import record
from panshi.ground.base.refusals import Refused
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.roles import BY_CODE as ROLES
from panshi.ground.settings import events
from panshi.ground.settings.fields import CannotSaveCustom
from panshi.ground.settings.models import CustomField, CustomValue, Dictionary, FieldKind, RecordKind
from panshi.ground.settings.once import forget_read
from panshi.ground.settings.reports.custom import specs_of

WORDS: Final = ("label", "label_en", "help", "help_en", "group", "group_en", "unit", "default", "permission")
SWITCHES: Final = ("required", "unique", "at_creation")
EDITABLE: Final = (*WORDS, *SWITCHES, "roles")
PERMISSIONS: Final = ("", "accounts.money")
"""What a sensitive field may ask for beside roles: the right that guards invoice and bank details."""

MOST_FIELDS: Final = 100
"""A kind of record with more fields in use than this is no form any more."""

_CODE: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")


class CannotDefineField(Refused):
    """The definition is not what it must be; `errors` names each of its parts."""


@transaction.atomic
def create_field(
    *,
    record_kind: str,
    kind: str,
    values: Mapping[str, Any],
    code: str = "",
    dictionary: Dictionary | None = None,
    by: Viewer,
    at: dt.datetime,
) -> CustomField:
    """Define a field. Without `code` one is made from the label; kind, code and dictionary never change afterwards."""
    by.require("settings.manage")
    if record_kind not in RecordKind.values or kind not in FieldKind.values:
        raise CannotDefineField(_("没有这种字段。"), field="kind")
    existing = CustomField.objects.select_for_update().order_by("pk").filter(record_kind=record_kind)
    rows = list(existing)
    if sum(row.retired_at is None for row in rows) >= MOST_FIELDS:
        raise CannotDefineField(_("最多 %(count)d 个在用字段，请先停用不用的。") % {"count": MOST_FIELDS})
    choosing = kind in {FieldKind.CHOICE, FieldKind.CHOICES}
    if choosing and dictionary is None:
        raise CannotDefineField(_("请选择字典。"), field="dictionary")
    field = CustomField(
        record_kind=record_kind,
        kind=kind,
        dictionary=dictionary if choosing else None,
        code=_free_code(code, str(values.get("label", "")), {row.code for row in rows}),
        position=max((row.position for row in rows), default=0) + 1,
    )
    _fill(field, values)
    field.save(force_insert=True)
    record(
        events.FIELD_CREATED,
        at=at,
        by_id=by.person_id,
        subject_id=field.pk,
        changes={name: ("", getattr(field, name)) for name in EDITABLE if getattr(field, name)},
        record_kind=record_kind,
        code=field.code,
        holds=kind,
    )
    forget_read()
    return field


@transaction.atomic
def change_field(
    *, field: CustomField, values: Mapping[str, Any], expected_version: int, by: Viewer, at: dt.datetime
) -> CustomField:
    """Change what may change. Made required, old records stay valid until they are edited; made unique, it is refused
    while two records hold the same."""
    by.require("settings.manage")
    row: CustomField = CustomField.objects.select_for_update().get(pk=field.pk)
    row.expect(expected_version)
    was_unique = row.unique
    changes = _fill(row, values)
    if not changes:
        return row
    if row.unique != was_unique:
        _promise_once(row)
    row.step(at=at)
    row.save()
    record(
        events.FIELD_CHANGED,
        at=at,
        by_id=by.person_id,
        subject_id=row.pk,
        changes=changes,
        fields=sorted(changes),
        version=row.version,
    )
    forget_read()
    return row


class CannotRetireField(Refused):
    """The field is retired already, or is in use already."""


@transaction.atomic
def retire_field(*, field: CustomField, by: Viewer, at: dt.datetime) -> CustomField:
    """Show the field nowhere any more; its values stay and come back with it."""
    by.require("settings.manage")
    row: CustomField = CustomField.objects.select_for_update().get(pk=field.pk)
    if row.retired_at is not None:
        raise CannotRetireField(_("这个字段已经停用。"))
    row.retired_at = at
    row.step(at=at)
    row.save(update_fields=["retired_at", "version"])
    held = CustomValue.objects.filter(field=row).values("record_id").distinct().count()
    record(events.FIELD_RETIRED, at=at, by_id=by.person_id, subject_id=row.pk, records=held)
    forget_read()
    return row


@transaction.atomic
def reinstate_field(*, field: CustomField, by: Viewer, at: dt.datetime) -> CustomField:
    """Take a retired field into use again, with the values it had."""
    by.require("settings.manage")
    row: CustomField = CustomField.objects.select_for_update().get(pk=field.pk)
    if row.retired_at is None:
        raise CannotRetireField(_("这个字段正在使用。"))
    row.retired_at = None
    row.step(at=at)
    row.save(update_fields=["retired_at", "version"])
    record(events.FIELD_REVIVED, at=at, by_id=by.person_id, subject_id=row.pk)
    forget_read()
    return row


class CannotOrder(Refused):
    """The order names other rows than there are: somebody added or removed one meanwhile."""


@transaction.atomic
def order_fields(*, record_kind: str, order: Sequence[int], by: Viewer, at: dt.datetime) -> None:
    """Put the fields in use of a kind of record into this order."""
    by.require("settings.manage")
    rows = CustomField.objects.select_for_update().order_by("pk")
    known = {row.pk: row for row in rows.filter(record_kind=record_kind, retired_at=None)}
    if sorted(known) != sorted(order):
        raise CannotOrder(_("字段有变动，请刷新后再排序。"))
    before = sorted(known, key=lambda key: (known[key].position, key))
    if before == list(order):
        return
    for place, key in enumerate(order, start=1):
        known[key].position = place
    CustomField.objects.bulk_update(known.values(), ["position"])
    record(
        events.FIELDS_ORDERED,
        at=at,
        by_id=by.person_id,
        changes={"order": (",".join(map(str, before)), ",".join(map(str, order)))},
        record_kind=record_kind,
        order=list(order),
    )
    forget_read()


def _free_code(given: str, label: str, taken: set[str]) -> str:
    """The code given, or one made from the label that nobody has."""
    if given.strip():
        code = given.strip()
        if not _CODE.fullmatch(code):
            raise CannotDefineField(
                _("代码以小写字母开头，只含小写字母、数字和下划线，最多 40 个。"), field="code"
            )
        if code in taken:
            raise CannotDefineField(_("这个代码已被使用（停用的字段也占用代码）。"), field="code")
        return code
    stem = re.sub(r"[^a-z0-9]+", "_", pinyin(label).casefold()).strip("_")[:34]
    stem = stem if stem[:1].isalpha() else f"f_{stem}".strip("_")
    number = 1
    while (code := stem if number == 1 else f"{stem}_{number}") in taken:
        number += 1
    return code


def _fill(field: CustomField, values: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Set the given parts, check them together, and answer what changed."""
    if unknown := set(values) - set(EDITABLE):
        raise ValueError(f"not parts of a field that can be edited: {sorted(unknown)}")
    changes, errors = {}, {}
    for name, given in values.items():
        value, most = _part(name, given), _longest(name)
        if isinstance(value, str) and len(value) > most:
            errors[name] = _("最多 %(length)d 个字符。") % {"length": most}
        before = getattr(field, name)
        if before != value:
            changes[name] = (before, value)
            setattr(field, name, value)
    errors |= _faults(field)
    if errors:
        raise CannotDefineField(next(iter(errors.values())), errors=errors)
    return changes


def _longest(name: str) -> int:
    stored: Any = CustomField._meta.get_field(name)
    return int(stored.max_length or 0)


def _part(name: str, given: Any) -> Any:
    if name in SWITCHES:
        return bool(given)
    if name == "roles":
        wanted = set(given.split(",") if isinstance(given, str) else given)
        return ",".join(code for code in ROLES if code in wanted)
    return str(given or "").strip()


def _faults(field: CustomField) -> dict[str, str]:
    """What does not fit together, by part."""
    errors = {}
    if not field.label:
        errors["label"] = _("请填写名称。")
    elif _called_alike(field):
        errors["label"] = _("已有同名的字段，请换一个名称。")
    if field.unique and field.kind not in {FieldKind.TEXT, FieldKind.NUMBER}:
        errors["unique"] = _("只有文本和数字可以要求不重复。")
    if field.unique and field.default:
        errors["default"] = _("不能重复的字段不能有默认值。")
    if field.permission not in PERMISSIONS:
        errors["permission"] = _("没有这个选项。")
    if field.default:
        if field.kind in {FieldKind.PERSON, FieldKind.ACCOUNT, FieldKind.LONG}:
            errors["default"] = _("这种字段不能有默认值。")
        else:
            try:
                [spec] = specs_of([field])
                field.default = spec.text(spec.clean(field.default))
            except CannotSaveCustom as refusal:
                errors["default"] = refusal.message
    return errors


def _called_alike(field: CustomField) -> bool:
    """Two fields of one name could not be told apart in lists and import files."""
    others = CustomField.objects.filter(record_kind=field.record_kind, retired_at=None, label=field.label)
    return others.exclude(pk=field.pk).exists()


def _promise_once(field: CustomField) -> None:
    """Write what must not repeat beside every value, or take it away; refused while something does repeat."""
    rows = list(CustomValue.objects.select_for_update().filter(field=field).order_by("pk"))
    [spec] = specs_of([field])
    seen: dict[str, int] = {}
    for row in rows:
        value = row.text if field.kind == FieldKind.TEXT else row.number
        row.once = spec.once(value)
        seen[row.once] = seen.get(row.once, 0) + 1
    repeated = sum(1 for once, count in seen.items() if once and count > 1)
    if repeated:
        raise CannotDefineField(
            _("现有 %(count)d 个值在多条记录上重复，请先改掉再要求不重复。") % {"count": repeated},
            field="unique",
        )
    CustomValue.objects.bulk_update(rows, ["once"], batch_size=500)
