"""The tags of accounts, and those that somebody may choose from."""

from collections.abc import Iterable
from typing import Any, Final

from django.db.models import Count, Q, QuerySet

from panshi.domains.accounts.models import AccountTag
from panshi.domains.accounts.models.tags import tag_key
from panshi.ground.base.viewer import Viewer

MOST_OFFERED: Final = 100


def tags_of(account_id: int, *, viewer: Viewer) -> list[str]:
    """The tags of one account in the order they were put on; one query."""
    rows = AccountTag.objects.visible_to(viewer).filter(account=account_id).order_by("pk")
    return list(rows.values_list("name", flat=True))


def tag_names(account_ids: Iterable[int]) -> dict[int, list[str]]:
    """The tags of the accounts of a page; one query."""
    found: dict[int, list[str]] = {}
    rows = AccountTag.objects.filter(account_id__in=list(account_ids)).order_by("pk")
    for account_id, name in rows.values_list("account_id", "name"):
        found.setdefault(account_id, []).append(name)
    return found


def offered_tags(*, viewer: Viewer) -> list[str]:
    """The tags on accounts the viewer may see, the most used first; one query."""
    rows: QuerySet[Any] = AccountTag.objects.visible_to(viewer).filter(account__merged_into=None).order_by()
    counted = rows.values("key", "name").annotate(count=Count("pk")).order_by("-count", "name")
    names: dict[str, str] = {}
    for row in counted[: 2 * MOST_OFFERED]:
        names.setdefault(row["key"], row["name"])
    return list(names.values())[:MOST_OFFERED]


def tagged_with(names: Iterable[str], *, viewer: Viewer) -> Q:
    """Accounts that bear one of some tags; without any, those that bear one at all."""
    keys = [tag_key(name) for name in names]
    rows: QuerySet[Any] = AccountTag.objects.visible_to(viewer)
    rows = rows.filter(key__in=keys) if keys else rows
    return Q(pk__in=rows.order_by().values("account_id"))
