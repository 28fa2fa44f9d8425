"""What the search box finds of an account: names, former ones too, code, social credit code, phone, custom texts."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from panshi.calc.reference import divisions
from panshi.domains.accounts.models import Account, FormerName
from panshi.ground.search.services import Findable, put_many, rebuild
from panshi.ground.settings.models import RecordKind
from panshi.ground.settings.reports import texts_found


def put_accounts(accounts: Iterable[Account]) -> None:
    """Make saved accounts findable by what they are now."""
    rows = list(accounts)
    former: dict[int, list[str]] = defaultdict(list)
    known = FormerName.objects.filter(account_id__in=[row.pk for row in rows]).order_by("pk")
    for pk, name in known.values_list("account_id", "name"):
        former[pk].append(name)
    texts = texts_found(RecordKind.ACCOUNT, [row.pk for row in rows])
    put_many(records=(findable(row, (*former.get(row.pk, ()), *texts.get(row.pk, ()))) for row in rows))


def put_new_accounts(accounts: Iterable[Account]) -> None:
    """Make accounts findable that were created just now and so have no former names."""
    put_many(records=(findable(row, ()) for row in accounts), new=True)


def rebuild_accounts() -> int:
    """Write the index of all accounts anew; answers how many there are."""
    former: dict[int, list[str]] = defaultdict(list)
    for pk, name in FormerName.objects.order_by("pk").values_list("account_id", "name"):
        former[pk].append(name)
    texts = texts_found(RecordKind.ACCOUNT)

    def everything() -> Iterator[Findable]:
        for row in Account.objects.standing().order_by("pk").iterator(chunk_size=5000):
            yield findable(row, (*former.get(row.pk, ()), *texts.get(row.pk, ())))

    return rebuild(kind="account", records=everything())


def findable(account: Account, other_texts: Iterable[str]) -> Findable:
    """One account as search knows it; `other_texts` are former names and texts of custom fields."""
    region = divisions.label(account.region) if account.region else ""
    return Findable(
        kind="account",
        record_id=account.pk,
        account_id=account.pk,
        title=account.name,
        subtitle=" · ".join(filter(None, (account.code, region))),
        keys=tuple(filter(None, (account.code, account.uscc, account.phone_key))),
        texts=tuple(filter(None, (account.short_name, *other_texts))),
    )
