"""The way every service of people reaches their account: through the gate."""

from django.utils.translation import gettext as _

from panshi.domains.accounts.models import Account
from panshi.ground.base.refusals import NotAllowed
from panshi.ground.base.viewer import Viewer


def require(account: Account, by: Viewer) -> None:
    """Raise `NotAllowed` unless `by` may edit people at this account."""
    by.require("people.edit")
    if not Account.objects.visible_to(by, "people.edit").filter(pk=account.pk).exists():
        raise NotAllowed(_("您没有此项操作的权限。"))
