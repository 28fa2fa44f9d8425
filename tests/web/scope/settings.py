"""Addresses of the settings: all for who manages them alone."""

from tests.factories.custom import choice_of, make_dictionary, make_field
from tests.web.scope.page import Keys, Page, nothing
from tests.web.scope_world import World


def build(world: World) -> None:
    """A dictionary with values, and a field that chooses from it."""
    dictionary = make_dictionary("范围测试")
    world.more["dictionary"] = dictionary
    world.more["choice"] = choice_of(dictionary, "a")
    world.more["field"] = make_field("choice", "范围字段", dictionary=dictionary)


def of(name: str) -> Keys:
    """The key of one of the records above."""
    return lambda world: (world.more[name].pk,)


def managed(name: str, keys: Keys = nothing, **more: object) -> Page:
    """A page of those who manage settings."""
    return Page(name, keys, ("settings.manage",), **more)  # type: ignore[arg-type]


PAGES = (
    managed("settings:home"),
    managed("settings:home", query="q=tianshu"),
    managed("settings:value", extra=("accounts.silent_days",)),
    managed("settings:reset", extra=("accounts.silent_days",)),
    managed("settings:restore", extra=("accounts.silent_days", 1), answers=frozenset({404})),
    managed("settings:fields"),
    *(managed("settings:fields_of", extra=(kind,)) for kind in ("account", "contact")),
    managed("settings:create_field", extra=("account",)),
    *(managed(f"settings:{verb}_field", of("field")) for verb in ("edit", "retire", "reinstate")),
    managed("settings:dictionaries"),
    managed("settings:create_dictionary"),
    *(
        managed(f"settings:{name}", of("dictionary"))
        for name in ("dictionary", "edit_dictionary", "add_choice")
    ),
    *(
        managed(f"settings:{verb}_choice", of("choice"))
        for verb in ("edit", "retire", "reinstate", "delete", "replace")
    ),
    managed("settings:numbering"),
    managed("settings:change_numbering", extra=("accounts",)),
    managed("settings:calendar"),
    managed("settings:enter_calendar", extra=(2027,)),
)
POSTS = (
    managed("settings:order_fields", extra=("account",)),
    managed("settings:order_choices", of("dictionary")),
)
