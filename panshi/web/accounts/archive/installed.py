"""Sections about what stands at the account and who supplies it: the installed base, shares of wallet."""

from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from panshi.domains.accounts.reports import installed_base, wallets_of
from panshi.engines.papers import Block, Grid, Heading, Words
from panshi.web.accounts.archive.parts import MOST_ROWS, Reading, left_off


def base(reading: Reading) -> Sequence[Block]:
    """The machines with what falls due, and our part of them."""
    found = installed_base(reading.account, viewer=reading.viewer)
    if not found.machines:
        return []
    headings = (
        Heading(_("品牌")), Heading(_("型号")), Heading(_("出厂编号")), Heading(_("数量"), 1, align="right"),
        Heading(_("安装地点"), 3), Heading(_("投用日期")), Heading(_("运行小时"), 2, align="right"),
        Heading(_("质保到期")), Heading(_("应更换日期")), Heading(_("状态"), 1),
    )  # fmt: skip
    rows = [
        (
            one.brand, one.row.model, one.row.serial, one.row.quantity, one.row.site, one.row.commissioned_on,
            one.row.hours, one.warranty_on, one.replace_on, one.state,
        )
        for one in found.machines[:MOST_ROWS]
    ]  # fmt: skip
    blocks: list[Block] = [Grid("", headings, rows, left_off(len(found.machines)))]
    if found.share is not None:
        said = {"units": found.units, "ours": found.ours, "share": f"{found.share * 100:.1f}%"}
        blocks.append(
            Words(_("在用 %(units)d 台，其中本公司 %(ours)d 台，占 %(share)s。") % said, quiet=True)
        )
    return blocks


def wallet(reading: Reading) -> Sequence[Block]:
    """Each year with everybody's part."""
    found = wallets_of(reading.account, viewer=reading.viewer)
    headings = (
        Heading(_("年度"), 1), Heading(_("产品线")), Heading(_("全年采购额（元）"), 3, 2, align="right"),
        Heading(_("本公司"), 1, percent=True, align="right"), Heading(_("竞争对手"), 5),
        Heading(_("未知"), 1, percent=True, align="right"), Heading(_("可信度"), 1), Heading(_("来源"), 3),
    )  # fmt: skip
    rows = [
        (
            str(one.row.year), one.row.product_line or _("全部"), one.row.volume, one.ours / Decimal(100),
            _("；").join(f"{part.brand} {part.percent.normalize():f}%" for part in one.slices),
            one.unknown / Decimal(100), str(one.row.get_confidence_display()), one.row.source,
        )
        for one in found[:MOST_ROWS]
    ]  # fmt: skip
    return [Grid("", headings, rows, left_off(len(found)))] if rows else []
