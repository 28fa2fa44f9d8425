"""Writes of the archive that need an approval; only `panshi.workflow` calls them."""

from panshi.domains.accounts.decisions.classes import CannotChangeClass, change_classes
from panshi.domains.accounts.decisions.merging import CannotMerge, merge_accounts
from panshi.domains.accounts.decisions.ownership import CannotChangeOwner, change_owner, change_owners
from panshi.domains.accounts.decisions.pools import CannotGrantException, grant_pool_exception

__all__ = [
    "CannotChangeClass",
    "CannotChangeOwner",
    "CannotGrantException",
    "CannotMerge",
    "change_classes",
    "change_owner",
    "change_owners",
    "grant_pool_exception",
    "merge_accounts",
]
