"""Writes of dictionaries: lists of choices and their values. A value in use is never deleted: it is retired, or
replaced by another in one act."""

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
from panshi.ground.settings import events
from panshi.ground.settings.models import CustomField, CustomValue, Dictionary, DictionaryValue, FieldKind
from panshi.ground.settings.once import forget_read
from panshi.ground.settings.reports.dictionaries import records_using

MOST_VALUES: Final = 500
_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")


class CannotSaveDictionary(Refused):
    """Code or label are missing, too long or taken."""


@transaction.atomic
def create_dictionary(
    *, label: str, label_en: str = "", about: str = "", code: str = "", by: Viewer, at: dt.datetime
) -> Dictionary:
    """Begin a list of choices; without `code` one is made from the label."""
    by.require("settings.manage")
    row = Dictionary()
    _fill(row, {"label": label, "label_en": label_en, "about": about})
    row.code = _free_code(code, row.label, set(Dictionary.objects.values_list("code", flat=True)))
    row.save(force_insert=True)
    record(events.DICTIONARY_CREATED, at=at, by_id=by.person_id, subject_id=row.pk, code=row.code)
    return row


@transaction.atomic
def change_dictionary(
    *, dictionary: Dictionary, values: Mapping[str, str], expected_version: int, by: Viewer, at: dt.datetime
) -> Dictionary:
    """Change what the list is called."""
    by.require("settings.manage")
    row = _locked(dictionary.pk)
    row.expect(expected_version)
    changes = _fill(row, values)
    if changes:
        row.step(at=at)
        row.save()
        record(
            events.DICTIONARY_CHANGED, at=at, by_id=by.person_id, subject_id=row.pk, changes=changes,
            fields=sorted(changes), version=row.version,
        )  # fmt: skip
        forget_read()
    return row


@transaction.atomic
def add_choice(
    *, dictionary: Dictionary, label: str, label_en: str = "", code: str = "", by: Viewer, at: dt.datetime
) -> DictionaryValue:
    """Add a value at the end of the list."""
    by.require("settings.manage")
    _locked(dictionary.pk)
    rows = list(DictionaryValue.objects.filter(dictionary=dictionary))
    if len(rows) >= MOST_VALUES:
        raise CannotSaveDictionary(_("一个字典最多 %(count)d 个值。") % {"count": MOST_VALUES})
    row = DictionaryValue(dictionary=dictionary, position=max((one.position for one in rows), default=0) + 1)
    _fill(row, {"label": label, "label_en": label_en})
    _alone(row, rows)
    row.code = _free_code(code, row.label, {one.code for one in rows})
    row.save(force_insert=True)
    record(
        events.CHOICE_ADDED, at=at, by_id=by.person_id, subject_id=dictionary.pk,
        changes={"label": ("", row.label)}, code=row.code,
    )  # fmt: skip
    forget_read()
    return row


@transaction.atomic
def change_choice(
    *, choice: DictionaryValue, values: Mapping[str, str], expected_version: int, by: Viewer, at: dt.datetime
) -> DictionaryValue:
    """Call a value something else, on old records too: they hold the value, not its words."""
    by.require("settings.manage")
    _locked(choice.dictionary_id)
    row = _locked_choice(choice.pk)
    row.expect(expected_version)
    changes = _fill(row, values)
    _alone(row, DictionaryValue.objects.filter(dictionary_id=row.dictionary_id).exclude(pk=row.pk))
    if changes:
        row.step(at=at)
        row.save()
        record(
            events.CHOICE_CHANGED, at=at, by_id=by.person_id, subject_id=row.dictionary_id, changes=changes,
            code=row.code, fields=sorted(changes),
        )  # fmt: skip
        forget_read()
    return row


class CannotRetireChoice(Refused):
    """The value is retired already, or in use already, or stands as a default."""


