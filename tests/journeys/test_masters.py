"""The pages around the archive in a real browser, over the world of the scope matrix: each has something to show."""

from typing import Final

import pytest
from django.urls import reverse

from panshi.ground.files.models import Content, PreviewState
from panshi.ground.rules.models import RuleTable
from tests.journeys.conftest import Visit, inaccessible
from tests.web.scope import build
from tests.web.scope_world import World, make_world

pytestmark = pytest.mark.journey


@pytest.fixture
def world(transactional_db: None) -> World:
    """One account with everything that hangs from it, visible to the server's threads."""
    made = build(make_world())
    Content.objects.update(preview=PreviewState.NONE)  # the matrix stores no bytes a picture could be made of
    return made


SCREENS: Final = ((1440, "light"), (390, "dark"))
TABS: Final = ("", "equipment/", "wallet/", "files/", "facts/")
LISTS: Final = ("pools", "pool_settings", "equipment", "brands", "wallets", "class_proposals", "variances")
PAGES: Final = {
    "director": (
        *("/accounts/{account}/" + tab for tab in TABS),
        *("accounts:" + name for name in LISTS),
        *("accounts:merges", "accounts:proposals", "accounts:lifecycle_rules", "accounts:balances"),
        *("/accounts/variances/{variance}/", "/accounts/classes/{class_proposal}/", "imports:upload"),
        *(
            "/accounts/balances/{balance}/",
            "/accounts/pools/entry/{pool_entry}/",
            "/accounts/{account}/merge/",
        ),
    ),
    "administrator": (
        *("settings:home", "settings:fields", "settings:dictionaries", "/setup/dictionaries/{dictionary}/"),
        *("settings:numbering", "settings:calendar", "rules:list", "/rules/{table}/", "/rules/{table}/edit/"),
        *("identity:all_tokens", "notices:outbox"),
    ),
    "owner": ("notices:list", "notices:choices", "exports:list", "identity:tokens", "identity:profile"),
}


@pytest.mark.parametrize("who", PAGES)
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(world: World, visit: Visit, who: str) -> None:
    keys = {name: getattr(record, "pk", record) for name, record in world.more.items()}
    keys |= {"account": world.ours.pk, "table": RuleTable.objects.get(key="account_classes").pk}
    found = []
    for page in PAGES[who]:
        address = page.format(**keys) if page.startswith("/") else reverse(page)
        for width, scheme in SCREENS:
            shown = visit(address, getattr(world.company, who), width=width, scheme=scheme)
            found += [f"{page} {scheme}: {finding}" for finding in inaccessible(shown)]
            wide = shown.evaluate("document.documentElement.scrollWidth")
            found += [f"{page}: {wide} px on a screen of {width}"] if wide > width else []
            shown.context.close()
    assert found == []
