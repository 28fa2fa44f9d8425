"""Custom fields in a customer file: what each cell means, what differs from what is stored, what may not be taken."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from panshi.domains.accounts.models import Account
from panshi.domains.accounts.reports.custom import needs_reach
from panshi.domains.accounts.reports.imports.cells import Names, UnreadableCell, owner_of
from panshi.domains.accounts.reports.imports.rows import Checked, Outcome
from panshi.ground.base.viewer import Viewer
from panshi.ground.settings.fields import CannotSaveCustom, FieldSpec
from panshi.ground.settings.models import FieldKind, RecordKind
from panshi.ground.settings.reports.custom import Typed, custom_fields, custom_values, taken_once

CHUNK = 2000


def fill_custom(
    checked: Sequence[Checked],
    mapping: Mapping[str, int],
    names: Names,
    *,
    kind: RecordKind = RecordKind.ACCOUNT,
    by: Viewer,
) -> None:
    """Set the typed values that differ on every row that is not rejected, and reject what cannot be taken; a bounded
    number of queries for any number of rows, one where no field is defined."""
    specs = custom_fields(kind, viewer=by)
    asked = [spec for spec in specs if spec.name in mapping]
    rows = [row for row in checked if row.outcome is not Outcome.REJECT]
    stored = _stored(rows, asked)
    accounts = _accounts_named(rows, asked, by)
    for row in rows:
        known = stored.get(row.record_id or 0, {})
        typed = _typed(row, asked, known, names, accounts)
        if row.record_id is None:
            typed |= _for_new(row, specs, typed)
        _compare(row, specs, typed, known)
    for spec in asked:
        _once(rows, spec)
        _within_reach(rows, spec, by)


def _stored(rows: Sequence[Checked], asked: Sequence[FieldSpec]) -> dict[int, Typed]:
    ids = [row.record_id for row in rows if row.record_id is not None]
    found: dict[int, Typed] = {}
    for start in range(0, len(ids), CHUNK):
        found |= custom_values(ids[start : start + CHUNK], fields=asked)
    return found


def _typed(
    row: Checked,
    asked: Sequence[FieldSpec],
    known: Typed,
    names: Names,
    accounts: Mapping[str, int | None],
) -> Typed:
    """The cells of one row as typed values; empty cells say nothing and leave what is stored."""
    typed: Typed = {}
    for spec in asked:
        raw: Any = row.read.custom.get(spec.name)
        if raw is None:
            continue
        try:
            if raw and spec.kind == FieldKind.PERSON:
                raw = owner_of(raw, names)
            elif raw and spec.kind == FieldKind.ACCOUNT:
                raw = _account(raw, accounts)
            typed[spec.name] = spec.clean(raw, kept=known.get(spec.name))
        except UnreadableCell as error:
            row.reject(f"{spec.label}：{error}")
        except CannotSaveCustom as refusal:
            row.reject(f"{spec.label}：{refusal.message}")
    return typed


def _for_new(row: Checked, specs: Sequence[FieldSpec], typed: Typed) -> Typed:
    """What a new account gets by default; it must have what is required."""
    more: Typed = {}
    for spec in specs:
        if spec.name in typed or spec.name in row.read.custom:
            continue
        try:
            more[spec.name] = spec.clean(spec.row.default)
        except CannotSaveCustom as refusal:
            row.reject(refusal.message)
    return {name: value for name, value in more.items() if value is not None}


def _compare(row: Checked, specs: Sequence[FieldSpec], typed: Typed, known: Typed) -> None:
    by_name = {spec.name: spec for spec in specs}
    row.custom = {name: value for name, value in typed.items() if known.get(name) != value}
    row.custom_changes = {
        name: (by_name[name].text(known.get(name)), by_name[name].text(value))
        for name, value in row.custom.items()
    }
    row.differs_by_custom()


def _once(rows: Sequence[Checked], spec: FieldSpec) -> None:
    """A unique value stands once in the file and on no other account."""
    if not spec.row.unique:
        return
    first: dict[str, Checked] = {}
    for row in rows:
        once = spec.once(row.custom[spec.name]) if spec.name in row.custom else ""
        if not once or row.problems:
            continue
        if first.setdefault(once, row) is not row:
            row.reject(
                _("%(field)s：与第 %(row)d 行重复") % {"field": spec.label, "row": first[once].read.number}
            )
    taken = taken_once(spec, first)
    for once, row in first.items():
        if once in taken and taken[once] != row.record_id:
            row.reject(_("%(field)s：与其他记录重复") % {"field": spec.label})


def _within_reach(rows: Sequence[Checked], spec: FieldSpec, by: Viewer) -> None:
    """A sensitive field is written only where its right reaches; whoever may not see a value may not set it."""
    if not needs_reach(spec, by):
        return
    written: dict[int, list[Checked]] = {}
    for row in rows:
        if spec.name in row.custom and row.bearer_id is not None:
            written.setdefault(row.bearer_id, []).append(row)
    ids, reached = list(written), set()
    for start in range(0, len(ids), CHUNK):
        visible = Account.objects.visible_to(by, spec.row.permission).filter(
            pk__in=ids[start : start + CHUNK]
        )
        reached |= set(visible.values_list("pk", flat=True))
    for pk in set(ids) - reached:
        for row in written[pk]:
            row.reject(_("超出您的权限范围"))


def _accounts_named(
    rows: Sequence[Checked], asked: Sequence[FieldSpec], by: Viewer
) -> Mapping[str, int | None]:
    """Accounts that cells name by code or full name, of those the importer sees; None where two share the name."""
    fields = [spec.name for spec in asked if spec.kind == FieldKind.ACCOUNT]
    texts = sorted({str(row.read.custom[name]) for row in rows for name in fields if name in row.read.custom})
    by_name: dict[str, int | None] = {}
    by_code: dict[str, int | None] = {}
    for start in range(0, len(texts), CHUNK // 2):
        chunk = texts[start : start + CHUNK // 2]
        found = Account.objects.visible_to(by).standing().filter(Q(code__in=chunk) | Q(name__in=chunk))
        for pk, code, name in found.values_list("pk", "code", "name"):
            by_name[name] = None if name in by_name else pk
            by_code[code] = pk
    return by_name | by_code


def _account(text: str, accounts: Mapping[str, int | None]) -> int:
    found = accounts.get(text)
    if found is None:
        sentence = (
            _("有多个客户名为“%(text)s”，请写客户编号") if text in accounts else _("没有找到客户“%(text)s”")
        )
        raise UnreadableCell(sentence % {"text": text[:40]})
    return found
