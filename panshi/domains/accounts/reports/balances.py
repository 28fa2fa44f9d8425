"""Do sales and receipts balance, and what is overdue: the rules as conditions, and what is known of one account."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, QuerySet

from panshi.domains.accounts.models import Account, AccountBalance
from panshi.ground.base.viewer import Viewer
from panshi.ground.settings.reports import value


@dataclass(frozen=True, slots=True)
class BalanceRules:
    """The settings in force: `share` of sales (0.3 = 30 %), amounts in yuan, days."""

    share: Decimal
    amount: Decimal
    overdue: Decimal
    days: int

    @classmethod
    def load(cls) -> "BalanceRules":
        """As they are set now."""
        return cls(
            Decimal(value("ledger.balance_share")) / 100,
            Decimal(value("ledger.balance_amount")),
            Decimal(value("ledger.overdue_amount")),
            int(value("ledger.overdue_days")),
        )

    def unequal(self, balance: AccountBalance) -> bool:
        """Whether sales and receipts differ by more than the share, and by enough money."""
        gap = abs(balance.gap)
        return bool(gap > self.share * max(balance.sales, Decimal(0)) and gap >= self.amount and gap > 0)

    def late(self, balance: AccountBalance) -> bool:
        """Whether goods payments are overdue beyond what is let pass."""
        days = balance.overdue_days
        return bool(balance.overdue > self.overdue and (not days or days > self.days))


def unequal(rules: BalanceRules) -> Q:
    """`BalanceRules.unequal` as a condition of the database."""
    share = F("sales") * rules.share
    floor = Q(gap__gte=rules.amount, gap__gt=0)
    over = Q(gap__lte=-rules.amount, gap__lt=0)
    return (floor & Q(gap__gt=share)) | (over & (Q(gap__lt=-share) | Q(sales__lte=0)))


def late(rules: BalanceRules) -> Q:
    """`BalanceRules.late` as a condition of the database."""
    return Q(overdue__gt=rules.overdue) & (Q(overdue_days=0) | Q(overdue_days__gt=rules.days))


def failing(*, viewer: Viewer) -> "QuerySet[Any]":
    """The newest balances that fail the check, in the viewer's scope."""
    rules = BalanceRules.load()
    rows: QuerySet[Any] = AccountBalance.objects.visible_to(viewer).newest()
    return rows.filter(unequal(rules) | late(rules))


def failing_accounts() -> Q:
    """Accounts whose newest balance fails the check, as a condition on accounts already gated."""
    rules = BalanceRules.load()
    rows = AccountBalance.objects.filter(newest=True).filter(unequal(rules) | late(rules))
    return Q(pk__in=rows.values("account_id"))


def balance_of(account: Account, *, viewer: Viewer) -> AccountBalance | None:
    """What is known of the account's payments; one query, none for who may not see the ledger."""
    if not viewer.may("ledger.view"):
        return None
    found: AccountBalance | None = (
        AccountBalance.objects.visible_to(viewer).filter(account=account, newest=True).first()
    )
    return found


def is_known(*, viewer: Viewer) -> bool:
    """Whether any balance was ever loaded."""
    return bool(AccountBalance.objects.visible_to(viewer).newest().exists())
