"""What stands in the left rail, the phone's bottom bar and the create menu, in the order of a key account's life.

A system adds its entries here; an entry appears when its page exists and the person holds the permission it names.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from panshi.calc.pinyin import initials, pinyin
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.permissions import BY_CODE


@dataclass(frozen=True, slots=True)
class Entry:
    """One page to go to: its words, its URL name, the permission it needs ("" for everybody signed in)."""

    label: Promise
    url_name: str
    permission: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """One system in the rail: the URL namespaces (`areas`) that belong to it, whether the phone's bar shows it, and
    under which words where they are not its own."""

    label: Promise
    areas: tuple[str, ...]
    entries: tuple[Entry, ...]
    icon: str
    on_phone: bool = False
    phone_label: Promise | str = ""


GROUPS: Final = (
    Group(
        _("工作台"),
        ("workbench", "exports"),
        (
            Entry(_("工作台"), "workbench:home"),
            Entry(_("我的导出"), "exports:list"),
        ),
        icon="home",
        on_phone=True,
    ),
    Group(
        _("客户"),
        ("accounts", "people", "ledger", "imports"),
        (
            Entry(_("档案"), "accounts:list", "accounts.view"),
            Entry(_("公海"), "accounts:pools", "accounts.claim"),
            Entry(_("在用设备"), "accounts:equipment", "accounts.view"),
            Entry(_("钱包份额"), "accounts:wallets", "ledger.view"),
            Entry(_("联系人"), "people:list", "people.view"),
            Entry(_("跟进记录"), "people:log", "people.view"),
            Entry(_("交易台账"), "ledger:list", "ledger.import"),
            Entry(_("大客户类别建议"), "accounts:class_proposals", "accounts.assign"),
            Entry(_("异动说明"), "accounts:variances", "ledger.view"),
            Entry(_("销售收款是否平衡"), "accounts:balances", "ledger.view"),
            Entry(_("流失建议"), "accounts:proposals", "accounts.edit"),
            Entry(_("合并记录"), "accounts:merges", "accounts.merge"),
        ),
        icon="building",
        on_phone=True,
    ),
    Group(
        _("分析"),
        ("analytics",),
        (Entry(_("ABC 分析"), "analytics:abc", "analysis.view"),),
        icon="chart-bar",
        on_phone=True,
    ),
    Group(
        _("流程"),
        ("workflow",),
        (
            Entry(_("待办"), "workflow:inbox"),
            Entry(_("已办"), "workflow:done"),
            Entry(_("我发起的"), "workflow:mine"),
            Entry(_("抄送"), "workflow:copied"),
            Entry(_("全部申请"), "workflow:overseen", "processes.view"),
            Entry(_("我的代理人"), "workflow:substitutes"),
            Entry(_("流程统计"), "workflow:statistics", "processes.view"),
            Entry(_("管理员队列"), "workflow:queue", "processes.manage"),
            Entry(_("流程定义"), "workflow:definitions", "processes.manage"),
        ),
        icon="checklist",
        on_phone=True,
        phone_label=_("待办"),
    ),
    Group(
        _("设置"),
        ("identity", "settings", "rules", "work", "audit"),
        (
            Entry(_("人员"), "identity:people", "identity.manage"),
            Entry(_("组织"), "identity:units", "identity.manage"),
            Entry(_("角色"), "identity:roles", "identity.manage"),
            Entry(_("决策表"), "rules:list", "rules.manage"),
            Entry(_("系统设置"), "settings:home", "settings.manage"),
            Entry(_("后台任务"), "work:list", "work.view"),
            Entry(_("接口令牌"), "identity:all_tokens", "api.manage"),
            Entry(_("发件箱"), "notices:outbox", "settings.manage"),
            Entry(_("审计记录"), "audit:list", "audit.view"),
        ),
        icon="settings",
    ),
)

CREATE: Final = (
    Entry(_("发起申请"), "workflow:start", icon="send"),
    Entry(_("新建客户"), "accounts:create", "accounts.create", icon="building"),
    Entry(_("导入数据"), "imports:upload", "accounts.import", icon="table-import"),
    Entry(_("导入交易台账"), "ledger:upload", "ledger.import", icon="database-import"),
)


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as the page shows it; `words` are what the command box finds it by: label, pinyin and initials."""

    label: str
    url: str
    view_name: str
    icon: str
    words: str


@dataclass(frozen=True, slots=True)
class Section:
    """A group as the page shows it: the first link is where its name leads."""

    label: str
    icon: str
    areas: tuple[str, ...]
    links: tuple[Link, ...]
    on_phone: bool
    phone_label: str

    def holds(self, view_name: str) -> bool:
        """Whether a page belongs to this system."""
        return view_name.partition(":")[0] in self.areas or any(
            link.view_name == view_name for link in self.links
        )


@dataclass(frozen=True, slots=True)
class Navigation:
    """Everything a person may go to, and where they are."""

    sections: tuple[Section, ...]
    create: tuple[Link, ...]
    at: str

    @property
    def phone(self) -> tuple[Section, ...]:
        """The sections of the phone's bottom bar; everything else is behind 更多."""
        return tuple(section for section in self.sections if section.on_phone)[:4]


def navigation(request: HttpRequest) -> Navigation:
    """What the person of this request may go to."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    held = frozenset(code for code in BY_CODE if viewer.may(code))
    sections, create = _visible(held, get_language() or "")
    match = request.resolver_match
    return Navigation(sections, create, match.view_name if match else "")


@lru_cache(maxsize=256)
def _visible(held: frozenset[str], language: str) -> tuple[tuple[Section, ...], tuple[Link, ...]]:
    """The rail for a set of permissions in a language; a company has few such sets, so each is made once."""
    sections = []
    for group in GROUPS:
        links = tuple(_links(group.entries, held))
        if links:
            sections.append(
                Section(
                    str(group.label),
                    group.icon,
                    group.areas,
                    links,
                    group.on_phone,
                    str(group.phone_label or group.label),
                )
            )
    return tuple(sections), tuple(_links(CREATE, held))


def _links(entries: tuple[Entry, ...], held: frozenset[str]) -> Iterator[Link]:
    for entry in entries:
        if entry.permission and entry.permission not in held:
            continue
        try:
            url = reverse(entry.url_name)
        except NoReverseMatch:  # a system that is not installed has no place in the rail
            continue
        label = str(entry.label)
        yield Link(label, url, entry.url_name, entry.icon, f"{label} {pinyin(label)} {initials(label)}")
