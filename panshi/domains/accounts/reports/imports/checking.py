"""What would become of each row of a customer file: a new account, a change of a known one, or a rejection.

Preview and import both ask here, so that what a person saw is what happens.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from panshi.calc.uscc import compact
from panshi.domains.accounts.models import Account, ImportMode, Lifecycle
from panshi.domains.accounts.models.cleaning import (
    CannotSaveAccount,
    check_together,
    clean,
    clean_code,
    derive,
)
from panshi.domains.accounts.models.fields import MONEY_FIELDS
from panshi.domains.accounts.reports.assigning import Move, sorted_moves
from panshi.domains.accounts.reports.duplicates import Match
from panshi.domains.accounts.reports.imports.cells import Names, read_row
from panshi.domains.accounts.reports.imports.columns import import_fields
from panshi.domains.accounts.reports.imports.custom import fill_custom
from panshi.domains.accounts.reports.imports.known import CHUNK, Known
from panshi.domains.accounts.reports.imports.rows import Checked, Outcome, Rules
from panshi.domains.accounts.reports.staff import CannotAssignOwner, Staff
from panshi.engines.sheets.reading import SheetRow
from panshi.ground.base.viewer import Viewer
from panshi.ground.settings.reports import value


@dataclass(slots=True)
class CheckedRow(Checked):
    """One row of a customer file. `account` is the new or the known one with the values set, not saved; `move` what
    becomes of a known one's owner."""

    account: Account | None = None
    matches: list[Match] = field(default_factory=list)
    move: Move | None = None

    @property
    def record_id(self) -> int | None:
        """The known account."""
        return self.account.pk if self.account is not None else None

    @property
    def bearer_id(self) -> int | None:
        """The account itself."""
        return self.record_id


def check_rows(rows: Sequence[SheetRow], mapping: Mapping[str, int], rules: Rules) -> list[CheckedRow]:
    """Decide every row; a bounded number of queries for any number of rows."""
    names = Names.load()
    clear: str = value("lists.import_clear_mark")
    checked = [CheckedRow(read_row(row.number, row.cells, mapping, names, clear=clear)) for row in rows]
    labels = {one.name: str(one.label) for one in import_fields(rules.by)}
    _once_in_file(checked)
    _find_known(checked, rules)
    staff = Staff.load(on=rules.on)
    for row in checked:
        _fill(row, labels, staff, rules)
    fill_custom(checked, mapping, names, by=rules.by)
    _require_reach(checked, rules)
    _hand_over(checked, staff, rules)
    _compare(checked, rules)
    return checked


def _once_in_file(checked: Iterable[CheckedRow]) -> None:
    """A code identifies one row; the second with the same is rejected."""
    seen: dict[tuple[str, str], int] = {}
    for row in checked:
        code = str(row.read.references.get("code", ""))
        uscc = compact(str(row.read.values.get("uscc", "")))
        for kind, text in (("code", code), ("uscc", uscc)):
            first = seen.setdefault((kind, text), row.read.number) if text else row.read.number
            if first != row.read.number:
                row.reject(_("与第 %(row)d 行的编号或信用代码相同") % {"row": first})


def _find_known(checked: Sequence[CheckedRow], rules: Rules) -> None:
    """Find the accounts that rows name by code or social credit code; both must mean the same one."""
    codes = {str(row.read.references["code"]) for row in checked if row.read.references.get("code")}
    usccs = {compact(str(row.read.values["uscc"])) for row in checked if row.read.values.get("uscc")}
    accounts = [*_accounts("code", codes, lock=rules.lock), *_accounts("uscc", usccs - {""}, lock=rules.lock)]
    one = {account.pk: account for account in accounts}
    by_code = {account.code: account for account in one.values()}
    by_uscc = {account.uscc: account for account in one.values() if account.uscc}
    for row in checked:
        code = str(row.read.references.get("code", ""))
        uscc = compact(str(row.read.values.get("uscc", "")))
        named, credited = by_code.get(code), by_uscc.get(uscc)
        if credited is not None and code and credited is not named:
            row.reject(_("统一社会信用代码已属于另一客户"))
        row.account = named or (None if code else credited)


