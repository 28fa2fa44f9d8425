"""Pages about the tree of organisation units: look, add, change, close."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from panshi.ground.identity import services
from panshi.ground.identity.models import Unit
from panshi.ground.identity.reports import unit_rows
from panshi.web.generic.answers import saved
from panshi.web.generic.confirm import Question
from panshi.web.generic.forms import FormPage, form_page
from panshi.web.identity.forms import UnitForm
from panshi.web.identity.views.finding import ask_and_do, conflicts, managed_unit, take_theirs
from panshi.web.request import PanshiRequest, page


def _tree() -> str:
    return reverse("identity:units")


def _known(unit: Unit) -> dict[str, Any]:
    return {"name": unit.name, "code": unit.code, "kind": unit.kind, "parent": unit.parent_id}


@page
def tree(request: PanshiRequest) -> HttpResponse:
    """All units as a tree, with how many people each holds."""
    request.viewer.require("identity.manage")
    rows = unit_rows(viewer=request.viewer, on=request.on)
    return render(request, "identity/units.html", {"rows": rows})


@page
def create(request: PanshiRequest) -> HttpResponse:
    """Add a unit, under the one named in the address if there is one."""
    request.viewer.require("identity.manage")
    given = {"parent": request.GET.get("under", ""), "kind": "team"}
    form = UnitForm(request.POST or None, initial=given, viewer=request.viewer, on=request.on)
    if form.sent():
        with form.refusals():
            unit = services.create_unit(
                **form.values() | {"parent": form.chosen_unit("parent")}, by=request.viewer, at=request.at
            )
            return saved(request, _tree(), _("已新建组织 %(name)s") % {"name": unit.name})
    around = FormPage(title=_("新建组织"), verb=_("新建"), cancel_url=_tree())
    return form_page(request, form, around)


@page
def edit(request: PanshiRequest, pk: int) -> HttpResponse:
    """Change a unit or move it in the tree."""
    unit = managed_unit(request, pk)
    form = UnitForm(
        request.POST or None, initial=_known(unit), version=unit.version, viewer=request.viewer, on=request.on
    )
    if take_theirs(form, _known(unit)).sent():
        with conflicts(form, unit, _known), form.refusals():
            services.change_unit(
                unit=unit,
                **form.values() | {"parent": form.chosen_unit("parent")},
                expected_version=form.expected_version,
                by=request.viewer,
                at=request.at,
            )
            return saved(request, _tree(), _("已保存"))
    around = FormPage(
        title=_("修改组织 · %(name)s") % {"name": unit.name},
        verb=_("保存"),
        cancel_url=_tree(),
        intro=_("移动组织会改变主管看得到的范围，立即生效。"),
    )
    return form_page(request, form, around)


@page
def close(request: PanshiRequest, pk: int) -> HttpResponse:
    """Take a unit out of use."""
    unit = managed_unit(request, pk)
    question = Question(
        title=_("停用组织 %(name)s") % {"name": unit.name},
        facts=(_("不再出现在选择列表里；已有的客户和历史不变，可以恢复。"),),
        verb=_("停用"),
        cancel_url=_tree(),
    )
    return ask_and_do(
        request,
        question,
        lambda: services.close_unit(unit=unit, by=request.viewer, at=request.at),
        text=_("已停用组织 %(name)s") % {"name": unit.name},
    )


@page
def reopen(request: PanshiRequest, pk: int) -> HttpResponse:
    """Put a unit back into use."""
    unit = managed_unit(request, pk)
    question = Question(
        title=_("恢复组织 %(name)s") % {"name": unit.name},
        facts=(_("重新出现在选择列表里。"),),
        verb=_("恢复"),
        harms=False,
        cancel_url=_tree(),
    )
    return ask_and_do(
        request,
        question,
        lambda: services.reopen_unit(unit=unit, by=request.viewer, at=request.at),
        text=_("已恢复组织 %(name)s") % {"name": unit.name},
    )
