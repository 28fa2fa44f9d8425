"""Writes of shares of wallet: what an account buys in a year, what of it from us and from whom else."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from panshi.domains.accounts import events
from panshi.domains.accounts.models import Account, Confidence, Wallet, WalletShare
from panshi.domains.accounts.services.brands import brand_called
from panshi.domains.accounts.services.counting import tell_wallets
from panshi.domains.accounts.services.locking import locked
from panshi.ground.audit.services import record
from panshi.ground.base.refusals import Refused
from panshi.ground.base.viewer import Viewer

FIRST_YEAR: Final = 1990
MOST: Final = Decimal(10) ** 14
MOST_COMPETITORS: Final = 20
HUNDRED: Final = Decimal(100)


class CannotKeepWallet(Refused):
    """A figure is missing or cannot be, the shares are more than the whole, or the year is kept already."""


@dataclass(frozen=True, slots=True)
class WalletFacts:
    """What somebody says of a wallet. `own` is None where the ledger tells it (`ledger`, of the whole year, over all
    product lines). `shares` are competitors by name with their per cent."""

    year: int
    volume: Decimal
    product_line: str = ""
    own: Decimal | None = None
    ledger: Decimal | None = None
    shares: Sequence[tuple[str, Decimal]] = ()
    source: str = ""
    confidence: str = Confidence.MEDIUM
    note: str = ""


@transaction.atomic
def keep_wallet(
    *,
    account: Account,
    facts: WalletFacts,
    wallet: Wallet | None = None,
    expected_version: int = 0,
    by: Viewer,
    at: dt.datetime,
) -> Wallet:
    """Keep what an account buys in a year; with `wallet` correct what was kept before."""
    by.require("ledger.view")
    owner = locked(account.pk, by=by, permission="accounts.edit")
    row = Wallet(account=owner, created_at=at, updated_at=at, created_by_id=by.person_id)
    if wallet is not None:
        row = Wallet.objects.select_for_update().visible_to(by).get(pk=wallet.pk, account=owner)
        row.expect(expected_version)
    shares = _clean(facts, on_year=at.year)
    own, told = (facts.own, False) if facts.own is not None else (facts.ledger or Decimal(0), True)
    _check(facts, own, told, shares)
    before = {
        name: getattr(row, name)
        for name in ("year", "product_line", "volume", "own", "source", "confidence", "note")
        if wallet is not None
    }
    row.year, row.product_line = facts.year, " ".join(facts.product_line.split())
    row.volume, row.own, row.from_ledger, row.open = facts.volume, own, told, facts.volume - own
    row.source, row.confidence = facts.source.strip(), facts.confidence
    row.note, row.by_id = facts.note.strip(), by.person_id
    if wallet is not None:
        row.step(at=at)
    _save(row)
    _put_shares(row, shares, by=by, at=at)
    _point_newest(owner.pk)
    row.refresh_from_db()
    record(
        events.WALLET_KEPT, at=at, by_id=by.person_id, account_id=owner.pk, subject_id=row.pk,
        changes={name: (value, getattr(row, name)) for name, value in before.items() if value != getattr(row, name)},
        year=row.year, version=row.version,
    )  # fmt: skip
    tell_wallets([owner.pk], by=by, at=at)
    return row


def _clean(facts: WalletFacts, *, on_year: int) -> list[tuple[str, Decimal]]:
    """The competitors with two places, each once; every error at its field."""
    errors: dict[str, str] = {}
    if not FIRST_YEAR <= facts.year <= on_year + 1:
        errors["year"] = _("年度应在 %(first)d 到 %(last)d 之间。") % {
            "first": FIRST_YEAR,
            "last": on_year + 1,
        }
    if not 0 < facts.volume < MOST:
        errors["volume"] = _("请填写大于 0 的全年采购额。")
    if facts.own is not None and not 0 <= facts.own < MOST:
        errors["own"] = _("金额不能为负。")
    if facts.confidence not in Confidence.values:
        errors["confidence"] = _("没有这个选项。")
    if len(facts.product_line) > 60 or len(facts.source) > 200:
        errors["source"] = _("最多 %(length)d 个字符。") % {"length": 200}
    try:
        shares = _clean_shares(facts.shares)
    except CannotKeepWallet as refusal:
        errors |= refusal.errors
    if errors:
        raise CannotKeepWallet(next(iter(errors.values())), errors=errors)
    return shares


def _clean_shares(shares: Sequence[tuple[str, Decimal]]) -> list[tuple[str, Decimal]]:
    if len(shares) > MOST_COMPETITORS:
        raise CannotKeepWallet(
            _("最多记录 %(count)d 个竞争对手。") % {"count": MOST_COMPETITORS}, field="shares"
        )
    found: dict[str, Decimal] = {}
    for name, percent in shares:
        words = " ".join(name.split())
        if not any(map(str.isalnum, words)) or len(words) > 60 or "\x00" in words:
            raise CannotKeepWallet(_("竞争对手名称应为 1 到 60 个字符。"), field="shares")
        if not percent.is_finite() or not 0 < percent <= HUNDRED:
            raise CannotKeepWallet(
                _("“%(name)s”的份额应大于 0、不超过 100。") % {"name": words}, field="shares"
            )
        if words in found:
            raise CannotKeepWallet(_("“%(name)s”写了两次。") % {"name": words}, field="shares")
        found[words] = percent.quantize(Decimal("0.01"))
    return list(found.items())


def _check(facts: WalletFacts, own: Decimal, told: bool, shares: Sequence[tuple[str, Decimal]]) -> None:
    """Nobody buys more of us than altogether, and the shares are no more than the whole."""
    if own > facts.volume:
        words = (
            _("台账显示当年已向我方采购 %(own)s 元，全年采购额不能更少。")
            if told
            else _("向我方采购 %(own)s 元，不能多于全年采购额。")
        )
        raise CannotKeepWallet(words % {"own": f"{own:,.2f}"}, field="volume" if told else "own")
    ours = own / facts.volume * HUNDRED
    total = ours + sum((percent for _name, percent in shares), Decimal(0))
    if total > HUNDRED + Decimal("0.005"):
        raise CannotKeepWallet(
            _("我方 %(ours)s%% 与竞争对手合计 %(total)s%%，超过 100%%。")
            % {"ours": f"{ours:.1f}", "total": f"{total:.1f}"},
            field="shares",
        )


def _save(row: Wallet) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise CannotKeepWallet(_("这一年度和产品线已有记录，请修改那一条。"), field="year") from error


def _put_shares(row: Wallet, shares: Sequence[tuple[str, Decimal]], *, by: Viewer, at: dt.datetime) -> None:
    wanted = {brand_called(name, by=by, at=at).pk: percent for name, percent in shares}
    if len(wanted) < len(shares):
        raise CannotKeepWallet(_("有两个名称指同一个竞争对手。"), field="shares")
    WalletShare.objects.filter(wallet=row).delete()
    WalletShare.objects.bulk_create(
        WalletShare(wallet=row, brand_id=brand_id, percent=percent) for brand_id, percent in wanted.items()
    )


def _point_newest(account_id: int) -> None:
    """What counts in the list of open wallets: the newest year of the whole wallet, or where nobody said the whole,
    of each product line, so that nothing is counted twice."""
    rows = Wallet.objects.filter(account_id=account_id)
    last = dict(rows.order_by().values_list("product_line").annotate(last=Max("year")))
    counted = {"": last[""]} if "" in last else last
    newest = [
        pk for pk, line, year in rows.values_list("pk", "product_line", "year") if counted.get(line) == year
    ]
    rows.filter(pk__in=newest, newest=False).update(newest=True)
    rows.exclude(pk__in=newest).filter(newest=True).update(newest=False)


@transaction.atomic
def drop_wallet(*, wallet: Wallet, by: Viewer, at: dt.datetime) -> None:
    """Take back what was kept of a year; the event stays."""
    by.require("ledger.view")
    locked(wallet.account_id, by=by, permission="accounts.edit")
    row = Wallet.objects.select_for_update().visible_to(by).get(pk=wallet.pk)
    WalletShare.objects.filter(wallet=row).delete()
    record(
        events.WALLET_DROPPED, at=at, by_id=by.person_id, account_id=row.account_id, subject_id=row.pk,
        year=row.year,
    )  # fmt: skip
    row.delete()
    _point_newest(wallet.account_id)
    tell_wallets([wallet.account_id], by=by, at=at)


@transaction.atomic
def record_own_sales(*, sales: Mapping[tuple[int, int], Decimal], by: Viewer, at: dt.datetime) -> int:
    """Bring wallets that follow the ledger up to it: (account, year) → sales. Pushed down every night; answers how
    many moved. A wallet that turned out too small keeps its volume, with nothing left open."""
    moved = 0
    years = {year for _account, year in sales}
    rows = Wallet.objects.select_for_update().filter(from_ledger=True, year__in=years).order_by("pk")
    for row in rows:
        own = sales.get((row.account_id, row.year))
        if own is None or own == row.own or own < 0:
            continue
        row.own, row.open = own, max(row.volume - own, Decimal(0))
        row.updated_at = at
        row.save(update_fields=["own", "open", "updated_at"])
        moved += 1
    return moved


def read_shares(text: str) -> list[tuple[str, Decimal]]:
    """Lines as people type them, `名称 12.5` or `名称：12.5%`, as pairs. Raises `CannotKeepWallet` with the line."""
    found = []
    for line in text.splitlines():
        plain = line.replace("：", " ").replace(":", " ").replace("％", "%").strip().removesuffix("%").strip()
        if not plain:
            continue
        name, _space, figure = plain.rpartition(" ")
        try:
            percent = Decimal(figure)
        except InvalidOperation:
            percent = Decimal("NaN")
        if not name.strip() or not percent.is_finite():
            raise CannotKeepWallet(
                _("“%(line)s”看不懂，请写成“名称 20”。") % {"line": line.strip()[:60]}, field="shares"
            )
        found.append((name.strip(), percent))
    return found
