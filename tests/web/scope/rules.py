"""Addresses of decision tables: only for those who manage rules, whatever they may see otherwise."""

import datetime as dt

from panshi.ground.rules.content import load_content
from panshi.ground.rules.models import RuleTable
from panshi.ground.rules.services import load_shipped, publish_table, save_draft
from tests.factories.organisation import AT, SYSTEM
from tests.web.scope.page import Page
from tests.web.scope_world import World


def table(_world: World) -> tuple[object, ...]:
    return (RuleTable.objects.get(key="account_classes").pk,)


def of_table(name: str, *answers: int, extra: tuple[object, ...] = (), query: str = "") -> Page:
    """A page about the one table there is."""
    return Page(name, table, ("rules.manage",), query=query, extra=extra, answers=frozenset(answers or {200}))


PAGES = (
    Page("rules:list", needs=("rules.manage",)),
    Page("rules:create", needs=("rules.manage",)),
    of_table("rules:detail"),
    of_table("rules:try"),
    of_table("rules:try", query="ownership_type=政府机关&is_strategic=true"),
    of_table("rules:version", extra=(2,)),
    of_table("rules:version", extra=(1,), query="against=2"),
    of_table("rules:withdraw", extra=(2,)),
    of_table("rules:edit"),
    of_table("rules:discard"),
    of_table("rules:publish"),
    of_table("rules:export", extra=("xlsx",)),
    of_table("rules:export", extra=("json",)),
    of_table("rules:import"),
)
POSTS = (
    of_table("rules:check", 422),
    of_table("rules:save", 422),
)


def build(world: World) -> None:
    """The shipped table with a coming version and a draft."""
    load_shipped(by=SYSTEM, at=AT)
    one = RuleTable.objects.get(key="account_classes")
    content = load_content(one.versions.get().content)
    saved = save_draft(table_id=one.pk, content=content, expected_version=one.version, by=SYSTEM, at=AT)
    publish_table(
        table_id=one.pk,
        expected_version=saved.version,
        from_on=dt.date(2099, 1, 1),
        note="来年",
        by=SYSTEM,
        at=AT,
    )
    one.refresh_from_db()
    save_draft(table_id=one.pk, content=content, expected_version=one.version, by=SYSTEM, at=AT)
