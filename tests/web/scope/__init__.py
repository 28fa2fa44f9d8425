"""The addresses of the product by area: each module here holds `PAGES` (what one opens) and `POSTS` (what only writes).

A module may also hold `build(world)`, which adds the records its addresses need as `world.more["name"]`.
"""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from tests.web.scope.page import Page
from tests.web.scope_world import World


def _areas() -> Iterator[ModuleType]:
    for found in iter_modules(__path__):
        module = import_module(f"{__name__}.{found.name}")
        if hasattr(module, "PAGES"):
            yield module


PAGES: tuple[Page, ...] = tuple(page for area in _areas() for page in area.PAGES)
POSTS: tuple[Page, ...] = tuple(page for area in _areas() for page in area.POSTS)


def build(world: World) -> World:
    """Let every area add the records it speaks of."""
    for area in _areas():
        if hasattr(area, "build"):
            area.build(world)
    return world
