"""Reads of shares of wallet: the years of an account with everybody's part, and how much is open in one's scope."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db.models import Count, Sum

from panshi.domains.accounts.models import Account, Wallet, WalletShare
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.reports import names_of

HUNDRED: Final = Decimal(100)


@dataclass(frozen=True, slots=True)
class Slice:
    """One competitor's part of a wallet: per cent and what that is in money."""

    brand: str
    percent: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class WalletYear:
    """One wallet with everybody's part; what nobody knows of is `unknown`. `over` says that the parts are more than
    the whole, which happens when the ledger grew past what was written down."""

    row: Wallet
    slices: Sequence[Slice]
    by: str

    @property
    def ours(self) -> Decimal:
        """Our part in per cent."""
        part: Decimal = self.row.own / self.row.volume * HUNDRED
        return part.quantize(Decimal("0.1"))

    @property
    def unknown(self) -> Decimal:
        """What is left for nobody we know, in per cent."""
        return max(HUNDRED - self.ours - sum((one.percent for one in self.slices), Decimal(0)), Decimal(0))

    @property
    def over(self) -> bool:
        """Whether the parts are more than the whole."""
        return self.ours + sum((one.percent for one in self.slices), Decimal(0)) > HUNDRED + Decimal("0.1")


def wallets_of(account: Account, *, viewer: Viewer) -> list[WalletYear]:
    """The wallets of an account, newest year first; three queries."""
    rows = list(
        Wallet.objects.visible_to(viewer).filter(account=account).order_by("-year", "product_line", "pk")
    )
    parts: dict[int, list[Slice]] = {row.pk: [] for row in rows}
    volumes = {row.pk: row.volume for row in rows}
    shares = WalletShare.objects.filter(wallet__in=parts).select_related("brand").order_by("-percent", "pk")
    for share in shares:
        amount = volumes[share.wallet_id] * share.percent / HUNDRED
        parts[share.wallet_id].append(Slice(share.brand.name, share.percent, amount))
    names = names_of(row.by_id for row in rows)
    return [WalletYear(row, parts[row.pk], names.get(row.by_id or 0, "")) for row in rows]


@dataclass(frozen=True, slots=True)
class OpenWallet:
    """What could still be won among the accounts of one's scope, in the newest year of each."""

    accounts: int
    volume: Decimal
    own: Decimal
    open: Decimal


def open_wallet(*, viewer: Viewer) -> OpenWallet:
    """How much of the wallets one sees is not ours; one query."""
    rows = Wallet.objects.visible_to(viewer).filter(newest=True, account__merged_into=None)
    found = rows.aggregate(
        accounts=Count("account", distinct=True), volume=Sum("volume"), own=Sum("own"), open=Sum("open")
    )
    nothing = Decimal(0)
    return OpenWallet(
        found["accounts"], found["volume"] or nothing, found["own"] or nothing, found["open"] or nothing
    )
