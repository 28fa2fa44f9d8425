"""Addresses of the printed archive, the installed base, brands and shares of wallet."""

from decimal import Decimal

from panshi.domains.accounts.models import Brand
from panshi.domains.accounts.services import WalletFacts, add_equipment, keep_wallet
from panshi.ground.work.bulk import draft
from panshi.web.generic.bulk import RUNNER
from tests.factories.organisation import AT
from tests.web.scope.page import Page, of_ours
from tests.web.scope_world import HOLDS, SEES, World

SEES_WALLET = frozenset(SEES & HOLDS["ledger.view"])


def _machine(name: str, *needs: str) -> Page:
    return of_ours(name, *needs, keys=lambda world: (world.more["machine"].pk,))


def _wallet(name: str, *needs: str) -> Page:
    found = lambda world: (world.more["wallet"].pk,)  # noqa: E731
    return Page(name, found, ("ledger.view", *needs), SEES_WALLET)


def _brand(name: str) -> Page:
    return Page(name, lambda world: (world.more["brand"].pk,), ("accounts.merge",))


def _bulk(name: str) -> Page:
    found = lambda world: (world.more["machine_bulk"].pk,)  # noqa: E731
    return Page(name, found, ("accounts.edit",), frozenset({"owner"}))


PAGES = (
    of_ours("accounts:archive", "accounts.export"),
    Page("accounts:equipment", needs=("accounts.view",)),
    Page("accounts:equipment", needs=("accounts.view",), query="due=90"),
    Page("accounts:equipment", needs=("accounts.view",), query="q=玄武"),
    Page("accounts:equipment", needs=("accounts.view",), query="part=filters"),
    Page("accounts:equipment", needs=("accounts.view",), query="part=count"),
    Page("accounts:equipment_export", needs=("accounts.view", "accounts.export"), query="format=csv"),
    of_ours("accounts:equipment_of", "accounts.view"),
    of_ours("accounts:detail", extra=("equipment",)),
    of_ours("accounts:equipment_create", "accounts.edit"),
    _machine("accounts:equipment_edit", "accounts.view"),
    _machine("accounts:equipment_hours", "accounts.edit"),
    _machine("accounts:equipment_retire", "accounts.edit"),
    _bulk("accounts:equipment_bulk_act"),
    Page("accounts:brands", needs=("accounts.view",)),
    Page("accounts:brand_create", needs=("accounts.edit",)),
    _brand("accounts:brand_edit"),
    _brand("accounts:brand_merge"),
    Page("accounts:wallets", needs=("ledger.view",)),
    Page("accounts:wallets", needs=("ledger.view",), query="part=filters"),
    Page("accounts:wallets", needs=("ledger.view",), query="part=count"),
    Page("accounts:wallets_head", needs=("ledger.view",)),
    Page("accounts:wallets_export", needs=("ledger.view", "accounts.export"), query="format=csv"),
    of_ours("accounts:wallet_of", "ledger.view"),
    of_ours("accounts:detail", "ledger.view", extra=("wallet",)),
    of_ours("accounts:wallet_create", "accounts.edit", "ledger.view"),
    _wallet("accounts:wallet_edit"),
    _wallet("accounts:wallet_drop", "accounts.edit"),
)
POSTS = (
    _machine("accounts:equipment_return", "accounts.edit"),
    Page("accounts:equipment_bulk", needs=("accounts.view",)),
    _bulk("accounts:equipment_bulk_undo"),
)


def build(world: World) -> World:
    """A machine and a wallet of our account, and an act on the machine under way."""
    by = world.company.viewer("owner")
    world.more["machine"] = add_equipment(
        account=world.ours,
        values={"brand": "西门", "model": "S-200", "warranty_on": "2026-12-20"},
        by=by,
        at=AT,
    )
    facts = WalletFacts(year=AT.year, volume=Decimal(1000), shares=[("西门", Decimal(30))])
    world.more["wallet"] = keep_wallet(account=world.ours, facts=facts, by=by, at=AT)
    world.more["brand"] = Brand.objects.get(name="西门")
    world.more["machine_bulk"] = draft(
        runner=RUNNER,
        listed="equipment",
        act="retire",
        keys=[world.more["machine"].pk],
        back="/",
        by=by,
        at=AT,
    )
    return world
