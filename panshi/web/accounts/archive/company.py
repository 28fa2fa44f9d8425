"""Sections about the company itself: facts and how it is doing, terms, team, changes of facts and lifecycle, files."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from panshi.domains.accounts.models import Account
from panshi.domains.accounts.models.fields import MONEY_FIELDS
from panshi.domains.accounts.reports import (
    concerns,
    fact_history,
    former_names,
    lifecycle_history,
    team,
    visible_fields,
)
from panshi.domains.accounts.reports.completeness import completeness
from panshi.domains.accounts.reports.custom import custom_of
from panshi.domains.accounts.reports.tags import tags_of
from panshi.engines.papers import Block, Facts, Grid, Heading, Value, Words
from panshi.ground.base.refs import RecordRef
from panshi.ground.files.reports import attached
from panshi.web.accounts.archive.parts import MOST_ROWS, Reading, known, left_off
from panshi.web.accounts.forms import SECTIONS, label_of
from panshi.web.accounts.views.record import shown
from panshi.web.generic.custom import grouped, shown_values

COMPANY = ("identity", "company", "business", "cooperation")
YUAN_FIELDS = ("registered_capital", "annual_revenue", "procurement_budget")


def facts_of(account: Account, names: Iterable[str]) -> list[tuple[str, Value]]:
    """Fields of the archive as label and value; amounts say that they are in yuan."""
    told: list[tuple[str, Value]] = []
    for name in names:
        _kind, value = shown(account, name)
        label = _("%(label)s（元）") % {"label": label_of(name)} if name in YUAN_FIELDS else label_of(name)
        told.append((label, known(value)))
    return told


def company(reading: Reading) -> Sequence[Block]:
    """Facts by the sections of the card, the company's own fields, what is wrong, how complete the card is."""
    account, viewer = reading.account, reading.viewer
    blocks: list[Block] = []
    known_items = completeness(account, on=reading.on, viewer=viewer)
    blocks.append(
        Words(
            _("档案卡应有 %(wanted)d 项，已填 %(have)d 项。")
            % {"wanted": known_items.needed, "have": known_items.known},
            quiet=True,
        )
    )
    wrong = [concern.value for concern in concerns(account, on=reading.on, viewer=viewer)]
    if wrong:
        blocks.append(Words(_("需要注意：%(what)s。") % {"what": _("；").join(wrong)}))
    for section in SECTIONS:
        if section.name in COMPANY:
            told = facts_of(account, section.fields)
            if section.name == "identity" or any(value is not None for _label, value in told):
                blocks.append(Facts(told, title=str(section.label)))
    tags = tags_of(account.pk, viewer=viewer)
    if tags:
        blocks.append(Facts([(_("标签"), "、".join(tags))]))
    names = former_names(account, viewer=viewer)
    if names:
        until = _("%(name)s（至 %(day)s）")
        said = [until % {"name": one.name, "day": one.until_on.isoformat()} for one in names]
        blocks.append(Facts([(_("曾用名"), _("；").join(said))]))
    blocks += custom_blocks(account, reading)
    return blocks


def custom_blocks(account: Account, reading: Reading) -> list[Block]:
    """The fields the company added, by their groups, as far as they may be read."""
    pairs = custom_of(account.pk, account_id=account.pk, viewer=reading.viewer)
    found: list[Block] = []
    for _name, heading, members in grouped(pairs):
        told = [(label, known(value)) for label, _kind, value in shown_values(members, viewer=reading.viewer)]
        if any(value is not None for _label, value in told):
            found.append(Facts(told, title=heading))
    return found


def terms(reading: Reading) -> Sequence[Block]:
    """How they buy and pay; invoice and bank only for who may read them."""
    account = reading.account
    fields = ("procurement_budget", "procurement_procedure", "payment_terms")
    blocks: list[Block] = [Facts(facts_of(account, fields))]
    money = visible_fields(account, viewer=reading.viewer)
    if money:
        told = facts_of(account, [name for name in MONEY_FIELDS if name in money])
        blocks.append(Facts(told, title=_("开票与银行")))
    changes = [
        (change.on, change.label, change.before, change.after, change.reason)
        for change in fact_history(account, viewer=reading.viewer, field="payment_terms")
    ]
    if changes:
        blocks.append(Grid(_("账期的变更"), _changes_headings(), changes))
    return blocks


def people_of_ours(reading: Reading) -> Sequence[Block]:
    """Who of ours works for the account, and what the team lacks."""
    found = team(reading.account, viewer=reading.viewer)
    rows = [(member.role_label, member.name) for member in found.members]
    blocks: list[Block] = [Grid("", (Heading(_("角色")), Heading(_("姓名"), 4)), rows)] if rows else []
    lacking = _("；").join(str(warning.value) for warning in found.warnings)
    return [*blocks, Words(_("团队提示：%(what)s。") % {"what": lacking}, quiet=True)] if lacking else blocks


def _changes_headings() -> tuple[Heading, ...]:
    return (
        Heading(_("生效日期")),
        Heading(_("事项")),
        Heading(_("变更前"), 3),
        Heading(_("变更后"), 3),
        Heading(_("理由"), 4),
    )


def changes(reading: Reading) -> Sequence[Block]:
    """Versioned facts and the lifecycle, newest first, each with its reason."""
    viewer, account = reading.viewer, reading.account
    facts = fact_history(account, viewer=viewer, limit=MOST_ROWS)
    blocks: list[Block] = []
    if facts:
        rows = [(one.on, one.label, one.before, one.after, one.reason) for one in facts]
        blocks.append(Grid(_("档案变更"), _changes_headings(), rows))
    steps = lifecycle_history(account, viewer=viewer)
    headings = (
        Heading(_("日期")), Heading(_("从")), Heading(_("到")), Heading(_("经办")), Heading(_("理由"), 5),
    )  # fmt: skip
    rows = [(step.on, step.before, step.after, step.by, step.reason) for step in steps]
    return [*blocks, Grid(_("生命周期"), headings, rows)] if rows else blocks


def files(reading: Reading) -> Sequence[Block]:
    """Which files there are: names only, their content stays in the system."""
    pk = reading.account.pk
    found = attached(RecordRef("account", pk), reading.viewer, account_id=pk)
    listed: list[Any] = [*found.files, *found.elsewhere] if found else []
    headings = (
        Heading(_("文件"), 5), Heading(_("类型")), Heading(_("版本"), 1, align="right"),
        Heading(_("上传"), 2), Heading(_("时间"), 2),
    )  # fmt: skip
    rows = [
        (
            one.file.name,
            one.newest.type,
            one.newest.version.number,
            one.newest.by,
            known(one.newest.version.at),
        )
        for one in listed[:MOST_ROWS]
    ]
    return [Grid("", headings, rows, left_off(len(listed)))] if rows else []