def _accounts(name: str, values: Iterable[str], *, lock: bool) -> list[Account]:
    wanted = sorted(values)
    found: list[Account] = []
    for start in range(0, len(wanted), CHUNK):
        rows: QuerySet[Account] = Account.objects.filter(**{f"{name}__in": wanted[start : start + CHUNK]})
        found += rows.select_for_update().order_by("pk") if lock else rows
    return found


def _fill(row: CheckedRow, labels: Mapping[str, str], staff: Staff, rules: Rules) -> None:
    """Set the values on the new or known account and decide what the mode allows."""
    row.problems += [f"{labels.get(name, name)}：{why}" for name, why in row.read.problems.items()]
    if row.account is None:
        _fill_new(row, staff, rules)
    elif rules.mode == ImportMode.CREATE:
        row.reject(_("客户已存在，本次只新建"))
    elif row.account.merged_into_id is not None:
        row.reject(_("此客户已并入其他客户"))
    else:
        row.outcome = Outcome.UPDATE if row.outcome is not Outcome.REJECT else row.outcome
    assert row.account is not None or row.outcome is Outcome.REJECT
    if row.account is not None and row.outcome is not Outcome.REJECT:
        _set_values(row, labels, rules)
    if row.problems:
        row.outcome = Outcome.REJECT
    elif row.outcome is Outcome.UPDATE and not row.changes:
        row.outcome = Outcome.UNCHANGED


def _fill_new(row: CheckedRow, staff: Staff, rules: Rules) -> None:
    references = row.read.references
    if rules.mode == ImportMode.UPDATE:
        row.reject(_("没有找到这个客户，本次只更新"))
        return
    if not row.read.values.get("name"):
        row.reject(_("没有客户名称"))
        return
    try:
        code = clean_code(str(references["code"])) if references.get("code") else ""
        owner, unit = _settle(references.get("owner"), references.get("unit"), staff, rules)
    except (CannotSaveAccount, CannotAssignOwner) as refusal:
        row.reject(refusal.message)
        return
    row.account = Account(
        code=code,
        owner_id=owner,
        unit_id=unit,
        lifecycle=references.get("lifecycle", Lifecycle.POTENTIAL),
        lifecycle_since_on=rules.on,
        created_at=rules.at,
        created_by_id=rules.by.person_id,
        updated_at=rules.at,
    )


def _settle(owner: int | None, unit: int | None, staff: Staff, rules: Rules) -> tuple[int | None, int | None]:
    """Owner and unit of a new account; without either it belongs to the importer's own unit."""
    if owner is not None:
        return staff.settle(owner, unit)
    own = staff.units.get(rules.by.person_id or 0, [])
    return None, unit if unit is not None else next(iter(own), None)


def _set_values(row: CheckedRow, labels: Mapping[str, str], rules: Rules) -> None:
    """Clean and set; on a known account remember what differs."""
    account = row.account
    assert account is not None
    try:
        cleaned = clean(row.read.values, on=rules.on)
        for name, after in cleaned.items():
            before = getattr(account, name)
            if before != after:
                row.changes[name] = (before, after)
                setattr(account, name, after)
        check_together(account)
    except CannotSaveAccount as refusal:
        row.problems += [f"{labels.get(name, name)}：{why}" for name, why in refusal.errors.items()]
        return
    if account.pk is None or {"name", "phone"} & set(row.changes):
        derive(account)


def _require_reach(checked: Sequence[CheckedRow], rules: Rules) -> None:
    """Reject what lies outside the importer's scope, each row for itself."""
    known = [row.account.pk for row in checked if row.account is not None and row.account.pk is not None]
    editable = _reached(known, rules.by, "accounts.edit") & _reached(known, rules.by, "accounts.import")
    money = any(set(row.changes) & set(MONEY_FIELDS) for row in checked)
    payable = _reached(known, rules.by, "accounts.money") if money else set()
    span = rules.by.span("accounts.import")
    for row in checked:
        account = row.account
        if account is None or row.outcome is Outcome.REJECT:
            continue
        if account.pk is None:
            inside = span is not None and (
                span.everything
                or account.unit_id in span.units
                or (account.owner_id is not None and account.owner_id == rules.by.person_id)
            )
        else:
            inside = account.pk in editable and (
                not set(row.changes) & set(MONEY_FIELDS) or account.pk in payable
            )
        if not inside:
            row.reject(_("超出您的权限范围"))


