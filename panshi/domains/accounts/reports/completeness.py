"""How complete an archive is: which items an account of its class and lifecycle needs, and which of them are filled.

What is needed is a decision table that administrators edit (`archive_completeness`); what "filled" means is said here,
once for each item. Percent = weight of the filled items ÷ weight of all needed ones.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from panshi.domains.accounts.models import Account, ArchiveCount, TeamMember
from panshi.domains.accounts.reports.team import warnings
from panshi.ground.base.viewer import Viewer
from panshi.ground.rules.reports import CannotDecide, decide
from panshi.ground.settings.models import CustomField, CustomValue, RecordKind

TABLE: Final = "archive_completeness"
CONTACTS, PRIMARY = "contacts", "primary"
EQUIPMENT, WALLET = "equipment", "wallet"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing an archive can hold. `word` names it in the decision table, `label` on the page; it is filled when all
    `fields` of the account are, or the `count` that was pushed down is not 0; the rest is computed by its code."""

    code: str
    word: str
    label: Promise | str = ""
    fields: tuple[str, ...] = ()
    count: str = ""


def _field(name: str) -> Item:
    found: Any = Account._meta.get_field(name)
    words = FIELD_WORDS[name]
    return Item(name, words, found.verbose_name, fields=(name,))


FIELD_WORDS: Final[Mapping[str, str]] = {
    "uscc": "统一社会信用代码",
    "ownership_type": "单位性质",
    "size": "企业规模",
    "industry": "行业",
    "region": "地区",
    "address": "地址",
    "phone": "电话",
    "website": "网址",
    "registered_capital": "注册资本",
    "legal_representative": "法定代表人",
    "general_manager": "总经理",
    "founded_on": "成立日期",
    "employees": "员工人数",
    "annual_revenue": "年营业额",
    "products": "主要产品与产量",
    "expansion_plans": "扩产计划",
    "service_requirements": "服务要求",
    "present_problems": "目前存在的问题",
    "procurement_budget": "年度采购预算",
    "procurement_procedure": "采购程序",
    "payment_terms": "付款条件",
}
ITEMS: Final[tuple[Item, ...]] = (
    *(_field(name) for name in FIELD_WORDS),
    Item("owner", "负责人", _("负责人")),
    Item("invoice", "开票信息", _("开票信息"), fields=("invoice_title", "bank_name", "bank_account")),
    Item("contact", "联系人", _("联系人"), count=CONTACTS),
    Item("primary", "主要联系人", _("主要联系人"), count=PRIMARY),
    Item("team", "客户团队", _("完整的客户团队")),
    Item("custom", "必填的自定义字段", _("必填的自定义字段")),
    Item("equipment", "在用设备", _("在用设备"), count=EQUIPMENT),
    Item("wallet", "采购份额", _("采购份额"), count=WALLET),
)
BY_WORD: Final = {item.word: item for item in ITEMS}
LIFECYCLE_WORDS: Final[Mapping[str, str]] = {
    "potential": "潜在",
    "qualified": "合格",
    "developing": "开发中",
    "active": "合作中",
    "dormant": "休眠",
    "lost": "流失",
}
ABC_WORDS: Final[Mapping[str, str]] = {"A": "A 类", "B": "B 类", "C": "C 类", "": "未分类"}
"""The words of the table; the table is written in them whatever language a reader uses."""

Needs = Callable[[str, str, bool], Mapping[str, int]]
"""Lifecycle, ABC class, key account → item's code → weight."""

READ: Final = (
    *("pk", "lifecycle", "abc_class", "is_key", "owner_id", "completeness"),
    *(name for item in ITEMS for name in item.fields),
)


def needs_on(on: dt.date) -> Needs:
    """What is needed on a day, asked of the table once for each kind of account. While no table is loaded, nothing."""
    known: dict[tuple[str, str, bool], Mapping[str, int]] = {}

    def needs(lifecycle: str, abc_class: str, is_key: bool) -> Mapping[str, int]:
        kind = (lifecycle, abc_class, is_key)
        if kind not in known:
            known[kind] = _needed(*kind, on=on)
        return known[kind]

    return needs


