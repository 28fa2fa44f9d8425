"""Settings of notices and mail."""

from typing import Final

from panshi.ground.settings.registry import Setting

SETTINGS: Final[tuple[Setting, ...]] = ()
