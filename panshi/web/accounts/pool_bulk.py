"""What can be done with many accounts of the pools at once: claim, assign, and give back from the archive."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from panshi.domains.accounts.models import PoolEntry
from panshi.domains.accounts.services import pools
from panshi.ground.base.refusals import Refused
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.models import Person
from panshi.ground.work.bulk import Outcome
from panshi.web.accounts import names
from panshi.web.generic.bulk import BulkAct, Preview
from panshi.web.generic.forms import PanshiForm
from panshi.web.generic.keys import key_or_none
from panshi.web.generic.pickers import PickerField

Values = Mapping[str, Any]


class ClaimForm(PanshiForm):
    """Nothing is asked."""

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


class AssignFromPoolForm(PanshiForm):
    """Who receives the accounts."""

    person = PickerField(
        reverse_lazy("accounts:pick_people"), names.person_name, label=gettext_lazy("分配给")
    )
    why = forms.CharField(label=gettext_lazy("说明"), required=False, max_length=200)

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


class ReturnForm(PanshiForm):
    """Why the accounts go back."""

    reason = forms.CharField(  # type: ignore[assignment]
        label=gettext_lazy("退回的理由"), max_length=200, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


def person_named(key: str, viewer: Viewer) -> Person:
    """The person a form names; refused at the field when there is none such."""
    number = key_or_none(key)
    found: Person | None = Person.objects.visible_to(viewer).filter(pk=number).first() if number else None
    if found is None:
        raise Refused(_("没有这个人。"), field="person")
    return found


def _noon(on: dt.date) -> dt.datetime:
    """A moment of the day, for what is only foreseen."""
    return timezone.make_aware(dt.datetime.combine(on, dt.time(12)))


def _accounts(keys: Sequence[int], viewer: Viewer) -> dict[int, int]:
    """The accounts of stays in a pool, as far as the person may see the stays."""
    rows = PoolEntry.objects.visible_to(viewer).filter(pk__in=list(keys))
    return dict(rows.values_list("account_id", "pk"))


def _sorted(outcomes: Sequence[Any], keys: Mapping[int, int]) -> tuple[list[int], dict[int, str]]:
    """Outcomes by account as outcomes by row."""
    done = [keys[each.account_id] for each in outcomes if each.done]
    return done, {keys[each.account_id]: each.message for each in outcomes if not each.done}


def _order(keys: Sequence[int], accounts: Mapping[int, int]) -> list[int]:
    """The accounts in the order in which their rows were picked: a limit ends with the last of them."""
    of_entry = {entry: account for account, entry in accounts.items()}
    return [of_entry[key] for key in keys if key in of_entry]


def _soon() -> str:
    """How long it can be taken back."""
    return _("%(minutes)d 分钟内可以撤销") % {"minutes": pools.UNDO_MINUTES}


def _kept(outcomes: Sequence[Any]) -> list[list[Any]]:
    """What undoing needs, as it waits in the database: account and what was kept of it."""
    return [[each.account_id, each.kept] for each in outcomes if each.done]


def _undone(outcomes: Sequence[Any], keys: Mapping[int, int]) -> Outcome:
    done, refused = _sorted(outcomes, keys)
    return Outcome(done, (), refused)


def _undo_taking(outcome: Outcome, values: Values, by: Viewer, at: dt.datetime) -> Outcome:
    kept = {int(pk): each for pk, each in outcome.undo}
    keys = dict(zip(kept, outcome.done, strict=True))
    return _undone(pools.undo_takings(kept=kept, by=by, at=at), keys)


def _undo_return(outcome: Outcome, values: Values, by: Viewer, at: dt.datetime) -> Outcome:
    kept = {int(pk): each for pk, each in outcome.undo}
    return _undone(pools.undo_returns(kept=kept, by=by, at=at), {pk: pk for pk in kept})


def _preview_claim(keys: Sequence[int], values: Values, viewer: Viewer, on: dt.date) -> Preview:
    known = _accounts(keys, viewer)
    foreseen = pools.foresee_taking(account_ids=_order(keys, known), by=viewer, at=_noon(on))
    done, refused = _sorted(foreseen, known)
    facts = (_("您成为这些客户的负责人"), _soon(), _("撤销的认领仍计入当天的认领数"))
    return Preview(len(done), 0, refused, facts)


def _claim(keys: Sequence[int], values: Values, by: Viewer, at: dt.datetime) -> Outcome:
    known = _accounts(keys, by)
    outcomes = pools.claim_accounts(account_ids=_order(keys, known), by=by, at=at)
    done, refused = _sorted(outcomes, known)
    return Outcome(done, (), refused, _kept(outcomes))


def _preview_assign(keys: Sequence[int], values: Values, viewer: Viewer, on: dt.date) -> Preview:
    person, known = person_named(str(values["person"]), viewer), _accounts(keys, viewer)
    foreseen = pools.foresee_taking(account_ids=_order(keys, known), person=person, by=viewer, at=_noon(on))
    done, refused = _sorted(foreseen, known)
    return Preview(len(done), 0, refused, (_("交给 %(owner)s") % {"owner": person.name}, _soon()))


def _assign(keys: Sequence[int], values: Values, by: Viewer, at: dt.datetime) -> Outcome:
    person, known = person_named(str(values["person"]), by), _accounts(keys, by)
    outcomes = pools.assign_accounts(
        account_ids=_order(keys, known), person=person, reason=str(values.get("why") or ""), by=by, at=at
    )
    done, refused = _sorted(outcomes, known)
    return Outcome(done, (), refused, _kept(outcomes))


def _preview_return(keys: Sequence[int], values: Values, viewer: Viewer, on: dt.date) -> Preview:
    foreseen = pools.foresee_returning(
        account_ids=keys, reason=str(values["reason"]), by=viewer, at=_noon(on)
    )
    refused = {each.account_id: each.message for each in foreseen if not each.done}
    facts = (
        _("不再有负责人，客户团队解散，约定的下次联系取消"),
        _("联系人、跟进和历史保留，同事可以认领"),
        _soon(),
    )
    return Preview(len(foreseen) - len(refused), 0, refused, facts)


def _return(keys: Sequence[int], values: Values, by: Viewer, at: dt.datetime) -> Outcome:
    outcomes = pools.return_accounts(account_ids=keys, reason=str(values["reason"]), by=by, at=at)
    refused = {each.account_id: each.message for each in outcomes if not each.done}
    return Outcome([each.account_id for each in outcomes if each.done], (), refused, _kept(outcomes))


CLAIM: Final = BulkAct(
    name="claim",
    label=gettext_lazy("认领"),
    icon="hand-grab",
    permission="accounts.claim",
    about=gettext_lazy("按所选顺序认领，到上限为止；没有认领到的会说明原因。"),
    form=ClaimForm,
    preview=_preview_claim,
    act=_claim,
    undo=_undo_taking,
    undo_minutes=pools.UNDO_MINUTES,
)
ASSIGN: Final = BulkAct(
    name="assign",
    label=gettext_lazy("分配"),
    icon="user-share",
    permission="accounts.assign",
    about=gettext_lazy("把所选客户从公海分配给一位下属，对方会收到通知。"),
    form=AssignFromPoolForm,
    preview=_preview_assign,
    act=_assign,
    undo=_undo_taking,
    undo_minutes=pools.UNDO_MINUTES,
)
RETURN: Final = BulkAct(
    name="return",
    label=gettext_lazy("退回公海"),
    icon="arrow-back-up",
    permission="accounts.claim",
    about=gettext_lazy("把所选客户放回所属组织的公海。重点客户和有未结事项的客户不能退回。"),
    form=ReturnForm,
    preview=_preview_return,
    act=_return,
    undo=_undo_return,
    undo_minutes=pools.UNDO_MINUTES,
    harms=True,
)
"""Offered by the list of accounts."""
