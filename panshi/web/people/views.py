"""Views of the people room: contacts of an account, and the contact log in a drawer of twenty seconds."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from panshi.domains.accounts.models import Account
from panshi.domains.accounts.reports.custom import custom_of
from panshi.domains.people.models import Contact, LogEntry
from panshi.domains.people.models.cleaning import CONTACT_FIELDS
from panshi.domains.people.services import (
    add_contact,
    leave_contact,
    log_contact,
    return_contact,
    update_contact,
    void_log,
)
from panshi.ground.audit.services import text
from panshi.ground.base.refusals import Stale
from panshi.ground.identity.reports import names_of
from panshi.ground.settings.models import RecordKind
from panshi.web.generic.answers import saved
from panshi.web.generic.custom import Borne
from panshi.web.generic.forms import FormPage, form_page
from panshi.web.generic.keys import read_key
from panshi.web.people.forms import ContactForm, LeaveForm, LogForm, VoidForm
from panshi.web.request import PanshiRequest, page

MOST_CONTACTS = 200
LOG_SHOWN = 30


def _account(request: PanshiRequest, pk: int) -> Account:
    found: Account | None = Account.objects.visible_to(request.viewer).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _contact(request: PanshiRequest, pk: int) -> Contact:
    rows = Contact.objects.visible_to(request.viewer).select_related("account")
    found: Contact | None = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _may_edit(request: PanshiRequest, contact: Contact) -> bool:
    reached = Account.objects.visible_to(request.viewer, "people.edit")
    return reached.filter(pk=contact.account_id).exists()


@page
def of_account(request: PanshiRequest, pk: int) -> HttpResponse:
    """The contacts of an account, as a part of its page."""
    request.viewer.require("people.view")
    account = _account(request, pk)
    rows = Contact.objects.visible_to(request.viewer).filter(account=account)
    contacts = list(rows.order_by("-primary", "left_on", "pinyin", "pk")[:MOST_CONTACTS])
    contacts.sort(key=lambda one: one.left_on is not None)
    context = {"account": account, "contacts": contacts, "may_edit": request.viewer.may("people.edit")}
    return render(request, "people/of_account.html", context)


@page
def create(request: PanshiRequest, pk: int) -> HttpResponse:
    """Add a person at an account."""
    account = _account(request, pk)
    request.viewer.require("people.edit")
    borne = Borne.to_open(RecordKind.CONTACT, viewer=request.viewer)
    form = ContactForm(request.POST or None, borne=borne)
    back = reverse("accounts:detail", args=[pk, "contacts"])
    if form.sent():
        with form.refusals():
            contact = add_contact(account=account, values=form.values(), by=request.viewer, at=request.at)
            return saved(request, back, _("已添加联系人 %(name)s") % {"name": contact.name}, stay=True)
    around = FormPage(
        title=_("添加联系人 · %(account)s") % {"account": account.name},
        verb=_("添加"),
        cancel_url=back,
        whole=("note", *borne.whole),
        units=borne.units,
    )
    return form_page(request, form, around)


@page
def edit(request: PanshiRequest, pk: int) -> HttpResponse:
    """Change a contact; somebody else's change meanwhile is shown, not overwritten."""
    contact = _contact(request, pk)
    initial: dict[str, Any] = {name: getattr(contact, name) for name in CONTACT_FIELDS}
    custom = custom_of(
        contact.pk, account_id=contact.account_id, viewer=request.viewer, record_kind=RecordKind.CONTACT
    )
    borne = Borne.of(custom, viewer=request.viewer)
    form = ContactForm(request.POST or None, initial=initial, version=contact.version, borne=borne)
    back = reverse("accounts:detail", args=[contact.account_id, "contacts"])
    may_edit = _may_edit(request, contact)
    if request.method == "POST":
        request.viewer.require("people.edit")
    stored = {name: text(value) for name, value in initial.items()} | borne.texts
    form.take_theirs(stored)
    if form.sent():
        try:
            with form.refusals():
                update_contact(
                    contact=contact,
                    values=form.values(),
                    expected_version=form.expected_version,
                    by=request.viewer,
                    at=request.at,
                )
                return saved(request, back, _("已保存"), stay=True)
        except Stale as refusal:
            form.show_conflict(form.differences(stored), refusal.theirs, refusal.message)
    around = FormPage(
        title=f"{contact.name} · {contact.account.name}",
        verb=_("保存") if may_edit else "",
        cancel_url=back,
        whole=("note", *borne.whole),
        units=borne.units,
    )
    return form_page(request, form, around, "people/contact.html", contact=contact, may_edit=may_edit)


