"""Shares of wallet of the whole scope as a list: where most is still to be won."""

from dataclasses import dataclass
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from panshi.domains.accounts.models import Confidence, Wallet
from panshi.ground.base.viewer import Viewer
from panshi.web.accounts import names
from panshi.web.generic.columns import (
    ChoiceColumn,
    Column,
    DayColumn,
    MoneyColumn,
    NamedColumn,
    TitleColumn,
)
from panshi.web.generic.filters import ChoiceFilter, TextFilter
from panshi.web.generic.lists import ListPage, View
from panshi.web.generic.places import AccountFilter, PersonFilter, PrefixFilter
from panshi.web.generic.ranges import AmountFilter


def _rows(viewer: Viewer) -> "QuerySet[Any]":
    rows: QuerySet[Any] = Wallet.objects.visible_to(viewer).filter(newest=True, account__merged_into=None)
    return rows


@dataclass(frozen=True, kw_only=True)
class WalletList(ListPage):
    """A list with how much could still be won above it; `above` names the part that says so."""

    above: str
    above_label: Promise


WALLETS: Final = WalletList(
    above="accounts:wallets_head",
    above_label=_("还可争取多少"),
    name="wallets",
    title=_("钱包份额"),
    model=Wallet,
    rows=_rows,
    permission="ledger.view",
    columns=(
        TitleColumn(name="account", label=_("客户"), reads=("account__name",)),
        Column(name="year", label=_("年度"), reads=("year",)),
        Column(name="line", label=_("产品线"), reads=("product_line",)),
        MoneyColumn(name="open", label=_("还可争取"), reads=("open",), sort=("open",), phone=1),
        MoneyColumn(name="volume", label=_("全年采购额"), reads=("volume",), sort=("volume",)),
        MoneyColumn(name="own", label=_("向我方采购"), reads=("own",), sort=("own",)),
        ChoiceColumn(
            name="confidence", label=_("可信度"), reads=("confidence",), choices=Confidence.choices, phone=3
        ),
        Column(name="source", label=_("信息来源"), reads=("source",), phone=3),
        Column(name="owner", label=_("负责人"), reads=("account__owner__name",), phone=3),
        NamedColumn(
            name="region", label=_("地区"), reads=("account__region",), naming=names.region_name, default=False, phone=3
        ),
        DayColumn(name="updated", label=_("更新"), reads=("updated_at",), default=False, phone=3),
    ),
    filters=(
        PersonFilter(
            name="owner", label=_("客户负责人"), field="account__owner_id", source="accounts:pick_people",
            nobody=_("无负责人"),
        ),
        PrefixFilter(
            name="region", label=_("地区"), field="account__region", stem=names.region_stem, named=names.region_choices
        ),
        TextFilter(name="line", label=_("产品线"), field="product_line"),
        ChoiceFilter(name="confidence", label=_("可信度"), field="confidence", choices=Confidence.choices),
        AmountFilter(name="open", label=_("还可争取"), field="open"),
        AmountFilter(name="volume", label=_("全年采购额"), field="volume"),
        AmountFilter(name="year", label=_("年度"), field="year", money=False),
        AccountFilter(name="account", label=_("客户"), field="account_id", source="accounts:pick_accounts"),
    ),
    views=(
        View("all", _("全部"), ()),
        View("mine", _("我的客户"), (("owner", "me"),)),
    ),
    sort="-open",
    record="accounts:wallet_edit",
    record_in_drawer=True,
    label="account__name",
    export_url="accounts:wallets_export",
    export_permission="accounts.export",
    empty=(_("还没有记录份额"), _("在客户页面的“份额”里写下一年采购多少、谁占多少，这里就排出最值得争取的客户。")),
)  # fmt: skip
