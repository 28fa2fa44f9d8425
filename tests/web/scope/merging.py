"""Addresses of merges, versioned facts and the lifecycle's rules."""

from panshi.domains.accounts.decisions import merge_accounts
from panshi.domains.accounts.models import LifecycleProposal
from panshi.domains.accounts.reports import MergeChoices
from panshi.domains.accounts.services import Placement, create_account
from panshi.ground.base.approval import Approval
from tests.factories.organisation import AT, SYSTEM
from tests.web.scope.page import Page, of_ours
from tests.web.scope_world import SEES, World


def build(world: World) -> None:
    """An account that was merged into ours, and a proposal about ours."""
    loser = create_account(
        values={"name": "玄武岩密封件（旧档）", "address": "某路 7 号乙"},
        placement=Placement(owner_id=world.company.owner.pk, unit_id=world.company.units.east_one.pk),
        duplicate_reason="测试",
        by=SYSTEM,
        at=AT,
    )
    world.more["merge"] = merge_accounts(
        approval=Approval(1, "HB-1", "accounts.merge", 1, (), "approved", AT),
        loser=loser,
        winner=world.ours,
        choices=MergeChoices(),
        by=SYSTEM,
        at=AT,
    )
    world.more["proposal"] = LifecycleProposal.objects.create(
        account=world.ours, to="lost", reason="最近一次交易在 2025-01-01", at=AT
    )


def merge(world: World) -> tuple[object, ...]:
    return (world.more["merge"].pk,)


def proposal(world: World) -> tuple[object, ...]:
    return (world.more["proposal"].pk,)


PAGES = (
    of_ours("accounts:merge", "accounts.merge"),
    of_ours(
        "accounts:merge_compare",
        "accounts.merge",
        keys=lambda world: (world.ours.pk, world.ours.pk),
    ),
    Page("accounts:merges", needs=("accounts.merge",)),
    Page("accounts:merges_export", needs=("accounts.merge", "accounts.export"), query="format=csv"),
    Page("accounts:merge_undo", merge, ("accounts.merge",), SEES),
    Page("accounts:lifecycle_rules", needs=("accounts.view",)),
    Page("accounts:proposals", needs=("accounts.view",)),
    Page("accounts:proposals_export", needs=("accounts.view", "accounts.export"), query="format=csv"),
    Page("accounts:proposal", proposal, ("accounts.edit",), SEES),
    of_ours("accounts:detail", extra=("facts",)),
    of_ours("accounts:detail", extra=("facts",), query="field=bank_account&on=2026-01-01"),
)

POSTS: tuple[Page, ...] = ()
