"""What becomes of each row of a file of contacts: whose it is, which known person it means, what differs."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from panshi.calc.phones import phone_key
from panshi.domains.accounts.models import ImportMode
from panshi.domains.accounts.reports.imports.cells import Names
from panshi.domains.accounts.reports.imports.columns import custom_import_fields
from panshi.domains.accounts.reports.imports.custom import fill_custom
from panshi.domains.accounts.reports.imports.kinds import ImportField, Reading
from panshi.domains.accounts.reports.imports.rows import Checked, Outcome, Rules
from panshi.domains.accounts.reports.imports.which import (
    ACCOUNT_HEADINGS,
    Whose,
    account_fields,
    read_texts,
)
from panshi.domains.people.models import Contact
from panshi.domains.people.models.cleaning import CannotSaveContact, clean, derive
from panshi.engines.sheets.reading import SheetRow
from panshi.ground.base.viewer import Viewer
from panshi.ground.settings.fields import NO_WORDS, YES_WORDS
from panshi.ground.settings.models import RecordKind
from panshi.ground.settings.reports import value

CHUNK: Final = 2000
PERSONAL: Final = frozenset({"phone", "mobile", "email", "wechat", "note"})
HEADINGS: Final[Mapping[str, tuple[str, ...]]] = {
    **ACCOUNT_HEADINGS,
    "name": ("姓名", "联系人", "联系人姓名", "名字", "name", "fullname", "contact", "contactname"),
    "title": ("职务", "职位", "岗位", "头衔", "title", "jobtitle", "position"),
    "department": ("部门", "科室", "department", "dept"),
    "mobile": ("手机", "手机号", "手机号码", "移动电话", "mobile", "cell", "cellphone", "mobilephone"),
    "phone": ("电话", "座机", "固定电话", "办公电话", "联系电话", "phone", "tel", "telephone"),
    "email": ("邮箱", "电子邮箱", "邮件", "email", "mail", "emailaddress"),
    "wechat": ("微信", "微信号", "wechat"),
    "primary": ("主要联系人", "首要联系人", "主联系人", "primary", "main"),
    "note": ("备注", "说明", "note", "notes", "remark", "comment"),
}


@dataclass(slots=True)
class CheckedContact(Checked):
    """One row of a file of contacts; `contact` is the new or the known one with the values set, not saved."""

    account_id: int | None = None
    contact: Contact | None = None

    @property
    def record_id(self) -> int | None:
        """The known contact."""
        return self.contact.pk if self.contact is not None else None

    @property
    def bearer_id(self) -> int | None:
        """Whose contact it is."""
        return self.account_id


def fields(viewer: Viewer) -> list[ImportField]:
    """The columns a file of contacts may have; custom ones last."""
    notes = {
        "name": gettext_lazy("必填"),
        "mobile": gettext_lazy("更新时先按手机，再按邮箱、姓名识别联系人"),
        "primary": gettext_lazy("填“是”或“否”；每家客户最多一位"),
    }
    own = [
        ImportField(
            name, str(_label(name)), note=notes.get(name, ""), personal=name in PERSONAL,
            choices=(_("是"), _("否")) if name == "primary" else (),
        )
        for name in HEADINGS if name not in ACCOUNT_HEADINGS
    ]  # fmt: skip
    return account_fields() + own + custom_import_fields(RecordKind.CONTACT, viewer)


def _label(name: str) -> str:
    field: Any = Contact._meta.get_field(name)
    return str(field.verbose_name)


def _demand(mapping: Mapping[str, int], mode: str) -> str:
    if not set(ACCOUNT_HEADINGS) & set(mapping):
        return _("需要“客户编号”、“统一社会信用代码”或“客户名称”一列，说明是哪家客户。")
    if not {"name", "mobile", "email"} & set(mapping) or (
        mode != ImportMode.UPDATE and "name" not in mapping
    ):
        return _("需要“姓名”一列。")
    return ""


def check(rows: Sequence[SheetRow], mapping: Mapping[str, int], rules: Rules) -> list[CheckedContact]:
    """Decide every row; a bounded number of queries for any number of rows."""
    mark: str = value("lists.import_clear_mark")
    checked = [
        CheckedContact(read_texts(row.number, row.cells, mapping, clear=mark, fixed=())) for row in rows
    ]
    labels = {field.name: str(field.label) for field in fields(rules.by)}
    whose = Whose([row.read for row in checked], by=rules.by, permission="people.edit")
    for row in checked:
        row.account_id = whose.settle(row)
        row.problems += [f"{labels.get(name, name)}：{why}" for name, why in row.read.problems.items()]
        if row.problems:
            row.outcome = Outcome.REJECT
    known = _known({row.account_id for row in checked if row.account_id is not None}, lock=rules.lock)
    taken: dict[int, int] = {}
    for row in checked:
        if row.outcome is not Outcome.REJECT:
            _settle(row, known[row.account_id or 0], taken, labels, rules)
    fill_custom(checked, mapping, Names.load(), kind=RecordKind.CONTACT, by=rules.by)
    _one_primary(checked)
    return checked


def _known(account_ids: Iterable[int], *, lock: bool) -> dict[int, list[Contact]]:
    """Everybody at these accounts."""
    ids, found = sorted(account_ids), defaultdict[int, list[Contact]](list)
    for start in range(0, len(ids), CHUNK):
        rows = Contact.objects.filter(account_id__in=ids[start : start + CHUNK]).order_by("pk")
        for contact in rows.select_for_update() if lock else rows:
            found[contact.account_id].append(contact)
    return found


def _settle(
    row: CheckedContact,
    there: list[Contact],
    taken: dict[int, int],
    labels: Mapping[str, str],
    rules: Rules,
) -> None:
    """Which person a row means, and what it changes."""
    try:
        values = clean(_words(row.read.values))
    except CannotSaveContact as refusal:
        row.reject(*(f"{labels.get(name, name)}：{why}" for name, why in refusal.errors.items()))
        return
    meant = _meant(values, there)
    if len(meant) > 1:
        told = _("、").join(f"{one.name} {one.title}".strip() for one in meant[:3])
        row.reject(_("这家客户有多位联系人符合：%(candidates)s") % {"candidates": told})
    elif meant and id(meant[0]) in taken:
        row.reject(_("与第 %(row)d 行是同一位联系人") % {"row": taken[id(meant[0])]})
    elif meant:
        _update(row, meant[0], values, rules)
    elif rules.mode == ImportMode.UPDATE:
        row.reject(_("没有找到这位联系人，本次只更新"))
    elif not values.get("name"):
        row.reject(_("请填写姓名。"))
    else:
        at, by, whose = rules.at, rules.by.person_id, row.account_id or 0
        row.contact = Contact(account_id=whose, created_at=at, updated_at=at, created_by_id=by)
        for name, after in values.items():
            setattr(row.contact, name, after)
        derive(row.contact)
        there.append(row.contact)
    if row.contact is not None and row.outcome is not Outcome.REJECT:
        taken[id(row.contact)] = row.read.number


def _words(values: Mapping[str, Any]) -> dict[str, Any]:
    """The texts, with yes and no understood."""
    found = dict(values)
    if "primary" in found:
        word = str(found["primary"]).casefold()
        if word not in YES_WORDS | NO_WORDS | {""}:
            raise CannotSaveContact(_("请填写“是”或“否”。"), field="primary")
        found["primary"] = word in YES_WORDS
    return found


def _meant(values: Mapping[str, Any], there: Sequence[Contact]) -> list[Contact]:
    """By mobile, otherwise by mail, otherwise by name; with another mobile or mail a namesake is somebody else."""
    mobile, mail = phone_key(str(values.get("mobile") or "")), str(values.get("email") or "").casefold()
    if mobile and (found := [one for one in there if one.mobile_key == mobile]):
        return found
    if mail and (found := [one for one in there if one.email.casefold() == mail]):
        return found
    name = "".join(str(values.get("name") or "").split()).casefold()
    return [
        one
        for one in there
        if name
        and "".join(one.name.split()).casefold() == name
        and not (mobile and one.mobile_key and mail and one.email)
    ]


def _update(row: CheckedContact, contact: Contact, values: Mapping[str, Any], rules: Rules) -> None:
    if rules.mode == ImportMode.CREATE:
        row.reject(_("联系人已存在，本次只新建"))
        return
    if contact.left_on is not None:
        row.reject(_("此联系人已标记为离职。"))
        return
    row.contact = contact
    row.changes = {
        name: (getattr(contact, name), after)
        for name, after in values.items()
        if getattr(contact, name) != after
    }
    for name, (_before, after) in row.changes.items():
        setattr(contact, name, after)
    derive(contact)
    row.outcome = Outcome.UPDATE if row.changes else Outcome.UNCHANGED


def _one_primary(checked: Sequence[CheckedContact]) -> None:
    """One row of an account may be primary; a second is rejected."""
    first: dict[int, int] = {}
    for row in checked:
        if row.outcome is Outcome.REJECT or row.contact is None or not row.read.values.get("primary"):
            continue
        if not row.contact.primary:
            continue
        number = first.setdefault(row.account_id or 0, row.read.number)
        if number != row.read.number:
            row.reject(_("第 %(row)d 行已是这家客户的主要联系人") % {"row": number})


CONTACTS: Final = Reading(
    name="contacts",
    label=gettext_lazy("联系人"),
    hint=gettext_lazy("客户按编号、信用代码或名称识别；联系人按手机、邮箱、姓名更新，其余新建。"),
    permissions=("accounts.import", "people.edit"),
    headings=HEADINGS,
    fields=fields,
    custom=RecordKind.CONTACT,
    demand=_demand,
    check=check,
)