@transaction.atomic
def retire_choice(*, choice: DictionaryValue, by: Viewer, at: dt.datetime) -> DictionaryValue:
    """Offer a value no more; records that hold it keep it."""
    by.require("settings.manage")
    row = _locked_choice(choice.pk)
    if not row.active:
        raise CannotRetireChoice(_("这个值已经停用。"))
    _require_no_default(row)
    row.active = False
    row.step(at=at)
    row.save(update_fields=["active", "version"])
    record(
        events.CHOICE_RETIRED, at=at, by_id=by.person_id, subject_id=row.dictionary_id, code=row.code,
        records=records_using(row),
    )  # fmt: skip
    forget_read()
    return row


@transaction.atomic
def reinstate_choice(*, choice: DictionaryValue, by: Viewer, at: dt.datetime) -> DictionaryValue:
    """Offer a retired value again."""
    by.require("settings.manage")
    row = _locked_choice(choice.pk)
    if row.active:
        raise CannotRetireChoice(_("这个值正在使用。"))
    row.active = True
    row.step(at=at)
    row.save(update_fields=["active", "version"])
    record(events.CHOICE_REVIVED, at=at, by_id=by.person_id, subject_id=row.dictionary_id, code=row.code)
    forget_read()
    return row


class CannotDeleteChoice(Refused):
    """Records hold the value; `records` says how many."""

    def __init__(self, message: str, *, records: int = 0) -> None:
        super().__init__(message)
        self.records = records


@transaction.atomic
def delete_choice(*, choice: DictionaryValue, by: Viewer, at: dt.datetime) -> None:
    """Remove a value nobody ever chose."""
    by.require("settings.manage")
    row = _locked_choice(choice.pk)
    records = records_using(row)
    if records:
        raise CannotDeleteChoice(
            _("有 %(count)d 条记录在用“%(label)s”，不能删除；可以停用，或换成另一个值。")
            % {"count": records, "label": row.label},
            records=records,
        )
    _require_no_default(row)
    record(
        events.CHOICE_DELETED, at=at, by_id=by.person_id, subject_id=row.dictionary_id,
        changes={"label": (row.label, "")}, code=row.code,
    )  # fmt: skip
    row.delete()
    forget_read()


class CannotReplaceChoice(Refused):
    """The other value is the same, retired or of another dictionary."""


@transaction.atomic
def replace_choice(*, choice: DictionaryValue, other: DictionaryValue, by: Viewer, at: dt.datetime) -> int:
    """Put another value in the place of this one on every record, and retire it. Answers how many records changed.

    A record of many choices that holds both keeps one. One event tells it; the records' versions stay, since nobody
    edited them."""
    by.require("settings.manage")
    rows = DictionaryValue.objects.select_for_update().order_by("pk").filter(pk__in=[choice.pk, other.pk])
    found = {row.pk: row for row in rows}
    old, new = found[choice.pk], found[other.pk]
    if old.pk == new.pk or old.dictionary_id != new.dictionary_id or not new.active:
        raise CannotReplaceChoice(_("请选择同一字典中另一个在用的值。"), field="other")
    fields = CustomField.objects.filter(dictionary_id=old.dictionary_id)
    held = CustomValue.objects.filter(field__in=fields.values("pk"), ref=old.pk)
    records = records_using(old)
    both = [
        pk
        for field in fields.filter(kind=FieldKind.CHOICES)
        for pk in held.filter(
            field=field, record_id__in=CustomValue.objects.filter(field=field, ref=new.pk).values("record_id")
        ).values_list("pk", flat=True)
    ]
    for start in range(0, len(both), 500):
        CustomValue.objects.filter(pk__in=both[start : start + 500]).delete()
    held.update(ref=new.pk)
    for field in fields.order_by("pk"):
        _replace_default(field, old.code, new.code)
    was_active, old.active = old.active, False
    old.step(at=at)
    old.save(update_fields=["active", "version"])
    record(
        events.CHOICE_REPLACED, at=at, by_id=by.person_id, subject_id=old.dictionary_id,
        changes={"label": (old.label, new.label), "active": (was_active, False)},
        code=old.code, by_code=new.code, records=records,
    )  # fmt: skip
    forget_read()
    return records


