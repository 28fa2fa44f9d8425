"""Sections about what goes on between us: trade and its change, contacts, the contact log."""

from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from panshi.domains.accounts.models import AbcClass
from panshi.domains.accounts.reports import class_history
from panshi.domains.accounts.reports.variance import notes_of, period_label
from panshi.domains.ledger.reports import months_of
from panshi.domains.people.reports import contacts_of, log_of
from panshi.engines.papers import Bars, Block, Facts, Grid, Heading, Words
from panshi.ground.base.models import NEVER
from panshi.web.accounts.archive.parts import MOST_ROWS, Reading, left_off

MONTHS = 24
TEN_THOUSAND = Decimal(10_000)


def change(reading: Reading) -> Sequence[Block]:
    """Twelve months against the twelve before, the last trade, and the classes the account was given."""
    account = reading.account
    before = account.sales_prior_12m
    grown = (account.sales_12m - before) / before * 100 if before > 0 else None
    blocks: list[Block] = [
        Facts(
            [
                (_("近 12 个月销售（元）"), account.sales_12m),
                (_("前 12 个月销售（元）"), before),
                (_("同比"), None if grown is None else f"{grown:+.1f}%"),
                (_("最近交易"), account.last_trade_on if account.last_trade_on > NEVER else None),
            ]
        )
    ]
    classes = class_history(account, viewer=reading.viewer) if reading.reaches("analysis.view") else []
    if classes:
        headings = (
            Heading(_("期间起")), Heading(_("期间止")), Heading(_("原类别")), Heading(_("类别")),
            Heading(_("名次"), 1, align="right"), Heading(_("金额（元）"), 3, 2, align="right"),
            Heading(_("占比"), 1, percent=True, align="right"),
        )  # fmt: skip
        labels = dict(AbcClass.choices)
        rows = [
            (
                one.period_from_on, one.period_to_on, str(labels.get(one.before_class, "")),
                str(labels.get(one.abc_class, "")), one.rank, one.total, one.share,
            )
            for one in classes
        ]  # fmt: skip
        blocks.append(Grid(_("ABC 类别"), headings, rows))
    return blocks


def state(reading: Reading) -> Sequence[Block]:
    """Trade month by month, as bars and as figures."""
    months = months_of(reading.account, until=reading.on, months=MONTHS, viewer=reading.viewer)
    if not any(month.lines for month in months):
        return [Words(_("近 %(months)d 个月没有交易。") % {"months": MONTHS}, quiet=True)]
    bars = Bars(
        _("近 %(months)d 个月销售") % {"months": MONTHS},
        [f"{month.month:%Y}" if month.month.month == 1 else f"{month.month:%m}" for month in months],
        [month.amount / TEN_THOUSAND for month in months],
        _("万元"),
    )
    headings = (
        Heading(_("月份")), Heading(_("笔数"), 1, align="right"),
        *(Heading(words, 3, 2, align="right") for words in (_("销售（元）"), _("毛利（元）"))),
        Heading(_("毛利率"), 2, percent=True, align="right"),
    )  # fmt: skip
    rows = [
        (
            f"{month.month:%Y-%m}", month.lines, month.amount, month.amount - month.cost,
            (month.amount - month.cost) / month.amount if month.amount > 0 else None,
        )
        for month in reversed(months)
        if month.lines
    ]  # fmt: skip
    return [bars, Grid(_("按月"), headings, rows)]


def variance(reading: Reading) -> Sequence[Block]:
    """Where trade left its mean, and what the owner said of it."""
    headings = (
        Heading(_("期间")), *(Heading(words, 3, 2, align="right") for words in (_("实际（元）"), _("前期平均（元）"))),
        Heading(_("偏差"), percent=True, align="right"), Heading(_("状态")), Heading(_("原因")), Heading(_("说明"), 6),
    )  # fmt: skip
    rows = [
        (
            period_label(note.span, note.period_on), note.actual, note.mean, note.share,
            str(note.get_state_display()), str(note.get_cause_display()) if note.cause else "", note.answer,
        )
        for note in notes_of(reading.account, viewer=reading.viewer)
    ]  # fmt: skip
    return [Grid("", headings, rows)] if rows else []


def contacts(reading: Reading) -> Sequence[Block]:
    """Whom we know there; who left is marked."""
    headings = (
        Heading(_("姓名")), Heading(_("职务")), Heading(_("部门")), Heading(_("手机")), Heading(_("电话")),
        Heading(_("邮箱"), 3), Heading(_("状态")),
    )  # fmt: skip
    found = contacts_of(reading.account, viewer=reading.viewer)
    rows = [
        (
            one.name, one.title, one.department, one.mobile, one.phone, one.email,
            _("已离职") if one.left_on else _("主要联系人") if one.primary else _("在职"),
        )
        for one in found[:MOST_ROWS]
    ]  # fmt: skip
    return [Grid("", headings, rows, left_off(len(found)))] if rows else []


def log(reading: Reading) -> Sequence[Block]:
    """The contact log, newest first, without what was voided."""
    found = log_of(reading.account, viewer=reading.viewer, limit=MOST_ROWS + 1)
    lines = [line for line in found if line.entry.voided_at is None]
    headings = (
        Heading(_("日期")), Heading(_("方式"), 1), Heading(_("内容"), 6), Heading(_("联系人")),
        Heading(_("记录人")), Heading(_("下次联系")),
    )  # fmt: skip
    rows = [
        (
            line.entry.on, str(line.entry.get_kind_display()), line.entry.text, line.contact, line.by,
            line.entry.next_contact_on,
        )
        for line in lines[:MOST_ROWS]
    ]  # fmt: skip
    return [Grid("", headings, rows, left_off(len(found)))] if rows else []
