"""The installed base of the whole scope as a list: columns, filters, views, retiring many."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from panshi.domains.accounts.models import DueCause, Equipment, EquipmentState
from panshi.domains.accounts.services import retire_many
from panshi.ground.base.viewer import Viewer
from panshi.ground.settings.reports import value
from panshi.ground.work.bulk import Outcome
from panshi.web.accounts import names
from panshi.web.generic.bulk import BulkAct, Preview, Values
from panshi.web.generic.cells import Cell, Tone
from panshi.web.generic.columns import (
    ChoiceColumn,
    Column,
    CountColumn,
    DayColumn,
    LinkColumn,
    NamedColumn,
    Plain,
    Row,
    TitleColumn,
)
from panshi.web.generic.filters import Asking, Case, CaseFilter, ChoiceFilter, TextFilter
from panshi.web.generic.forms import DayInput, PanshiForm
from panshi.web.generic.lists import Act, ListPage, View
from panshi.web.generic.places import AccountFilter, PersonFilter, PrefixFilter
from panshi.web.generic.ranges import DayFilter

STATE_TONES: Final[dict[str, Tone]] = {
    EquipmentState.IN_USE: "good",
    EquipmentState.STANDBY: "info",
    EquipmentState.RETIRED: "",
}


@dataclass(frozen=True, kw_only=True)
class WhoseColumn(Column):
    """Whether a brand is ours."""

    def cell(self, row: Row, on: dt.date) -> Cell:
        """See `Column.cell`."""
        return Cell("tag", _now("本公司"), "accent") if row[self.reads[0]] else Cell("text", _now("竞争对手"))

    def plain(self, row: Row) -> Plain:
        """See `Column.plain`."""
        return _now("本公司") if row[self.reads[0]] else _now("竞争对手")


def _rows(viewer: Viewer) -> "QuerySet[Any]":
    rows: QuerySet[Any] = Equipment.objects.visible_to(viewer).filter(account__merged_into=None)
    return rows


def _within(asking: Asking, days: int) -> Q:
    until = asking.on + dt.timedelta(days=days)
    standing = ~Q(state=EquipmentState.RETIRED)
    return standing & (Q(warranty_on__range=(asking.on, until)) | Q(replace_on__lte=until))


def _soon(days: int) -> Tone:
    return "bad" if days > 0 else "warn" if days >= -value("accounts.equipment_warn_days") else ""


class RetireForm(PanshiForm):
    """Since when machines are no longer used, and why."""

    on = forms.DateField(label=_("退役日期"), widget=DayInput())
    reason = forms.CharField(label=_("原因"), max_length=200)  # type: ignore[assignment]

    def __init__(self, *args: Any, viewer: Viewer | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


def _preview(keys: Sequence[int], values: Values, viewer: Viewer, on: dt.date) -> Preview:
    rows = Equipment.objects.visible_to(viewer, "accounts.edit").filter(pk__in=keys)
    gone = rows.filter(state=EquipmentState.RETIRED).count()
    open_to = set(rows.exclude(state=EquipmentState.RETIRED).values_list("pk", flat=True))
    known = set(rows.values_list("pk", flat=True))
    refused = {key: _now("您没有此项操作的权限。") for key in keys if key not in known}
    facts = (_now("设备留作历史，不再提醒到期，可随时恢复"),)
    return Preview(len(open_to), gone, refused, facts)


def _retire(keys: Sequence[int], values: Values, by: Viewer, at: dt.datetime) -> Outcome:
    on = values["on"] if isinstance(values["on"], dt.date) else dt.date.fromisoformat(str(values["on"]))
    came = retire_many(keys=keys, on=on, reason=str(values["reason"]), by=by, at=at)
    return Outcome(came.done, came.unchanged, came.refused)


EQUIPMENT: Final = ListPage(
    name="equipment",
    title=_("在用设备"),
    model=Equipment,
    rows=_rows,
    permission="accounts.view",
    columns=(
        TitleColumn(name="model", label=_("型号"), reads=("model",)),
        Column(name="brand", label=_("品牌"), reads=("brand__name",)),
        WhoseColumn(name="whose", label=_("归属"), reads=("brand__ours",), phone=3),
        Column(name="serial", label=_("出厂编号"), reads=("serial",)),
        LinkColumn(
            name="account", label=_("客户"), reads=("account__name", "account_id"), url_name="accounts:detail", phone=1
        ),
        CountColumn(name="quantity", label=_("数量"), reads=("quantity",), phone=3),
        Column(name="site", label=_("安装地点"), reads=("site",), phone=3),
        DayColumn(name="since", label=_("投用日期"), reads=("commissioned_on",), default=False, phone=3),
        CountColumn(name="hours", label=_("运行小时"), reads=("hours",), default=False, phone=3),
        DayColumn(
            name="warranty", label=_("质保到期"), reads=("warranty_on",), sort=("warranty_on",), tone=_soon
        ),
        DayColumn(
            name="replace", label=_("应更换日期"), reads=("replace_on",), sort=("replace_on",), tone=_soon
        ),
        ChoiceColumn(
            name="cause", label=_("更换日期的依据"), reads=("replace_cause",), choices=DueCause.choices,
            default=False, phone=3,
        ),
        ChoiceColumn(
            name="state", label=_("状态"), reads=("state",), choices=EquipmentState.choices, tones=STATE_TONES
        ),
        NamedColumn(
            name="region", label=_("地区"), reads=("account__region",), naming=names.region_name, default=False, phone=3
        ),
        Column(name="owner", label=_("负责人"), reads=("account__owner__name",), phone=3),
        Column(name="note", label=_("备注"), reads=("note",), default=False, phone=3),
    ),
    filters=(
        CaseFilter(
            name="due", label=_("到期"),
            cases=(
                Case("30", _("30 天内到期"), lambda asking: _within(asking, 30)),
                Case("90", _("90 天内到期"), lambda asking: _within(asking, 90)),
                Case("365", _("一年内到期"), lambda asking: _within(asking, 365)),
                Case("late", _("已过更换日期"), lambda asking: Q(replace_on__lt=asking.on)
                     & ~Q(state=EquipmentState.RETIRED)),
            ),
        ),
        CaseFilter(
            name="whose", label=_("归属"),
            cases=(
                Case("ours", _("本公司"), lambda asking: Q(brand__ours=True)),
                Case("others", _("竞争对手"), lambda asking: Q(brand__ours=False)),
            ),
        ),
        ChoiceFilter(name="state", label=_("状态"), field="state", choices=EquipmentState.choices),
        TextFilter(name="brand", label=_("品牌"), field="brand__name"),
        TextFilter(name="model", label=_("型号"), field="model"),
        TextFilter(name="serial", label=_("出厂编号"), field="serial"),
        TextFilter(name="site", label=_("安装地点"), field="site"),
        PrefixFilter(
            name="region", label=_("地区"), field="account__region", stem=names.region_stem, named=names.region_choices
        ),
        AccountFilter(name="account", label=_("客户"), field="account_id", source="accounts:pick_accounts"),
        PersonFilter(
            name="owner", label=_("客户负责人"), field="account__owner_id", source="accounts:pick_people",
            nobody=_("无负责人"),
        ),
        DayFilter(name="warranty", label=_("质保到期"), field="warranty_on"),
        DayFilter(name="replace", label=_("应更换日期"), field="replace_on"),
        DayFilter(name="since", label=_("投用日期"), field="commissioned_on"),
    ),
    views=(
        View("due", _("90 天内到期"), (("due", "90"),)),
        View("mine", _("我的客户"), (("owner", "me"),)),
        View("others", _("竞争对手的"), (("whose", "others"),)),
        View("all", _("全部"), ()),
    ),
    sort="replace",
    record="accounts:equipment_edit",
    record_in_drawer=True,
    label="model",
    acts=(
        Act(_("品牌"), "accounts:brands", icon="tag"),
        Act(_("导入"), "imports:upload_equipment", icon="table-import", permission="accounts.import"),
    ),
    bulk=(
        BulkAct(
            name="retire", label=_("批量退役"), icon="archive", permission="accounts.edit", harms=True,
            about=_("所选设备不再使用，留作历史。"), form=RetireForm, preview=_preview, act=_retire,
        ),
    ),
    bulk_url="accounts:equipment_bulk",
    export_url="accounts:equipment_export",
    export_permission="accounts.export",
    empty=(_("还没有登记在用设备"), _("在客户页面的“设备”里登记对方在用的机器，本公司的和竞争对手的都记。")),
)  # fmt: skip