class CannotOrderChoices(Refused):
    """The order names other values than there are."""


@transaction.atomic
def order_choices(*, dictionary: Dictionary, order: Sequence[int], by: Viewer, at: dt.datetime) -> None:
    """Put the values in this order everywhere they are offered."""
    by.require("settings.manage")
    _locked(dictionary.pk)
    rows = {row.pk: row for row in DictionaryValue.objects.filter(dictionary=dictionary)}
    if sorted(rows) != sorted(order):
        raise CannotOrderChoices(_("字典有变动，请刷新后再排序。"))
    before = sorted(rows, key=lambda key: (rows[key].position, key))
    if before == list(order):
        return
    for place, key in enumerate(order, start=1):
        rows[key].position = place
    DictionaryValue.objects.bulk_update(rows.values(), ["position"])
    codes = [",".join(rows[key].code for key in keys) for keys in (before, order)]
    record(
        events.CHOICES_ORDERED, at=at, by_id=by.person_id, subject_id=dictionary.pk,
        changes={"order": (codes[0], codes[1])}, order=list(order),
    )  # fmt: skip
    forget_read()


def _locked(pk: int) -> Dictionary:
    row: Dictionary = Dictionary.objects.select_for_update().get(pk=pk)
    return row


def _locked_choice(pk: int) -> DictionaryValue:
    row: DictionaryValue = DictionaryValue.objects.select_for_update().get(pk=pk)
    return row


def _fill(row: Dictionary | DictionaryValue, values: Mapping[str, str]) -> dict[str, tuple[Any, Any]]:
    """Set labels and the like, and answer what changed."""
    changes, errors = {}, {}
    for name, given in values.items():
        value = " ".join(given.split())
        stored: Any = row._meta.get_field(name)
        if len(value) > stored.max_length:
            errors[name] = _("最多 %(length)d 个字符。") % {"length": stored.max_length}
        if "," in value and isinstance(row, DictionaryValue):
            errors[name] = _("名称里不能有逗号，多选时用它分隔。")
        before = getattr(row, name)
        if before != value:
            changes[name] = (before, value)
            setattr(row, name, value)
    if not row.label:
        errors["label"] = _("请填写名称。")
    if errors:
        raise CannotSaveDictionary(next(iter(errors.values())), errors=errors)
    return changes


def _alone(row: DictionaryValue, others: Any) -> None:
    """No two values of a list may be called alike in either language."""
    for other in others:
        if row.label.casefold() == other.label.casefold():
            raise CannotSaveDictionary(_("已有这个值。"), field="label")
        if row.label_en and row.label_en.casefold() == other.label_en.casefold():
            raise CannotSaveDictionary(_("已有这个英文名称。"), field="label_en")


def _free_code(given: str, label: str, taken: set[str]) -> str:
    code = given.strip()
    if code:
        if not _CODE.fullmatch(code):
            raise CannotSaveDictionary(_("代码只含字母、数字和 _ . -，最多 40 个。"), field="code")
        if code in taken:
            raise CannotSaveDictionary(_("这个代码已被使用。"), field="code")
        return code
    stem = re.sub(r"[^a-z0-9]+", "_", pinyin(label).casefold()).strip("_")[:34] or "v"
    number = 1
    while (code := stem if number == 1 else f"{stem}_{number}") in taken:
        number += 1
    return code


def _require_no_default(row: DictionaryValue) -> None:
    """A value that new records get by default cannot simply go."""
    for field in CustomField.objects.filter(dictionary_id=row.dictionary_id, retired_at=None):
        if row.code in field.default.split(","):
            raise CannotRetireChoice(
                _("它是字段“%(field)s”的默认值，请先改默认值。") % {"field": field.label}
            )


def _replace_default(field: CustomField, old: str, new: str) -> None:
    codes = field.default.split(",")
    if old in codes:
        field.default = ",".join(dict.fromkeys(new if code == old else code for code in codes))
        field.save(update_fields=["default"])
