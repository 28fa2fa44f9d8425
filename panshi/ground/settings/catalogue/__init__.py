"""Every declared setting, by topic: one module for each. To declare one, add a `Setting` to its topic's module."""

from typing import Final

from panshi.ground.settings.catalogue import (
    accounts,
    api,
    files,
    ledger,
    lifecycle,
    lists,
    notices,
    pools,
    processes,
    system,
)
from panshi.ground.settings.registry import Setting

SETTINGS: Final[tuple[Setting, ...]] = tuple(
    setting
    for module in (accounts, pools, lifecycle, ledger, processes, notices, files, api, lists, system)
    for setting in module.SETTINGS
)
BY_CODE: Final = {setting.code: setting for setting in SETTINGS}

if len(BY_CODE) != len(SETTINGS):
    raise ValueError("two settings have the same code")
