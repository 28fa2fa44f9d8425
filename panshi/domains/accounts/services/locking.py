"""The way every service of the archive reaches its account: through the gate, then under a row lock."""

from django.utils.translation import gettext as _

from panshi.domains.accounts.models import Account
from panshi.ground.base.refusals import NotAllowed, Refused
from panshi.ground.base.viewer import Viewer


class CannotChangeMerged(Refused):
    """The account was merged into another; what is left of it is history."""


def locked(account_id: int, *, by: Viewer, permission: str) -> Account:
    """The account, locked for this transaction, if `by` may do `permission` to it."""
    by.require(permission)
    require_reach(account_id, by=by, permission=permission)
    account: Account = Account.objects.select_for_update().get(pk=account_id)
    if account.merged_into_id is not None:
        raise CannotChangeMerged(_("此客户已并入其他客户，不能再修改。"))
    return account


def require_reach(account_id: int, *, by: Viewer, permission: str) -> None:
    """Raise `NotAllowed` unless the permission reaches this account."""
    if not Account.objects.visible_to(by, permission).filter(pk=account_id).exists():
        raise NotAllowed(_("您没有此项操作的权限。"))
