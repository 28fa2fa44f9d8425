"""What the search box finds of an account: its names, former ones too, its code, social credit code and phone."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from panshi.calc.reference import divisions
from panshi.domains.accounts.models import Account, FormerName
from panshi.ground.search.services import Findable, put_many, rebuild


def put_accounts(accounts: Iterable[Account]) -> None:
    """Make saved accounts findable by what they are now."""
    rows = list(accounts)
    former: dict[int, list[str]] = defaultdict(list)
    known = FormerName.objects.filter(account_id__in=[row.pk for row in rows]).order_by("pk")
    for pk, name in known.values_list("account_id", "name"):
        former[pk].append(name)
    put_many(records=(findable(row, former.get(row.pk, ())) for row in rows))


def put_new_accounts(accounts: Iterable[Account]) -> None:
    """Make accounts findable that were created just now and so have no former names."""
    put_many(records=(findable(row, ()) for row in accounts), new=True)


def rebuild_accounts() -> int:
    """Write the index of all accounts anew; answers how many there are."""
    former: dict[int, list[str]] = defaultdict(list)
    for pk, name in FormerName.objects.order_by("pk").values_list("account_id", "name"):
        former[pk].append(name)

    def everything() -> Iterator[Findable]:
        for row in Account.objects.standing().order_by("pk").iterator(chunk_size=5000):
            yield findable(row, former.get(row.pk, ()))

    return rebuild(kind="account", records=everything())


def findable(account: Account, former_names: Iterable[str]) -> Findable:
    """One account as search knows it."""
    region = divisions.label(account.region) if account.region else ""
    return Findable(
        kind="account",
        record_id=account.pk,
        account_id=account.pk,
        title=account.name,
        subtitle=" · ".join(filter(None, (account.code, region))),
        keys=tuple(filter(None, (account.code, account.uscc, account.phone_key))),
        texts=tuple(filter(None, (account.short_name, *former_names))),
    )