def _needed(lifecycle: str, abc_class: str, is_key: bool, *, on: dt.date) -> Mapping[str, int]:
    values = {
        "lifecycle": LIFECYCLE_WORDS[lifecycle],
        "abc_class": ABC_WORDS[abc_class],
        "is_key": is_key,
    }
    try:
        outputs = decide(TABLE, values=values, on=on).outputs
    except CannotDecide:
        return {}
    found: dict[str, int] = {}
    for output in outputs:
        item = BY_WORD.get(str(output.get("item") or ""))
        weight = int(output.get("weight") or 0)  # type: ignore[arg-type]
        if item is not None and weight > 0:
            found[item.code] = max(weight, found.get(item.code, 0))
    return found


@dataclass(frozen=True, slots=True)
class Held:
    """What the tables around accounts hold of them, read for many at once."""

    counts: Mapping[int, Mapping[str, int]]
    teams: Mapping[int, Sequence[tuple[int, str]]]
    required: frozenset[int]
    customs: Mapping[int, frozenset[int]]

    def count(self, account_id: int, item: str) -> int:
        """How many of something an account has."""
        return self.counts.get(account_id, {}).get(item, 0)


def held(account_ids: Iterable[int]) -> Held:
    """Counts, teams and required custom fields of accounts; four queries."""
    ids = list(account_ids)
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    for account_id, item, count in ArchiveCount.objects.filter(account_id__in=ids).values_list(
        "account_id", "item", "count"
    ):
        counts[account_id][item] = count
    teams: dict[int, list[tuple[int, str]]] = defaultdict(list)
    rows = TeamMember.objects.filter(account_id__in=ids).values_list("account_id", "person_id", "role")
    for account_id, person_id, role in rows:
        teams[account_id].append((person_id, role))
    required = frozenset(
        CustomField.objects.filter(
            record_kind=RecordKind.ACCOUNT, required=True, retired_at=None
        ).values_list("pk", flat=True)
    )
    customs: dict[int, set[int]] = defaultdict(set)
    if required:
        found = CustomValue.objects.filter(field_id__in=required, record_id__in=ids)
        for record_id, field_id in found.values_list("record_id", "field_id").distinct():
            customs[record_id].add(field_id)
    return Held(counts, teams, required, {pk: frozenset(fields) for pk, fields in customs.items()})


def lacking(row: Mapping[str, Any], needed: Mapping[str, int], holds: Held) -> list[Item]:
    """The needed items an account lacks, the weightiest first. `row` has the columns of `READ`."""
    missing = [item for item in ITEMS if item.code in needed and not _filled(item, row, holds)]
    return sorted(missing, key=lambda item: -needed[item.code])


def _filled(item: Item, row: Mapping[str, Any], holds: Held) -> bool:
    pk = row["pk"]
    if item.fields:
        return all(row[name] not in (None, "") for name in item.fields)
    if item.count:
        return holds.count(pk, item.count) > 0
    if item.code == "owner":
        return row["owner_id"] is not None
    if item.code == "custom":
        return holds.required <= holds.customs.get(pk, frozenset())
    pairs = list(holds.teams.get(pk, ()))
    if row["owner_id"] is not None:
        pairs.append((row["owner_id"], "manager"))
    return not warnings(pairs)


def percent(needed: Mapping[str, int], missing: Iterable[Item]) -> int:
    """How complete, from 0 to 100, rounded down; an archive that needs nothing is complete."""
    total = sum(needed.values())
    return 100 if not total else (total - sum(needed[item.code] for item in missing)) * 100 // total


@dataclass(frozen=True, slots=True)
class Completeness:
    """The meter of one account: percent, how many items are filled of how many, and the missing ones with weights."""

    percent: int
    known: int
    needed: int
    missing: tuple[tuple[Item, int], ...]


def completeness(account: Account, *, on: dt.date, viewer: Viewer) -> Completeness:
    """The meter of an account the viewer has open; items behind `accounts.money` count, but are named only to those
    who may see them. Five queries."""
    row = {name: account.pk if name == "pk" else getattr(account, name) for name in READ}
    needed = needs_on(on)(account.lifecycle, account.abc_class, account.is_key)
    missing = lacking(row, needed, held([account.pk]))
    money = viewer.may("accounts.money")
    told = tuple((item, needed[item.code]) for item in missing if money or item.code != "invoice")
    return Completeness(percent(needed, missing), len(needed) - len(missing), len(needed), told)
