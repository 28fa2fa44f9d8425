"""What can be done with many accounts at once: give them to an owner, let a person join their teams."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.urls import reverse_lazy
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from panshi.domains.accounts.models import TeamRole
from panshi.domains.accounts.reports.assigning import planned_joining, planned_moves
from panshi.domains.accounts.reports.staff import CannotAssignOwner
from panshi.domains.accounts.services.assigning import (
    add_members,
    assign_many,
    remove_members,
    restore_owners,
)
from panshi.ground.base.refusals import Refused
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.models import Person
from panshi.ground.work.bulk import Outcome
from panshi.web.accounts import names
from panshi.web.accounts.class_bulk import APPLY_OWNER
from panshi.web.accounts.pool_bulk import RETURN
from panshi.web.accounts.tagging import TAG
from panshi.web.generic.bulk import BulkAct, Preview
from panshi.web.generic.forms import PanshiForm
from panshi.web.generic.keys import key_or_none
from panshi.web.generic.pickers import PickerField

Values = Mapping[str, Any]


def _person_field(label: Promise, **more: Any) -> PickerField:
    return PickerField(reverse_lazy("accounts:pick_people"), names.person_name, label=label, **more)


class AssignForm(PanshiForm):
    """Who owns the accounts from now on."""

    owner = _person_field(
        gettext_lazy("新负责人"), required=False, help_text=gettext_lazy("留空表示暂时没有负责人")
    )
    why = forms.CharField(label=gettext_lazy("说明"), required=False, max_length=200)

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


class JoinForm(PanshiForm):
    """Who joins the teams, and as what."""

    person = _person_field(gettext_lazy("成员"))
    role = forms.ChoiceField(label=gettext_lazy("角色"), choices=TeamRole.choices)

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


def _person(values: Values, field: str, viewer: Viewer) -> Person | None:
    """The person a form names; refused at the field when there is none such."""
    text = str(values.get(field) or "")
    if not text:
        return None
    key = key_or_none(text)
    found: Person | None = Person.objects.visible_to(viewer).filter(pk=key).first() if key else None
    if found is None:
        raise CannotAssignOwner(_("没有这个人。"), field=field)
    return found


def _preview_assign(keys: Sequence[int], values: Values, viewer: Viewer, on: dt.date) -> Preview:
    owner = _person(values, "owner", viewer)
    moves = planned_moves(keys, owner_id=owner.pk if owner else None, viewer=viewer, on=on)
    losing = {move.before[0] for move in moves.moves if move.before[0] is not None and move.changes_owner}
    whose = ngettext("现在属于 %(count)d 位负责人", "现在属于 %(count)d 位负责人", len(losing))
    to = _("交给 %(owner)s") % {"owner": owner.name} if owner else _("不再有负责人")
    facts = (to, whose % {"count": len(losing)}, _("只变更负责人和所属组织，阶段、历史和联系人不变"))
    return Preview(len(moves.moves), len(moves.unchanged), moves.refused, facts)


def _assign(keys: Sequence[int], values: Values, by: Viewer, at: dt.datetime) -> Outcome:
    owner = _person(values, "owner", by)
    moves = assign_many(keys=keys, owner=owner, reason=str(values.get("why") or ""), by=by, at=at)
    undo = [[move.account_id, *move.before, *move.after] for move in moves.moves]
    return Outcome([move.account_id for move in moves.moves], moves.unchanged, moves.refused, undo)


def _give_back(outcome: Outcome, values: Values, by: Viewer, at: dt.datetime) -> Outcome:
    before = {int(row[0]): (row[1], row[2]) for row in outcome.undo}
    after = {int(row[0]): (row[3], row[4]) for row in outcome.undo}
    moves = restore_owners(before=before, after=after, by=by, at=at)
    return Outcome([move.account_id for move in moves.moves], moves.unchanged, moves.refused)


def _preview_join(keys: Sequence[int], values: Values, viewer: Viewer, on: dt.date) -> Preview:
    person = _member(values, viewer)
    joining = planned_joining(keys, person_id=person.pk, role=str(values["role"]), viewer=viewer)
    facts = (_("%(person)s 将能看到这些客户") % {"person": person.name},)
    return Preview(len(joining.joins), len(joining.unchanged), joining.refused, facts)


def _join(keys: Sequence[int], values: Values, by: Viewer, at: dt.datetime) -> Outcome:
    joining = add_members(keys=keys, person=_member(values, by), role=str(values["role"]), by=by, at=at)
    return Outcome(joining.joins, joining.unchanged, joining.refused, True)


def _leave(outcome: Outcome, values: Values, by: Viewer, at: dt.datetime) -> Outcome:
    left = remove_members(
        keys=outcome.done, person=_member(values, by), role=str(values["role"]), by=by, at=at
    )
    gone = {pk: _("此人已不在团队中。") for pk in outcome.done if pk not in set(left)}
    return Outcome(left, (), gone)


def _member(values: Values, viewer: Viewer) -> Person:
    person = _person(values, "person", viewer)
    if person is None:
        raise Refused(_("请选择成员。"), field="person")
    return person


BULK: Final = (
    BulkAct(
        name="assign",
        label=gettext_lazy("批量指派"),
        icon="user-share",
        permission="accounts.assign",
        about=gettext_lazy("把所选客户交给一位负责人，所属组织随负责人变更。受保护的客户和重点客户需要审批，不会变更。"),
        form=AssignForm,
        preview=_preview_assign,
        act=_assign,
        undo=_give_back,
    ),
    BulkAct(
        name="join",
        label=gettext_lazy("加入团队"),
        icon="user-plus",
        permission="accounts.assign",
        about=gettext_lazy("让一位同事加入所选客户的客户团队。"),
        form=JoinForm,
        preview=_preview_join,
        act=_join,
        undo=_leave,
    ),
    TAG,
    APPLY_OWNER,
    RETURN,
)  # fmt: skip
