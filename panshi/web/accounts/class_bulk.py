"""Handing in many at once, as one request: proposals to change classes, and accounts that change hands."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from panshi.domains.accounts.models import Account, ClassProposal
from panshi.ground.base.refs import RecordRef
from panshi.ground.base.refusals import Refused
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.models import Person
from panshi.ground.work.bulk import Outcome
from panshi.web.accounts import names
from panshi.web.generic.bulk import BulkAct, Preview
from panshi.web.generic.forms import PanshiForm
from panshi.web.generic.keys import key_or_none
from panshi.web.generic.pickers import PickerField
from panshi.workflow.services import start_request

Values = Mapping[str, Any]
CLASS_PROCESS: Final = "key_account_class"
OWNER_PROCESS: Final = "owner_change"
PROPOSAL: Final = "class.proposal"
MOST_PROPOSALS: Final = 200
MOST_ACCOUNTS: Final = 100


class SubmitForm(PanshiForm):
    """What is said with the request."""

    why = forms.CharField(
        label=gettext_lazy("申请说明"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


class HandOverForm(SubmitForm):
    """To whom, and why."""

    person = PickerField(
        reverse_lazy("accounts:pick_people"), names.person_name, label=gettext_lazy("接任人")
    )
    field_order = ("person", "why")


def _ready(keys: Sequence[int], viewer: Viewer) -> list[int]:
    """The proposals that can be handed in, in the order they were picked."""
    rows = ClassProposal.objects.visible_to(viewer, "accounts.edit").open().filter(pk__in=list(keys))
    open_ = set(rows.values_list("pk", flat=True))
    return [key for key in keys if key in open_]


def _left(keys: Sequence[int], ready: Sequence[int], most: int, why: str) -> dict[int, str]:
    """Why the others stay out of the request."""
    known = set(ready)
    refused = {key: why for key in keys if key not in known}
    return refused | {key: _("一份申请最多 %(most)d 条。") % {"most": most} for key in ready[most:]}


def _preview_submit(keys: Sequence[int], values: Values, viewer: Viewer, on: dt.date) -> Preview:
    ready = _ready(keys, viewer)
    refused = _left(keys, ready, MOST_PROPOSALS, _("已提交、已处理，或您无权申请。"))
    return Preview(len(ready[:MOST_PROPOSALS]), 0, refused, (_("合为一份申请；批准之后才变更类别"),))


def _submit(keys: Sequence[int], values: Values, by: Viewer, at: dt.datetime) -> Outcome:
    ready = _ready(keys, by)
    refused = _left(keys, ready, MOST_PROPOSALS, _("已提交、已处理，或您无权申请。"))
    chosen = ready[:MOST_PROPOSALS]
    if chosen:
        start_request(
            process=CLASS_PROCESS,
            subjects=tuple(RecordRef(PROPOSAL, key) for key in chosen),
            values={"reason": str(values.get("why") or "")},
            by=by,
            at=at,
        )
    return Outcome(chosen, (), refused)


def _changing(keys: Sequence[int], viewer: Viewer) -> list[int]:
    """The accounts that have an owner to be changed."""
    rows = Account.objects.visible_to(viewer, "accounts.edit").standing().filter(pk__in=list(keys))
    owned = set(rows.filter(pool=None).exclude(owner=None).values_list("pk", flat=True))
    return [key for key in keys if key in owned]


def _new_owner(values: Values, viewer: Viewer) -> Person:
    key = key_or_none(str(values.get("person") or ""))
    found: Person | None = Person.objects.visible_to(viewer).filter(pk=key).first() if key else None
    if found is None:
        raise Refused(_("没有这个人。"), field="person")
    return found


def _preview_change(keys: Sequence[int], values: Values, viewer: Viewer, on: dt.date) -> Preview:
    person, ready = _new_owner(values, viewer), _changing(keys, viewer)
    refused = _left(keys, ready, MOST_ACCOUNTS, _("没有负责人、在公海中，或您无权申请。"))
    facts = (
        _("申请交给 %(owner)s") % {"owner": person.name},
        _("合为一份申请；批准之后一起变更"),
    )
    return Preview(len(ready[:MOST_ACCOUNTS]), 0, refused, facts)


def _change(keys: Sequence[int], values: Values, by: Viewer, at: dt.datetime) -> Outcome:
    person, ready = _new_owner(values, by), _changing(keys, by)
    refused = _left(keys, ready, MOST_ACCOUNTS, _("没有负责人、在公海中，或您无权申请。"))
    chosen = ready[:MOST_ACCOUNTS]
    if chosen:
        start_request(
            process=OWNER_PROCESS,
            subjects=tuple(RecordRef("account", key) for key in chosen),
            values={
                "act": "hand_over",
                "new_owner": person.pk,
                "reason": str(values.get("why") or ""),
            },
            by=by,
            at=at,
        )
    return Outcome(chosen, (), refused)


SUBMIT: Final = BulkAct(
    name="submit",
    label=gettext_lazy("提交审批"),
    icon="send",
    permission="accounts.edit",
    about=gettext_lazy("所选建议合为一份申请提交审批。类别只在批准之后变更，依据随申请一起保留。"),
    form=SubmitForm,
    preview=_preview_submit,
    act=_submit,
)
APPLY_OWNER: Final = BulkAct(
    name="apply_owner",
    label=gettext_lazy("申请变更负责人"),
    icon="send",
    permission="accounts.edit",
    about=gettext_lazy("受保护的客户和重点客户变更负责人要经审批：所选客户合为一份申请，批准之后一起变更。"),
    form=HandOverForm,
    preview=_preview_change,
    act=_change,
)
