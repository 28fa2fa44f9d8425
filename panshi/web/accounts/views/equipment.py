"""Pages of the installed base: the tab of an account, a machine in the drawer with its hours, brands."""

from collections.abc import Callable
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from panshi.domains.accounts.models import Account, Brand, Equipment, EquipmentState
from panshi.domains.accounts.models.equipment_cleaning import EQUIPMENT_FIELDS
from panshi.domains.accounts.reports import brand_rows, hour_readings, installed_base, machine_of
from panshi.domains.accounts.services import (
    add_equipment,
    change_equipment,
    merge_brands,
    read_hours,
    retire_equipment,
    return_equipment,
    save_brand,
)
from panshi.ground.audit.services import text
from panshi.ground.base.models import NOT_PLANNED
from panshi.ground.base.refusals import Stale
from panshi.web.accounts.equipment_forms import (
    BrandForm,
    EquipmentForm,
    HoursForm,
    MergeBrandForm,
    known_brands,
)
from panshi.web.accounts.equipment_tables import STATE_TONES, RetireForm
from panshi.web.accounts.views.record import visible_account
from panshi.web.generic.answers import saved
from panshi.web.generic.forms import FormPage, PanshiForm, form_page
from panshi.web.generic.keys import read_key
from panshi.web.request import PanshiRequest, page

WHOLE: Final = ("site", "note")


@page
def of_account(request: PanshiRequest, pk: int) -> HttpResponse:
    """What stands at an account, as a part of its page."""
    account = visible_account(request, pk)
    context = {
        "account": account,
        "base": installed_base(account, viewer=request.viewer),
        "tones": STATE_TONES,
        "on": request.on,
        "retired": EquipmentState.RETIRED,
        "may_edit": request.viewer.may("accounts.edit"),
    }
    return render(request, "accounts/equipment.html", context)


def _machine(request: PanshiRequest, pk: int) -> Equipment:
    rows = Equipment.objects.visible_to(request.viewer).select_related("account", "brand")
    found: Equipment | None = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _back(account_id: int) -> str:
    return reverse("accounts:detail", args=[account_id, "equipment"])


@page
def create(request: PanshiRequest, pk: int) -> HttpResponse:
    """Note a machine at an account."""
    account = visible_account(request, pk)
    request.viewer.require("accounts.edit")
    form = EquipmentForm(request.POST or None)
    if form.sent():
        with form.refusals():
            machine = add_equipment(account=account, values=form.values(), by=request.viewer, at=request.at)
            return saved(request, _back(pk), _("已登记 %(machine)s") % {"machine": machine}, stay=True)
    around = FormPage(
        title=_("登记设备 · %(account)s") % {"account": account.name},
        verb=_("登记"),
        cancel_url=_back(pk),
        whole=WHOLE,
        intro=_("品牌和型号即可；新品牌先算竞争对手的，可在“品牌”里改为本公司品牌。"),
    )
    brands_known = known_brands(request.viewer)
    return form_page(request, form, around, "accounts/machine_form.html", brands_known=brands_known)


@page
def edit(request: PanshiRequest, pk: int) -> HttpResponse:
    """Change a machine; somebody else's change meanwhile is shown, not overwritten."""
    machine = _machine(request, pk)
    initial: dict[str, Any] = {name: getattr(machine, name) for name in EQUIPMENT_FIELDS} | {
        "brand": machine.brand.name
    }
    for name in ("warranty_on", "replace_on"):
        initial[name] = None if initial[name] == NOT_PLANNED else initial[name]
    form = EquipmentForm(request.POST or None, initial=initial, version=machine.version)
    retired = machine.state == EquipmentState.RETIRED
    if retired:
        del form.fields["state"]
    reached = Account.objects.visible_to(request.viewer, "accounts.edit")
    may_edit = reached.filter(pk=machine.account_id).exists()
    if request.method == "POST":
        request.viewer.require("accounts.edit")
    stored = {name: text(value) for name, value in initial.items()}
    form.take_theirs(stored)
    if form.sent():
        try:
            with form.refusals():
                change_equipment(
                    equipment=machine,
                    values=form.values(),
                    expected_version=form.expected_version,
                    by=request.viewer,
                    at=request.at,
                )
                return saved(request, _back(machine.account_id), _("已保存"), stay=True)
        except Stale as refusal:
            form.show_conflict(form.differences(stored), refusal.theirs, refusal.message)
    around = FormPage(
        title=f"{machine.brand.name} {machine} · {machine.account.name}",
        verb=_("保存") if may_edit else "",
        cancel_url=_back(machine.account_id),
        whole=WHOLE,
    )
    return form_page(
        request, form, around, "accounts/machine.html",
        machine=machine_of(machine), readings=hour_readings(machine, viewer=request.viewer, limit=12),
        retired=retired, may_edit=may_edit, brands_known=known_brands(request.viewer),
    )  # fmt: skip


