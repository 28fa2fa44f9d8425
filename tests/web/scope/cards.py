"""Addresses of variance notes and of the check of sales against receipts."""

import datetime as dt

from panshi.domains.accounts.models import AccountBalance, VarianceNote
from tests.factories.organisation import AT
from tests.web.scope.page import Page
from tests.web.scope_world import HOLDS, SEES, World

FIGURES = frozenset(SEES & HOLDS["ledger.view"])
"""Who sees the account and may see its trade."""


def _note(name: str, *needs: str) -> Page:
    return Page(name, lambda world: (world.more["variance"].pk,), ("ledger.view", *needs), FIGURES)


PAGES = (
    Page("accounts:variances", needs=("ledger.view",)),
    Page("accounts:variances", needs=("ledger.view",), query="owner=me&state=open&late=late"),
    Page("accounts:variances", needs=("ledger.view",), query="part=filters"),
    Page("accounts:variances_export", needs=("ledger.view", "accounts.export"), query="format=csv"),
    Page("accounts:variance_report", needs=("ledger.view",)),
    _note("accounts:variance"),
    _note("accounts:variance_answer", "accounts.edit"),
    Page("accounts:balances", needs=("ledger.view",)),
    Page("accounts:balances", needs=("ledger.view",), query="check=wrong"),
    Page("accounts:balances_export", needs=("ledger.view", "accounts.export"), query="format=csv"),
    Page(
        "accounts:balance",
        lambda world: (world.more["balance"].pk,),
        ("ledger.view",),
        FIGURES,
        answers=frozenset({302}),
    ),
    Page("imports:upload_balances", needs=("accounts.import", "ledger.import")),
    Page("accounts:list", needs=("accounts.view",), query="archive=lacking&frequency=late&sort=complete"),
)
POSTS = ()


def build(world: World) -> World:
    """An open note about our account, and money it owes."""
    world.more["variance"] = VarianceNote.objects.create(
        account=world.ours,
        span="month",
        period_on=dt.date(2026, 10, 1),
        actual=200_000,
        mean=500_000,
        deviation=-300_000,
        share="-0.6",
        base='[["2026-08-01", "500000"], ["2026-09-01", "500000"]]',
        moved='[["轴承", "10000", "310000"]]',
        source="ledger:1",
        asked_at=AT,
        due_on=AT.date(),
    )
    world.more["balance"] = AccountBalance.objects.create(
        account=world.ours,
        as_of=AT.date(),
        sales=900_000,
        receipts=100_000,
        gap=800_000,
        overdue=50_000,
        source="财务",
        at=AT,
    )
    return world