def _hand_over(checked: Sequence[CheckedRow], staff: Staff, rules: Rules) -> None:
    """Known accounts that the file gives to another owner: the rules of assigning, each row for itself."""
    wanted: dict[int, tuple[int | None, int | None] | None] = {}
    named: dict[int, CheckedRow] = {}
    for row in checked:
        owner, account = row.read.references.get("owner"), row.account
        if owner is None or account is None or account.pk is None or row.outcome is Outcome.REJECT:
            continue
        if account.owner_id == owner:
            continue
        try:
            wanted[account.pk] = staff.settle(owner, None)
            named[account.pk] = row
        except CannotAssignOwner as refusal:
            row.reject(refusal.message)
    if not wanted:
        return
    keys = list(wanted)
    for start in range(0, len(keys), CHUNK):
        part = {key: wanted[key] for key in keys[start : start + CHUNK]}
        found = sorted_moves(part, viewer=rules.by, on=rules.on)
        for move in found.moves:
            named[move.account_id].move = move
            named[move.account_id].outcome = Outcome.UPDATE
        for pk, why in found.refused.items():
            named[pk].reject(why)


def _reached(ids: Sequence[int], by: Viewer, permission: str) -> set[int]:
    """Which of the accounts the permission reaches."""
    if by.sees_all(permission):
        return set(ids)
    found: set[int] = set()
    for start in range(0, len(ids), CHUNK):
        chunk = Q(pk__in=ids[start : start + CHUNK])
        found |= set(Account.objects.visible_to(by, permission).filter(chunk).values_list("pk", flat=True))
    return found


NAMING: Final = frozenset({"name", "phone"})
"""Changing these could make a known account look like another."""


def _compare(checked: Sequence[CheckedRow], rules: Rules) -> None:
    """The duplicate check of every row that names an account anew; rejects look-alikes unless they are kept."""
    asked = [
        row
        for row in checked
        if row.account is not None
        and (row.outcome is Outcome.CREATE or (row.outcome is Outcome.UPDATE and NAMING & set(row.changes)))
    ]
    known = Known([row.account for row in asked if row.account is not None])
    doubtful = []
    for row in asked:
        assert row.account is not None
        row.matches = known.matches(row.account)[:3]
        if row.matches:
            doubtful.append(row)
        if not row.matches or rules.keep_duplicates:
            known.add(row.account, row.read.number)
    if not rules.keep_duplicates:
        _explain(doubtful, rules.by)


def _explain(doubtful: Sequence[CheckedRow], by: Viewer) -> None:
    """Reject the rows with what they look like; accounts outside the scope are told by owner only."""
    ids = sorted({row.matches[0].account_id for row in doubtful if row.matches[0].account_id > 0})
    visible = _reached(ids, by, "accounts.view")
    facts: dict[int, tuple[str, str, str]] = {}
    for start in range(0, len(ids), CHUNK):
        rows = Account.objects.filter(pk__in=ids[start : start + CHUNK])
        for pk, code, name, owner in rows.values_list("pk", "code", "name", "owner__name"):
            facts[pk] = (code, name, owner or _("无负责人"))
    for row in doubtful:
        match = row.matches[0]
        why = "、".join(str(reason.value) for reason in match.reasons)
        if match.account_id < 0:
            row.reject(_("与第 %(row)d 行可能重复：%(why)s") % {"row": -match.account_id, "why": why})
            continue
        code, name, owner = facts[match.account_id]
        account = f"{code} {name}" if match.account_id in visible else _("您范围外的客户")
        row.reject(
            _("可能与已有客户重复：%(account)s（负责人：%(owner)s）：%(why)s")
            % {"account": account, "owner": owner, "why": why}
        )
