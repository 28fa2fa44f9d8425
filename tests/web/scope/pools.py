"""Addresses of the public pools: the list and its entry, what is about to return, settings and rules."""

from panshi.domains.accounts.models import PoolWarning
from panshi.ground.work.bulk import draft
from panshi.web.generic.bulk import RUNNER
from tests.factories.organisation import AT
from tests.factories.pools import add_rule, make_lying, make_pool
from tests.web.scope.page import Page, of_ours
from tests.web.scope_world import HOLDS, SEES, World

EAST = frozenset({"owner", "colleague", "supervisor", "director", "operations"})
"""Who may claim from the pool of 东区."""


def _keyed(name: str, key: str, *needs: str, seen_by: frozenset[str] = EAST, **more: object) -> Page:
    """A page about one of the records below."""
    return Page(
        name,
        lambda world: (world.more[key].pk,),
        ("accounts.claim", *needs),
        seen_by,
        **more,  # type: ignore[arg-type]
    )


def _managed(name: str, *, keys: bool = True, extra: tuple[object, ...] = ()) -> Page:
    """A page of those who manage pools."""
    found = (lambda world: (world.more["pool"].pk,)) if keys else (lambda world: ())
    return Page(name, found, ("pools.manage",), extra=extra)


def _rule(name: str) -> Page:
    return Page(name, lambda world: (world.more["pool"].pk, world.more["pool_rule"]), ("pools.manage",))


def _warned(name: str, *needs: str) -> Page:
    return Page(
        name,
        lambda world: (world.more["pool_warning"].pk,),
        needs,
        frozenset(SEES & HOLDS["accounts.view"]),
        answers=frozenset({302}),
    )


PAGES = (
    Page("accounts:pools", needs=("accounts.claim",)),
    Page("accounts:pools", needs=("accounts.claim",), query="q=玄武"),
    Page("accounts:pools", needs=("accounts.claim",), query="part=filters"),
    Page("accounts:pools", needs=("accounts.claim",), query="part=count"),
    Page("accounts:pools_export", needs=("accounts.claim", "accounts.export"), query="format=csv"),
    Page("accounts:pools_allowance", needs=("accounts.claim",)),
    Page("accounts:pools_due", needs=("accounts.view",)),
    Page("accounts:pools_due", needs=("accounts.view",), query="barrier=none"),
    Page("accounts:pools_due_export", needs=("accounts.view", "accounts.export"), query="format=csv"),
    _warned("accounts:pool_warning"),
    _warned("accounts:pool_warning_log", "people.edit"),
    _warned("accounts:pool_warning_owner", "accounts.assign"),
    _keyed("accounts:pool_entry", "pool_entry"),
    _keyed("accounts:pool_claim", "pool_entry"),
    _keyed("accounts:pool_assign", "pool_entry", "accounts.assign"),
    _keyed("accounts:pools_bulk_act", "pool_bulk", seen_by=frozenset({"owner"})),
    of_ours("accounts:return", seen_by=SEES, answers=frozenset({200, 403})),
    _managed("accounts:pool_settings", keys=False),
    _managed("accounts:pools_tonight", keys=False),
    _managed("accounts:pool_create", keys=False),
    _managed("accounts:pool"),
    _managed("accounts:pool_edit"),
    _managed("accounts:pool_switch"),
    _managed("accounts:pool_rule_create"),
    _rule("accounts:pool_rule"),
    _rule("accounts:pool_rule_drop"),
)
POSTS = (
    Page("accounts:pools_bulk", needs=("accounts.claim",)),
    _keyed("accounts:pools_bulk_undo", "pool_bulk", seen_by=frozenset({"owner"})),
)


def build(world: World) -> World:
    """A pool of the region with an account of nobody's interest in it, a rule, and a warning about ours."""
    units = world.company.units
    pool = make_pool(units.east)
    lying = make_lying(pool, "石灰岩建材行", unit=units.east_two)
    world.more["pool"] = pool
    world.more["pool_rule"] = add_rule(pool)
    world.more["pool_entry"] = lying.pool_entries.get()
    world.more["pool_warning"] = PoolWarning.objects.create(
        account=world.ours, pool=pool, owner=world.company.owner, due_on=AT.date()
    )
    world.more["pool_bulk"] = draft(
        runner=RUNNER,
        listed="pool_entries",
        act="claim",
        keys=[world.more["pool_entry"].pk],
        back="/",
        by=world.company.viewer("owner"),
        at=AT,
    )
    return world
