"""Merge of two accounts: the wizard hands the checked choice in, the decision at the end merges."""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from panshi.domains.accounts.decisions import merge_accounts
from panshi.domains.accounts.models import Account
from panshi.domains.accounts.reports.merging import MergeChoices
from panshi.domains.accounts.reports.merging import refusal as cannot_merge
from panshi.engines.process import Plain
from panshi.ground.base.approval import Approval
from panshi.ground.base.refs import RecordRef
from panshi.ground.base.viewer import Viewer
from panshi.workflow.bindings import Binding, Fact, Resolved, bind
from panshi.workflow.bindings.subjects import (
    ACCOUNT,
    ROUTED,
    CannotApply,
    abouts,
    carrying_out,
    hold,
    placed,
    refuse_second,
    routed,
    seen_accounts,
)
from panshi.workflow.models import Request

PROCESS: Final = "account_merge"


def resolve(subjects: tuple[RecordRef, ...], viewer: Viewer) -> Resolved:
    """Two accounts: the one that stays, then the one that is merged into it."""
    if len(subjects) != 2:
        raise CannotApply(_("合并须选定两家客户，请从客户档案的“合并客户”开始。"), field="subjects")
    accounts = seen_accounts(subjects, viewer, permission="accounts.merge")
    winner, loser = accounts.values()
    if why := cannot_merge(winner, loser):
        raise CannotApply(why, field="subjects")
    refuse_second(PROCESS, subjects)
    return Resolved(
        about=abouts(accounts),
        facts={**routed(accounts.values()), "winner": winner.name, "loser": loser.name},
        account_id=winner.pk,
        unit_id=winner.unit_id,
        owner_id=winner.owner_id,
        title=_("合并客户：%(loser)s 并入 %(winner)s") % {"loser": loser.name, "winner": winner.name},
    )


def check_start(resolved: Resolved, values: Mapping[str, Plain], by: Viewer, at: dt.datetime) -> None:
    """The choice of the wizard must be readable; nobody writes it by hand."""
    hold(about.ref.id for about in resolved.about)
    refuse_second(PROCESS, [about.ref for about in resolved.about])
    _read(values)


def _read(values: Mapping[str, Any]) -> MergeChoices:
    try:
        return MergeChoices.read(json.loads(str(values.get("choices") or "")))
    except (ValueError, KeyError, TypeError):
        raise CannotApply(
            _("合并的选择无法识别，请从客户档案的“合并客户”重新比较。"), field="choices"
        ) from None


def decide(approval: Approval, request: Request, at: dt.datetime) -> None:
    """Merge as was chosen."""
    winner_id, loser_id = request.subjects.order_by("pk").values_list("record_id", flat=True)
    rows = Account.objects.in_bulk([winner_id, loser_id])
    merge_accounts(
        approval=approval,
        winner=rows[winner_id],
        loser=rows[loser_id],
        choices=_read(json.loads(request.values)),
        by=carrying_out(approval),
        at=at,
    )


def locate(subjects: tuple[RecordRef, ...]) -> tuple[int | None, int | None]:
    """Owner and unit of the account that stays."""
    return placed(ref.id for ref in subjects)


bind(
    Binding(
        PROCESS,
        subject_kinds=(ACCOUNT,),
        facts=(
            *ROUTED,
            Fact("winner", gettext_lazy("保留的客户"), "text"),
            Fact("loser", gettext_lazy("并入的客户"), "text"),
        ),
        most=2,
        permission="accounts.merge",
        resolve=resolve,
        check_start=check_start,
        decide=decide,
        locate=locate,
    )
)
