"""Pages about people of ours, for administrators: create, look, change, passwords, second factor, deactivate."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from panshi.ground.identity import services
from panshi.ground.identity.models import Person
from panshi.ground.identity.reports import access, held_roles
from panshi.web.generic.answers import saved
from panshi.web.generic.confirm import Question, agreed, ask
from panshi.web.generic.forms import FormPage, form_page
from panshi.web.identity.forms import ContactFields, InviteForm
from panshi.web.identity.views.finding import ask_and_do, conflicts, managed_person, take_theirs
from panshi.web.request import PanshiRequest, page


def _address(person: Person) -> str:
    return reverse("identity:person", args=[person.pk])


def _known(person: Person) -> dict[str, Any]:
    return {"name": person.name, "email": person.email, "phone": person.phone}


@page
def invite(request: PanshiRequest) -> HttpResponse:
    """Create somebody; the temporary password is shown on the answer and nowhere else."""
    request.viewer.require("identity.manage")
    form = InviteForm(request.POST or None, viewer=request.viewer, on=request.on)
    if form.sent():
        with form.refusals():
            person, password = services.invite_person(
                **form.values() | {"unit": form.chosen_unit("unit")}, by=request.viewer, at=request.at
            )
            return _show_once(request, person, password)
    around = FormPage(
        title=_("新建人员"),
        verb=_("新建并生成临时密码"),
        cancel_url=reverse("identity:people"),
        intro=_("保存后显示一次临时密码，请当面或电话告知本人；首次登录时必须修改。"),
    )
    return form_page(request, form, around)


def _show_once(request: PanshiRequest, person: Person, password: str) -> HttpResponse:
    """The temporary password, in an answer that no cache keeps."""
    answer = render(request, "identity/temporary_password.html", {"person": person, "password": password})
    answer.headers["Cache-Control"] = "no-store"
    return answer


@page
def detail(request: PanshiRequest, pk: int) -> HttpResponse:
    """A person: roles by date, how they get in, what can be done."""
    person = managed_person(request, pk)
    context = {
        "person": person,
        "held": held_roles(person=person, viewer=request.viewer, on=request.on),
        "access": access(person=person, viewer=request.viewer),
    }
    return render(request, "identity/person.html", context)


@page
def edit(request: PanshiRequest, pk: int) -> HttpResponse:
    """Change what is known of a person."""
    person = managed_person(request, pk)
    form = take_theirs(
        ContactFields(request.POST or None, initial=_known(person), version=person.version), _known(person)
    )
    if form.sent():
        with conflicts(form, person, _known), form.refusals():
            services.change_person(
                person=person,
                **form.values(),
                expected_version=form.expected_version,
                by=request.viewer,
                at=request.at,
            )
            return saved(request, _address(person), _("已保存"))
    around = FormPage(
        title=_("修改人员 · %(name)s") % {"name": person.name}, verb=_("保存"), cancel_url=_address(person)
    )
    return form_page(request, form, around)


@page
def reset(request: PanshiRequest, pk: int) -> HttpResponse:
    """Give a temporary password, shown once."""
    person = managed_person(request, pk)
    question = Question(
        title=_("重设 %(name)s 的密码") % {"name": person.name},
        facts=(
            _("原密码立即失效，所有设备退出登录。"),
            _("临时密码只显示一次，本人首次登录时必须修改。"),
        ),
        verb=_("重设密码"),
        cancel_url=_address(person),
    )
    if not agreed(request, question):
        return ask(request, question)
    password = services.reset_password(person=person, by=request.viewer, at=request.at)
    return _show_once(request, person, password)


@page
def second_factor(request: PanshiRequest, pk: int) -> HttpResponse:
    """Take away a lost second factor."""
    person = managed_person(request, pk)
    question = Question(
        title=_("解除 %(name)s 的两步验证") % {"name": person.name},
        facts=(
            _("验证器和恢复码都会删除，之后只凭密码就能登录。"),
            _("请先确认是本人提出，并请其登录后重新启用。"),
        ),
        verb=_("解除两步验证"),
        cancel_url=_address(person),
    )
    return ask_and_do(
        request,
        question,
        lambda: services.remove_second_factor(person=person, by=request.viewer, at=request.at),
        text=_("已解除两步验证"),
    )


@page
def deactivate(request: PanshiRequest, pk: int) -> HttpResponse:
    """Close the door to a person."""
    person = managed_person(request, pk)
    open_sessions = access(person=person, viewer=request.viewer).sessions
    question = Question(
        title=_("停用 %(name)s") % {"name": person.name},
        facts=(
            _("立即不能登录，%(count)s 个登录会话失效。") % {"count": open_sessions},
            _("名下的客户、记录和历史都保留，可以随时恢复。"),
        ),
        verb=_("停用"),
        cancel_url=_address(person),
    )
    return ask_and_do(
        request,
        question,
        lambda: services.deactivate_person(person=person, by=request.viewer, at=request.at),
        text=_("已停用 %(name)s") % {"name": person.name},
    )


@page
def reactivate(request: PanshiRequest, pk: int) -> HttpResponse:
    """Let a person in again."""
    person = managed_person(request, pk)
    question = Question(
        title=_("恢复 %(name)s") % {"name": person.name},
        facts=(_("可以用原来的密码登录，仍有效的角色照旧。"),),
        verb=_("恢复"),
        harms=False,
        cancel_url=_address(person),
    )
    return ask_and_do(
        request,
        question,
        lambda: services.reactivate_person(person=person, by=request.viewer, at=request.at),
        text=_("已恢复 %(name)s") % {"name": person.name},
    )
