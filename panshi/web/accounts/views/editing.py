"""Writing an account: open one, edit a section of its card, small changes of lifecycle, owner, group and team."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _

from panshi.domains.accounts.models import Account, TeamMember
from panshi.domains.accounts.reports import Draft, duplicates
from panshi.domains.accounts.reports.custom import custom_of
from panshi.domains.accounts.reports.tags import tags_of
from panshi.domains.accounts.services import (
    CannotChangeFact,
    CannotIgnoreDuplicates,
    CannotOverwrite,
    Placement,
    add_member,
    assign_owner,
    change_lifecycle,
    create_account,
    next_states,
    place_in_group,
    remove_member,
    update_account,
)
from panshi.domains.accounts.services.tags import set_tags
from panshi.ground.base.refusals import NotAllowed
from panshi.ground.identity.models import Person
from panshi.web.accounts.forms import (
    BY_NAME,
    LONG_FIELDS,
    CreateForm,
    GroupForm,
    LifecycleForm,
    MemberForm,
    OwnerForm,
    Section,
    SectionForm,
)
from panshi.web.accounts.tagging import TagForm
from panshi.web.accounts.views.record import visible_account
from panshi.web.generic.answers import saved
from panshi.web.generic.custom import NOTHING_BORNE, Borne, of_section
from panshi.web.generic.forms import FormPage, PanshiForm, form_page
from panshi.web.generic.keys import read_key
from panshi.web.request import PanshiRequest, page

TEMPLATE = "accounts/form.html"


@page
def create(request: PanshiRequest) -> HttpResponse:
    """Open an archive; accounts that look the same are shown before anything is saved."""
    request.viewer.require("accounts.create")
    form = CreateForm(request.POST or None, viewer=request.viewer)
    found: list[Any] = []
    if form.sent():
        try:
            with form.refusals(CannotIgnoreDuplicates):
                account = create_account(
                    values=form.archive(),
                    code=form.cleaned_data["code"],
                    placement=_placement(request, form),
                    duplicate_reason=form.reason,
                    by=request.viewer,
                    at=request.at,
                )
                text = _("已建立客户档案：%(name)s") % {"name": account.name}
                return saved(request, reverse("accounts:detail", args=[account.pk]), text)
        except CannotIgnoreDuplicates as refusal:
            found = refusal.candidates
            form.warn(refusal.message)
    around = FormPage(
        title=_("新建客户"),
        verb=_("建立档案"),
        cancel_url=reverse("accounts:list"),
        intro=_("先填名称即可，其余可以边了解边补充。"),
        whole=form.borne.whole,
        units=form.borne.units,
    )
    return form_page(request, form, around, "accounts/create.html", candidates=found)


def _placement(request: PanshiRequest, form: CreateForm) -> Placement:
    """Whose the new account is: mine, unless I may give it to somebody."""
    owner = form.cleaned_data.get("owner")
    parent = form.cleaned_data.get("parent")
    return Placement(
        owner_id=read_key(owner) if owner else request.viewer.person_id,
        parent_id=read_key(parent) if parent else None,
    )


@page
def check_duplicates(request: PanshiRequest) -> HttpResponse:
    """The accounts a draft may be, while it is typed."""
    request.viewer.require("accounts.create")
    name, uscc, phone = (_plain(request, part) for part in ("name", "uscc", "phone"))
    draft = Draft(name=name, uscc=uscc, phone=phone)
    found = duplicates(draft, viewer=request.viewer) if len(name) > 1 or uscc or phone else []
    return render(request, "accounts/candidates.html", {"candidates": found})


def _plain(request: PanshiRequest, part: str) -> str:
    return request.GET.get(part, "").replace("\x00", "")[:120]


@page
def edit(request: PanshiRequest, pk: int, section: str = "identity") -> HttpResponse:
    """Edit one section of the card; if somebody else saved meanwhile, base, mine and theirs stand side by side."""
    account = visible_account(request, pk)
    part, borne = _section(request, account, section)
    request.viewer.require("accounts.edit")
    request.viewer.require(part.permission)
    form = SectionForm(request.POST or None, section=part, account=account, borne=borne)
    found: list[Any] = []
    if form.sent():
        try:
            with form.refusals(CannotIgnoreDuplicates, CannotChangeFact):
                update_account(
                    account=account,
                    values=form.values(),
                    expected_version=form.expected_version,
                    duplicate_reason=form.reason,
                    fact_reason=form.cleaned_data["fact_reason"],
                    fact_on=form.cleaned_data["fact_on"],
                    by=request.viewer,
                    at=request.at,
                )
                address = reverse("accounts:detail", args=[pk, "profile"])
                return saved(request, address, _("已保存"), stay=True)
        except CannotOverwrite as refusal:
            form.show_conflict(refusal.conflicts, refusal.theirs, refusal.message)
        except CannotChangeFact as refusal:
            form.ask_why()
            form.add_error(next(iter(refusal.errors)), refusal.message)
        except CannotIgnoreDuplicates as refusal:
            found = refusal.candidates
            form.warn(refusal.message)
    around = FormPage(
        title=_("%(section)s · %(account)s") % {"section": part.label, "account": account.name},
        verb=_("保存"),
        cancel_url=reverse("accounts:detail", args=[pk, "profile"]),
        whole=(*LONG_FIELDS, *borne.whole),
        units=borne.units,
    )
    same = {"merging_id": pk} if request.viewer.may("accounts.merge") else {}
    return form_page(request, form, around, TEMPLATE, candidates=found, **same)


def _section(request: PanshiRequest, account: Account, name: str) -> tuple[Section, Borne]:
    """A section of the card with its custom fields: one of the archive's own, or a group of custom fields."""
    if name in BY_NAME:
        return BY_NAME[name], NOTHING_BORNE
    fields = custom_of(account.pk, account_id=account.pk, viewer=request.viewer)
    found = of_section(name, fields)
    if found is None:
        raise Http404
    heading, members = found
    return Section(name, format_lazy("{}", heading), ()), Borne.of(members, viewer=request.viewer)


