"""What of the archive holds files: the account itself. Files of an account merged into another show on that one."""

from collections.abc import Collection
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from panshi.domains.accounts.models import Account
from panshi.ground.base.viewer import Viewer
from panshi.ground.files.holders import Holder


def _visible(viewer: Viewer, permission: str) -> "QuerySet[Any]":
    """Accounts within the viewer's reach, and those merged into them."""
    reach: QuerySet[Any] = Account.objects.visible_to(viewer, permission)
    if viewer.sees_all(permission or "accounts.view"):
        return reach
    within = reach.order_by().values("pk")
    rows: QuerySet[Any] = Account.objects.filter(Q(pk__in=within) | Q(merged_into__in=within))
    return rows


def _titles(ids: Collection[int]) -> dict[int, str]:
    return dict(Account.objects.filter(pk__in=ids).values_list("pk", "name"))


def _merged_into(account_id: int) -> list[int]:
    return list(Account.objects.filter(merged_into_id=account_id).values_list("pk", flat=True))


ACCOUNT: Final = Holder(
    kind="account",
    label=_("客户"),
    change="accounts.edit",
    visible=_visible,
    titles=_titles,
    account_of=lambda account_id: account_id,
    found_as="file",
    also=_merged_into,
)
