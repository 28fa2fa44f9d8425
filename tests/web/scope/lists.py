"""Addresses of lists: saved views, conditions, bulk acts and background exports."""

from typing import Any

from panshi.ground.work import bulk, exports
from panshi.ground.work.kinds import all_kinds
from tests.factories.organisation import AT
from tests.web.scope.page import Page
from tests.web.scope_world import World

_ALONE = frozenset({"owner"})
_LEADER = frozenset({"supervisor"})


def build(world: World) -> None:
    """An export of the owner's and a bulk act the supervisor began."""
    assert exports.JOB in all_kinds()
    owner, leader = world.company.viewer("owner"), world.company.viewer("supervisor")
    arguments: dict[str, Any] = {"list": "accounts", "query": "", "columns": ["name"]}
    world.more["export"] = exports.ask_export(
        source="list", title="客户", form="csv", arguments=arguments, by=owner, at=AT
    )
    world.more["bulk"] = bulk.draft(
        runner="list",
        listed="accounts",
        act="assign",
        keys=[world.ours.pk],
        back="/accounts/",
        by=leader,
        at=AT,
    )


def _export(world: World) -> tuple[object, ...]:
    return (world.more["export"].pk,)


def _bulk(world: World) -> tuple[object, ...]:
    return (world.more["bulk"].pk,)


PAGES = (
    Page("exports:list"),
    Page("exports:download", _export, seen_by=_ALONE, answers=frozenset({404})),
    Page("accounts:list", needs=("accounts.view",), query="part=where"),
    Page("accounts:list", needs=("accounts.view",), query="part=views"),
    Page("accounts:list", needs=("accounts.view",), query="part=columns"),
    Page(
        "accounts:list",
        needs=("accounts.view",),
        query="where=%5B%22any%22,%5B%22abc%22,%22not%22,%22A%22%5D,%5B%22called%22,%22has%22,%22玄武%22%5D%5D",
    ),
    Page("accounts:list_bulk_act", _bulk, needs=("accounts.view", "accounts.assign"), seen_by=_LEADER),
)

POSTS = (
    Page("accounts:list_bulk", needs=("accounts.view", "accounts.assign")),
    Page("accounts:list_bulk_undo", _bulk, needs=("accounts.view", "accounts.assign"), seen_by=_LEADER),
    *(Page(f"exports:{verb}", _export, seen_by=_ALONE) for verb in ("cancel", "again", "drop")),
)
"""Addresses that only write."""
