"""Pages about roles: the catalogue of what each may do and how far, and giving and ending roles."""

from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from panshi.ground.base.viewer import Reach
from panshi.ground.identity import services
from panshi.ground.identity.models import Assignment
from panshi.ground.identity.permissions import PERMISSIONS
from panshi.ground.identity.reports import holders
from panshi.ground.identity.roles import BY_CODE, ROLES, Role
from panshi.web.generic.answers import saved
from panshi.web.generic.forms import FormPage, form_page
from panshi.web.identity.forms import RoleFields, UntilForm
from panshi.web.identity.views.finding import managed_person
from panshi.web.request import PanshiRequest, page

REACHES = {
    Reach.OWN: gettext_lazy("本人的"),
    Reach.TEAM: gettext_lazy("本组织的"),
    Reach.UNIT: gettext_lazy("本组织及下级的"),
    Reach.ALL: gettext_lazy("全公司的"),
}
"""How far a permission reaches, in words."""


@dataclass(frozen=True, slots=True)
class Told:
    """A role as the page tells it: what it may do, grouped by how far, and how many people hold it."""

    role: Role
    grants: list[tuple[str, list[str]]]
    holders: int


@page
def catalogue(request: PanshiRequest) -> HttpResponse:
    """All roles: what each comes for, what it may do and how far."""
    request.viewer.require("identity.manage")
    held = holders(viewer=request.viewer, on=request.on)
    told = [Told(role, _grants(role), held.get(role.code, 0)) for role in ROLES]
    return render(request, "identity/roles.html", {"roles": told})


def _grants(role: Role) -> list[tuple[str, list[str]]]:
    """What a role may do: what has no reach first, then by reach, the widest first."""
    plain = [str(each.label) for each in PERMISSIONS if not each.scoped and each.code in role.grants]
    grouped = [
        (
            str(words),
            [str(each.label) for each in PERMISSIONS if each.scoped and role.grants.get(each.code) is reach],
        )
        for reach, words in sorted(REACHES.items(), reverse=True)
    ]
    return [(words, labels) for words, labels in (*grouped, (_("不分范围"), plain)) if labels]


@page
def give(request: PanshiRequest, pk: int) -> HttpResponse:
    """Give a person a role in a unit."""
    person = managed_person(request, pk)
    form = RoleFields(request.POST or None, viewer=request.viewer, on=request.on)
    back = reverse("identity:person", args=[pk])
    if form.sent():
        with form.refusals():
            services.give_role(
                person=person,
                **form.values() | {"unit": form.chosen_unit("unit")},
                by=request.viewer,
                at=request.at,
            )
            return saved(request, back, _("已给出角色"))
    around = FormPage(
        title=_("给 %(name)s 一个角色") % {"name": person.name}, verb=_("给出角色"), cancel_url=back
    )
    return form_page(request, form, around)


@page
def end(request: PanshiRequest, pk: int, assignment_id: int) -> HttpResponse:
    """End a role a person holds, after a day."""
    person = managed_person(request, pk)
    rows = Assignment.objects.visible_to(request.viewer).select_related("unit")
    assignment: Assignment | None = rows.filter(pk=assignment_id, person=person).first()
    if assignment is None:
        raise Http404
    form = UntilForm(request.POST or None, initial={"until_on": request.on})
    back = reverse("identity:person", args=[pk])
    if form.sent():
        with form.refusals():
            services.end_role(
                assignment=assignment,
                until_on=form.cleaned_data["until_on"],
                by=request.viewer,
                at=request.at,
            )
            return saved(request, back, _("角色将在这一天之后结束"))
    around = FormPage(
        title=_("结束角色 · %(role)s（%(unit)s）")
        % {"role": BY_CODE[assignment.role].name, "unit": assignment.unit.name},
        verb=_("结束角色"),
        cancel_url=back,
    )
    return form_page(request, form, around)
