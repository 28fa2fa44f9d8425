"""Addresses of the four classes: the list of proposals, one with its evidence, a membership, applying, evaluating."""

from panshi.domains.accounts.models import Account
from panshi.ground.work.bulk import draft
from panshi.web.generic.bulk import RUNNER
from tests.factories.classes import make_member, make_proposal
from tests.factories.organisation import AT
from tests.web.scope.page import Page, of_ours
from tests.web.scope_world import SEES, World


def build(world: World) -> None:
    """A proposal about our account, and a class it belongs to."""
    world.more["class_member"] = make_member(world.ours, "group")
    world.more["class_proposal"] = make_proposal(world.ours)
    Account.objects.filter(pk=world.ours.pk).update(is_key=False)  # other areas need it unprotected
    world.more["class_bulk"] = draft(
        runner=RUNNER,
        listed="class_proposals",
        act="submit",
        keys=[world.more["class_proposal"].pk],
        back="/",
        by=world.company.viewer("owner"),
        at=AT,
    )


def proposal(world: World) -> tuple[object, ...]:
    return (world.more["class_proposal"].pk,)


def member(world: World) -> tuple[object, ...]:
    return (world.more["class_member"].pk,)


def bulk(world: World) -> tuple[object, ...]:
    return (world.more["class_bulk"].pk,)


OWN = frozenset({"owner"})
PAGES = (
    Page("accounts:class_proposals", needs=("accounts.view",)),
    Page("accounts:class_proposals", needs=("accounts.view",), query="way=in"),
    Page("accounts:class_proposals_export", needs=("accounts.view", "accounts.export"), query="format=csv"),
    Page("accounts:class_proposal", proposal, ("accounts.view",), SEES),
    Page("accounts:class_evidence", member, ("accounts.view",), SEES),
    Page("accounts:classes_evaluate", needs=("analysis.record",)),
    of_ours("accounts:class_change", "accounts.edit"),
    Page("accounts:list", needs=("accounts.view",), query="class=group"),
    Page("accounts:class_proposals_bulk_act", bulk, ("accounts.edit",), OWN),
)
POSTS = (
    Page("accounts:class_proposals_bulk", needs=("accounts.edit",)),
    Page("accounts:class_proposals_bulk_undo", bulk, ("accounts.edit",), OWN),
)