@page
def tags(request: PanshiRequest, pk: int) -> HttpResponse:
    """Put tags on the account and take them off."""
    account = visible_account(request, pk)
    known = "、".join(tags_of(account.pk, viewer=request.viewer))

    def write(form: PanshiForm) -> str:
        set_tags(account=account, text=form.cleaned_data["tags"], by=request.viewer, at=request.at)
        return _("标签已保存")

    form = TagForm(request.POST or None, initial={"tags": known})
    return _small(request, account, form, "accounts.edit", _("修改标签"), write)


@page
def lifecycle(request: PanshiRequest, pk: int) -> HttpResponse:
    """Move the account along its life, with the reason."""
    account = visible_account(request, pk)
    states = [(state.value, str(state.label)) for state in next_states(account.lifecycle)]

    def write(form: PanshiForm) -> str:
        change_lifecycle(
            account=account,
            to=form.cleaned_data["lifecycle"],
            reason=form.cleaned_data["reason"],
            expected_version=form.expected_version,
            by=request.viewer,
            at=request.at,
        )
        return _("生命周期已变更")

    form = LifecycleForm(request.POST or None, states=states, version=account.version)
    return _small(request, account, form, "accounts.edit", _("变更生命周期"), write)


@page
def owner(request: PanshiRequest, pk: int) -> HttpResponse:
    """Give the account to another owner."""
    account = visible_account(request, pk)

    def write(form: PanshiForm) -> str:
        chosen = form.cleaned_data["owner"]
        assign_owner(
            account=account,
            owner=_person(request, chosen) if chosen else None,
            reason=form.cleaned_data["why"],
            expected_version=form.expected_version,
            by=request.viewer,
            at=request.at,
        )
        return _("负责人已变更")

    form = OwnerForm(request.POST or None, version=account.version, initial={"owner": account.owner_id})
    return _small(request, account, form, "accounts.assign", _("变更负责人"), write)


@page
def group(request: PanshiRequest, pk: int) -> HttpResponse:
    """Hang the account under another in its group."""
    account = visible_account(request, pk)

    def write(form: PanshiForm) -> str:
        chosen = form.cleaned_data["parent"]
        place_in_group(
            account=account,
            parent=_account(request, chosen) if chosen else None,
            expected_version=form.expected_version,
            by=request.viewer,
            at=request.at,
        )
        return _("集团关系已变更")

    form = GroupForm(
        request.POST or None,
        viewer=request.viewer,
        version=account.version,
        initial={"parent": account.parent_id},
    )
    return _small(request, account, form, "accounts.edit", _("变更上级客户"), write)


@page
def join_team(request: PanshiRequest, pk: int) -> HttpResponse:
    """Add somebody to the account team; it opens the account to them."""
    account = visible_account(request, pk)

    def write(form: PanshiForm) -> str:
        person = _person(request, form.cleaned_data["person"])
        add_member(
            account=account, person=person, role=form.cleaned_data["role"], by=request.viewer, at=request.at
        )
        return _("%(name)s 已加入团队") % {"name": person.name}

    form = MemberForm(request.POST or None)
    return _small(request, account, form, "accounts.assign", _("添加团队成员"), write)


@page
def leave_team(request: PanshiRequest, pk: int, member_id: int) -> HttpResponse:
    """End somebody's part in the team."""
    if request.method != "POST":
        raise Http404
    account = visible_account(request, pk)
    member = TeamMember.objects.visible_to(request.viewer).filter(pk=member_id, account=account).first()
    if member is None:
        raise Http404
    remove_member(member=member, by=request.viewer, at=request.at)
    address = reverse("accounts:detail", args=[pk, "group"])
    return saved(request, address, _("已移出团队"), stay=True)


def _small(
    request: PanshiRequest,
    account: Account,
    form: PanshiForm,
    permission: str,
    title: str,
    write: Callable[[PanshiForm], str],
) -> HttpResponse:
    """A form of one or two fields about an account that makes one service call."""
    request.viewer.require(permission)
    if not Account.objects.visible_to(request.viewer, permission).filter(pk=account.pk).exists():
        raise NotAllowed(_("您没有此项操作的权限。"))
    address = reverse("accounts:detail", args=[account.pk])
    if form.sent():
        with form.refusals():
            return saved(request, address, write(form), stay=True)
    around = FormPage(title=f"{title} · {account.name}", verb=_("保存"), cancel_url=address)
    return form_page(request, form, around)


def _person(request: PanshiRequest, key: str) -> Person:
    found: Person | None = Person.objects.visible_to(request.viewer).filter(pk=read_key(key)).first()
    if found is None:
        raise Http404
    return found


def _account(request: PanshiRequest, key: str) -> Account:
    found: Account | None = Account.objects.visible_to(request.viewer).filter(pk=read_key(key)).first()
    if found is None:
        raise Http404
    return found
