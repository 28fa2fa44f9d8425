"""The ledger lines behind an account's figure: asked of a job, because pages never open the columnar store."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from panshi.calc.periods import Period, add_months, month_of
from panshi.domains.accounts.models import Account
from panshi.domains.ledger.reports.standing import head_version, ledger_folder, merged_accounts
from panshi.engines.analytics import ledger
from panshi.engines.analytics.values import Scope
from panshi.ground.base.refusals import NotAllowed
from panshi.ground.base.viewer import Viewer
from panshi.ground.work.models import Job, JobState
from panshi.ground.work.services import enqueue

LINES: Final = "ledger.lines"
MOST_LINES: Final = 500
FRESH: Final = dt.timedelta(minutes=10)


@transaction.atomic
def ask_for_lines(*, account: Account, month: dt.date, by: Viewer, at: dt.datetime) -> Job:
    """The job that lists an account's lines of a month as the ledger stands; a fresh one of the person is reused."""
    _require(account.pk, by)
    arguments = {"account_id": account.pk, "month": month_of(month).isoformat(), "version": head_version()}
    known: Job | None = (
        Job.objects.visible_to(by)
        .filter(kind=LINES, arguments=arguments, asked_by_id=by.person_id, asked_at__gte=at - FRESH)
        .exclude(state__in=[JobState.FAILED, JobState.CANCELLED])
        .order_by("-pk")
        .first()
    )
    return known or enqueue(kind=LINES, arguments=arguments, by=by, at=at)


def find_lines(
    *, account_id: int, month: dt.date, version: int | None, by: Viewer
) -> list[Mapping[str, str]]:
    """The lines, newest first, as text; at most `MOST_LINES`. The right to see the account is checked anew."""
    _require(account_id, by)
    if version is None:
        return []
    last = add_months(month_of(month), 1) - dt.timedelta(days=1)
    scope = Scope(period=Period(month_of(month), last), accounts=frozenset({account_id}))
    files = ledger.store(ledger_folder()).files(version)
    with ledger.questions(files, merged_accounts()) as questions:
        return [_as_text(line) for line in questions.lines(scope, MOST_LINES)]


def _as_text(line: Mapping[str, Any]) -> dict[str, str]:
    return {name: "" if value is None else str(value) for name, value in line.items()}


def _require(account_id: int, by: Viewer) -> None:
    by.require("ledger.view")
    if not Account.objects.visible_to(by, "ledger.view").filter(pk=account_id).exists():
        raise NotAllowed(_("您没有此项操作的权限。"))