@page
def hours(request: PanshiRequest, pk: int) -> HttpResponse:
    """Note the running hours of a machine."""
    machine = _machine(request, pk)

    def write(form: PanshiForm) -> str:
        count, on = form.cleaned_data["hours"], form.cleaned_data["on"]
        read_hours(equipment=machine, hours=count, on=on, by=request.viewer, at=request.at)
        return _("已记下读数")

    form = HoursForm(request.POST or None, initial={"on": request.on})
    return _small(request, machine, form, _("抄表"), write)


@page
def retire(request: PanshiRequest, pk: int) -> HttpResponse:
    """Say that a machine is no longer used."""
    machine = _machine(request, pk)

    def write(form: PanshiForm) -> str:
        on, why = form.cleaned_data["on"], form.cleaned_data["reason"]
        retire_equipment(equipment=machine, on=on, reason=why, by=request.viewer, at=request.at)
        return _("已退役")

    form = RetireForm(request.POST or None, initial={"on": request.on})
    return _small(request, machine, form, _("退役"), write)


@page
def come_back(request: PanshiRequest, pk: int) -> HttpResponse:
    """Take back that a machine was retired."""
    if request.method != "POST":
        raise Http404
    machine = _machine(request, pk)
    return_equipment(equipment=machine, by=request.viewer, at=request.at)
    return saved(request, _back(machine.account_id), _("已恢复在用"), stay=True)


def _small(
    request: PanshiRequest,
    machine: Equipment,
    form: PanshiForm,
    title: str,
    write: Callable[[PanshiForm], str],
) -> HttpResponse:
    """A form of two fields about a machine that makes one service call."""
    request.viewer.require("accounts.edit")
    if form.sent():
        with form.refusals():
            return saved(request, _back(machine.account_id), write(form), stay=True)
    around = FormPage(title=f"{title} · {machine}", verb=title, cancel_url=_back(machine.account_id))
    return form_page(request, form, around)


@page
def brands(request: PanshiRequest) -> HttpResponse:
    """All brands with how often they are used."""
    request.viewer.require("accounts.view")
    viewer = request.viewer
    context = {
        "brands": brand_rows(viewer=viewer),
        "may_add": viewer.may("accounts.edit"),
        "may_change": viewer.may("accounts.merge") and viewer.may("accounts.edit"),
    }
    return render(request, "accounts/brands.html", context)


@page
def brand_create(request: PanshiRequest) -> HttpResponse:
    """Name a brand."""
    request.viewer.require("accounts.edit")
    return _brand_form(request, None, BrandForm(request.POST or None), _("登记品牌"))


@page
def brand_edit(request: PanshiRequest, pk: int) -> HttpResponse:
    """Change a brand."""
    request.viewer.require("accounts.merge")
    brand = _brand(request, pk)
    initial = {"name": brand.name, "ours": brand.ours, "note": brand.note}
    form = BrandForm(request.POST or None, initial=initial, version=brand.version)
    return _brand_form(request, brand, form, _("修改品牌"))


def _brand_form(request: PanshiRequest, brand: Brand | None, form: BrandForm, title: str) -> HttpResponse:
    back = reverse("accounts:brands")
    if form.sent():
        with form.refusals():
            row = save_brand(
                brand=brand, **form.values(), expected_version=form.expected_version, by=request.viewer,
                at=request.at,
            )  # fmt: skip
            return saved(request, back, _("已保存 %(brand)s") % {"brand": row.name})
    return form_page(request, form, FormPage(title=title, verb=_("保存"), cancel_url=back))


@page
def brand_merge(request: PanshiRequest, pk: int) -> HttpResponse:
    """Merge a brand that was written twice into the other."""
    request.viewer.require("accounts.merge")
    brand = _brand(request, pk)
    back = reverse("accounts:brands")
    form = MergeBrandForm(request.POST or None, brand=brand, viewer=request.viewer)
    if form.sent():
        with form.refusals():
            other = _brand(request, read_key(form.cleaned_data["into"]))
            kept = merge_brands(loser=brand, winner=other, by=request.viewer, at=request.at)
            return saved(request, back, _("已并入 %(brand)s") % {"brand": kept.name})
    around = FormPage(
        title=_("合并品牌 %(brand)s") % {"brand": brand.name},
        verb=_("合并"),
        cancel_url=back,
        intro=_("它的设备和份额都归入另一个品牌，以后写这个名称也指那一个。不能撤销。"),
    )
    return form_page(request, form, around)


def _brand(request: PanshiRequest, pk: int) -> Brand:
    found: Brand | None = Brand.objects.visible_to(request.viewer).standing().filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
