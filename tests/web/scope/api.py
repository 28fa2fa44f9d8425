"""Addresses of tokens: one's own are one's own; everybody's are for who manages them."""

import datetime as dt

from panshi.ground.identity.models import ApiToken
from tests.factories.organisation import AT
from tests.web.scope.page import Page
from tests.web.scope_world import World

NAME = "绝密同步程序"


def build(world: World) -> None:
    """A token of the owner."""
    world.more["token"] = ApiToken.objects.create(
        person=world.company.owner,
        name=NAME,
        prefix="pst_0123456789",
        digest="0" * 64,
        scopes="accounts:read",
        made_at=AT,
        expires_on=dt.date(2199, 1, 1),
    )


def token(world: World) -> tuple[object, ...]:
    return (world.more["token"].pk,)


PAGES = (
    Page("identity:tokens"),
    Page("identity:make_token"),
    Page("identity:all_tokens", needs=("api.manage",)),
    Page("identity:revoke_token", token, seen_by=frozenset({"owner", "administrator"})),
)
POSTS = (
    Page("identity:make_feed", answers=frozenset({200})),
    Page("identity:end_feed", answers=frozenset({302})),
)