@page
def leave(request: PanshiRequest, pk: int) -> HttpResponse:
    """Say that a contact left."""
    contact = _contact(request, pk)
    request.viewer.require("people.edit")
    form = LeaveForm(request.POST or None, initial={"left_on": request.on})
    back = reverse("accounts:detail", args=[contact.account_id, "contacts"])
    if form.sent():
        with form.refusals():
            leave_contact(
                contact=contact, left_on=form.cleaned_data["left_on"], by=request.viewer, at=request.at
            )
            return saved(request, back, _("%(name)s 已标记为离职") % {"name": contact.name}, stay=True)
    around = FormPage(title=_("%(name)s 离职") % {"name": contact.name}, verb=_("标记离职"), cancel_url=back)
    return form_page(request, form, around)


@page
def come_back(request: PanshiRequest, pk: int) -> HttpResponse:
    """Take back that a contact left."""
    if request.method != "POST":
        raise Http404
    contact = _contact(request, pk)
    return_contact(contact=contact, by=request.viewer, at=request.at)
    back = reverse("accounts:detail", args=[contact.account_id, "contacts"])
    return saved(request, back, _("%(name)s 已恢复在职") % {"name": contact.name}, stay=True)


@page
def log_of_account(request: PanshiRequest, pk: int) -> HttpResponse:
    """The contact log of an account, newest first, as a part of its page."""
    request.viewer.require("people.view")
    account = _account(request, pk)
    before = request.GET.get("before", "")
    rows = LogEntry.objects.visible_to(request.viewer).filter(account=account).select_related("contact")
    if before:
        edge = rows.filter(pk=read_key(before)).first()
        if edge is None:
            raise Http404
        rows = rows.filter(on__lte=edge.on).exclude(on=edge.on, pk__gte=edge.pk)
    entries = list(rows.order_by("-on", "-pk")[: LOG_SHOWN + 1])
    names = names_of(entry.by_id for entry in entries)
    context = {
        "account": account,
        "entries": entries[:LOG_SHOWN],
        "names": names,
        "more": entries[LOG_SHOWN - 1].pk if len(entries) > LOG_SHOWN else None,
        "may_log": request.viewer.may("people.edit"),
    }
    return render(request, "people/log_more.html" if before else "people/log_of_account.html", context)


@page
def log_create(request: PanshiRequest, pk: int | None = None) -> HttpResponse:
    """Write one line about a contact with an account."""
    request.viewer.require("people.edit")
    account = _account(request, pk) if pk is not None else None
    form = LogForm(request.POST or None, account=account, viewer=request.viewer, initial={"on": request.on})
    if form.sent():
        with form.refusals():
            target = account or _account(request, read_key(form.cleaned_data["account"]))
            chosen = form.cleaned_data.get("contact")
            entry = log_contact(
                account=target,
                text=form.cleaned_data["text"],
                kind=form.cleaned_data["kind"],
                on=form.cleaned_data["on"],
                contact=_contact(request, read_key(chosen)) if chosen else None,
                next_contact_on=form.cleaned_data["next_contact_on"],
                next_contact_note=form.cleaned_data["next_contact_note"],
                by=request.viewer,
                at=request.at,
            )
            text = _("已记下跟进")
            if entry.next_contact_on:
                text = _("已记下跟进，%(day)s 会在工作台提醒") % {"day": entry.next_contact_on}
            return saved(request, reverse("accounts:detail", args=[target.pk, "log"]), text, stay=True)
    around = FormPage(
        title=_("写跟进 · %(account)s") % {"account": account.name} if account else _("写跟进"),
        verb=_("记下"),
        cancel_url=reverse("accounts:detail", args=[account.pk]) if account else reverse("people:log"),
        whole=("kind", "text", "account"),
    )
    return form_page(request, form, around, "people/log_form.html", on=request.on)


@page
def void(request: PanshiRequest, pk: int) -> HttpResponse:
    """Take back a log entry, saying why; it stays visible as void."""
    rows = LogEntry.objects.visible_to(request.viewer).select_related("account")
    entry: LogEntry | None = rows.filter(pk=pk).first()
    if entry is None:
        raise Http404
    request.viewer.require("people.edit")
    form = VoidForm(request.POST or None)
    back = reverse("accounts:detail", args=[entry.account_id, "log"])
    if form.sent():
        with form.refusals():
            void_log(entry=entry, reason=form.cleaned_data["reason"], by=request.viewer, at=request.at)
            return saved(request, back, _("已作废"), stay=True)
    around = FormPage(title=_("作废跟进记录"), verb=_("作废"), cancel_url=back, intro=entry.text[:200])
    return form_page(request, form, around)
