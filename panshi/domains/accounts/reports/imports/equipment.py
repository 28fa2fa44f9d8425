"""What becomes of each row of a file of the installed base: whose it is, which known machine it means, what differs."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from panshi.calc.periods import read_day
from panshi.calc.reading import Unreadable
from panshi.domains.accounts.models import Brand, Equipment, EquipmentState, ImportMode
from panshi.domains.accounts.models.equipment_cleaning import (
    EQUIPMENT_FIELDS,
    CannotSaveEquipment,
    clean_equipment,
    plain_key,
)
from panshi.domains.accounts.reports.imports.kinds import ImportField, Reading
from panshi.domains.accounts.reports.imports.rows import Checked, Outcome, Rules
from panshi.domains.accounts.reports.imports.which import (
    ACCOUNT_HEADINGS,
    Whose,
    account_fields,
    read_texts,
)
from panshi.engines.sheets.reading import SheetRow
from panshi.ground.base.viewer import Viewer
from panshi.ground.settings.reports import value

CHUNK: Final = 2000
DAYS: Final = ("commissioned_on", "hours_on", "warranty_on", "replace_on")
HEADINGS: Final[Mapping[str, tuple[str, ...]]] = {
    **ACCOUNT_HEADINGS,
    "brand": ("品牌", "厂家", "制造商", "brand", "make", "manufacturer"),
    "model": ("型号", "规格型号", "设备型号", "model"),
    "serial": ("出厂编号", "序列号", "机身号", "设备编号", "serial", "serialno", "serialnumber", "sn"),
    "quantity": ("数量", "台数", "quantity", "qty"),
    "site": ("安装地点", "地点", "现场", "车间", "site", "location"),
    "commissioned_on": ("投用日期", "投产日期", "安装日期", "commissioned", "installed", "installdate"),
    "hours": ("运行小时", "运行时间", "小时数", "hours", "runninghours"),
    "hours_on": ("抄表日期", "读数日期", "hourson", "readon"),
    "life_years": ("设计年限", "使用年限", "设计年限（年）", "lifeyears"),
    "life_hours": ("设计寿命", "设计寿命（小时）", "lifehours"),
    "warranty_on": ("质保到期", "保修到期", "质保截止", "warranty", "warrantyend"),
    "replace_on": ("应更换日期", "更换日期", "replaceon", "replacement"),
    "state": ("状态", "state", "status"),
    "note": ("备注", "说明", "note", "notes", "remark"),
}


@dataclass(slots=True)
class CheckedMachine(Checked):
    """One row of a file of the installed base; `values` are cleaned and not yet set on the known `machine`."""

    account_id: int | None = None
    machine: Equipment | None = None
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def record_id(self) -> int | None:
        """The known machine."""
        return self.machine.pk if self.machine is not None else None

    @property
    def bearer_id(self) -> int | None:
        """Where it stands."""
        return self.account_id


def fields(viewer: Viewer) -> list[ImportField]:
    """The columns a file of the installed base may have."""
    states = (EquipmentState.IN_USE, EquipmentState.STANDBY)
    notes = {
        "brand": gettext_lazy("必填；没见过的品牌按竞争对手新建"),
        "model": gettext_lazy("必填"),
        "serial": gettext_lazy("更新时按品牌和出厂编号识别；没有编号的按品牌、型号、地点识别"),
        "replace_on": gettext_lazy("不填则按年限或运行小时推算"),
    }
    return account_fields() + [
        ImportField(
            name, str(_label(name)), note=notes.get(name, ""),
            choices=tuple(str(one.label) for one in states) if name == "state" else (),
        )
        for name in EQUIPMENT_FIELDS
    ]  # fmt: skip


def _label(name: str) -> str:
    stored: Any = Equipment._meta.get_field(name)
    return str(stored.verbose_name)


def _demand(mapping: Mapping[str, int], mode: str) -> str:
    if not set(ACCOUNT_HEADINGS) & set(mapping):
        return _("需要“客户编号”、“统一社会信用代码”或“客户名称”一列，说明是哪家客户。")
    if not {"brand", "model"} <= set(mapping):
        return _("需要“品牌”和“型号”两列。")
    return ""


def check(rows: Sequence[SheetRow], mapping: Mapping[str, int], rules: Rules) -> list[CheckedMachine]:
    """Decide every row; a bounded number of queries for any number of rows."""
    mark: str = value("lists.import_clear_mark")
    fixed = ("brand", "model", "serial")
    checked = [
        CheckedMachine(read_texts(row.number, row.cells, mapping, clear=mark, fixed=fixed)) for row in rows
    ]
    labels = {one.name: str(one.label) for one in fields(rules.by)}
    whose, states = Whose([row.read for row in checked], by=rules.by, permission="accounts.edit"), _states()
    for row in checked:
        row.account_id = whose.settle(row)
        row.problems += [f"{labels.get(name, name)}：{why}" for name, why in row.read.problems.items()]
        try:
            row.values = clean_equipment(_given(row, states), on=rules.on)
        except CannotSaveEquipment as refusal:
            row.problems += [f"{labels.get(name, name)}：{why}" for name, why in refusal.errors.items()]
        if row.problems:
            row.outcome = Outcome.REJECT
    _find(checked, rules)
    return checked


def _states() -> Mapping[str, str]:
    found = {str(code): str(code) for code in EquipmentState.values}
    for language in ("zh-hans", "en"):
        with translation.override(language):
            found |= {str(label).casefold(): str(code) for code, label in EquipmentState.choices}
    return found


def _given(row: CheckedMachine, states: Mapping[str, str]) -> dict[str, Any]:
    """The texts with days and states understood; what cannot be is told by the cleaning."""
    given: dict[str, Any] = {"brand": "", "model": ""}
    for name in ("brand", "model", "serial"):
        if name in row.read.references:
            given[name] = row.read.references[name]
    for name, text in row.read.values.items():
        given[name] = text
        if name == "state" and text:
            given[name] = states.get(str(text).casefold(), text)
        elif name in DAYS and text:
            try:
                given[name] = read_day(str(text))
            except Unreadable:
                given[name] = text
    return given


def _find(checked: Sequence[CheckedMachine], rules: Rules) -> None:
    """The machine each row means, and what it changes."""
    rows = [row for row in checked if row.outcome is not Outcome.REJECT]
    brands = dict(Brand.objects.standing().values_list("name_key", "pk"))
    serials, places = _known(rows)
    seen: dict[tuple[Any, ...], int] = {}
    for row in rows:
        brand = brands.get(plain_key(row.values["brand"])[:120])
        key = plain_key(row.values.get("serial", ""))[:60]
        model, site = plain_key(row.values["model"]), plain_key(row.values.get("site", ""))
        found = (
            serials.get((brand or 0, key), [])
            if key
            else places.get((row.account_id or 0, brand or 0, model, site), [])
        )
        called = plain_key(row.values["brand"])
        means = (called, key) if key else (row.account_id, called, model, site)
        first = seen.setdefault(means, row.read.number)
        if first != row.read.number:
            row.reject(_("与第 %(row)d 行是同一台设备") % {"row": first})
        elif len(found) > 1:
            row.reject(_("这家客户有多台相同的设备，请写出厂编号"))
        elif found:
            _update(row, found[0], rules)
        elif rules.mode == ImportMode.UPDATE:
            row.reject(_("没有找到这台设备，本次只更新"))


def _known(
    rows: Sequence[CheckedMachine],
) -> tuple[dict[tuple[int, str], list[Equipment]], dict[tuple[int, int, str, str], list[Equipment]]]:
    """Machines by brand and serial number, and those at the accounts by brand, model and place."""
    serials: dict[tuple[int, str], list[Equipment]] = defaultdict(list)
    places: dict[tuple[int, int, str, str], list[Equipment]] = defaultdict(list)
    keys = sorted({plain_key(row.values.get("serial", ""))[:60] for row in rows} - {""})
    for start in range(0, len(keys), CHUNK):
        for one in Equipment.objects.filter(serial_key__in=keys[start : start + CHUNK]):
            serials[one.brand_id, one.serial_key].append(one)
    ids = sorted({row.account_id for row in rows if row.account_id is not None})
    for start in range(0, len(ids), CHUNK):
        for one in Equipment.objects.standing().filter(account_id__in=ids[start : start + CHUNK]):
            places[one.account_id, one.brand_id, plain_key(one.model), plain_key(one.site)].append(one)
    return serials, places


def _update(row: CheckedMachine, machine: Equipment, rules: Rules) -> None:
    if machine.account_id != row.account_id:
        row.reject(_("此品牌已有这个出厂编号的设备。"))
    elif rules.mode == ImportMode.CREATE:
        row.reject(_("设备已存在，本次只新建"))
    elif machine.state == EquipmentState.RETIRED:
        row.reject(_("此设备已退役。"))
    else:
        row.machine = machine
        row.changes = {
            name: (getattr(machine, name), after)
            for name, after in row.values.items()
            if name != "brand" and getattr(machine, name) != after
        }
        row.outcome = Outcome.UPDATE if row.changes else Outcome.UNCHANGED


EQUIPMENT: Final = Reading(
    name="equipment",
    label=gettext_lazy("在用设备"),
    hint=gettext_lazy("客户按编号、信用代码或名称识别；设备按品牌和出厂编号更新，其余新建。"),
    permissions=("accounts.import", "accounts.edit"),
    headings=HEADINGS,
    fields=fields,
    demand=_demand,
    check=check,
)
