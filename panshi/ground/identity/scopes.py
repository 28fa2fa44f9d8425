"""What a token may be made for: each scope opens some operations of the API with some of its person's permissions.

A token acts as its person: it holds a permission only if the person holds it now and one of its scopes names it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from panshi.ground.base.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Scope:
    """One thing a token may do, in words, and the permissions it lets through."""

    code: str
    label: Promise
    permissions: frozenset[str]


def _scope(code: str, label: Promise, *permissions: str) -> Scope:
    return Scope(code, label, frozenset(permissions))


SCOPES: Final = (
    _scope("accounts:read", _("读取客户"), "accounts.view"),
    _scope(
        *("accounts:write", _("新建和修改客户")),
        *("accounts.view", "accounts.create", "accounts.edit", "accounts.assign"),
    ),
    _scope("money", _("开票与银行信息（与客户的读写一起用）"), "accounts.money"),
    _scope("contacts:read", _("读取联系人"), "accounts.view", "people.view"),
    _scope("contacts:write", _("新建和修改联系人"), "accounts.view", "people.view", "people.edit"),
    _scope("log:read", _("读取跟进记录"), "accounts.view", "people.view"),
    _scope(
        "log:write", _("写和作废跟进记录"), "accounts.view", "people.view", "people.edit", "accounts.edit"
    ),
    _scope("ledger:read", _("读取台账批次和客户的销售"), "accounts.view", "ledger.view", "ledger.import"),
    _scope(
        *("ledger:write", _("导入和撤销台账批次")),
        *("accounts.view", "accounts.create", "ledger.view", "ledger.import"),
    ),
    _scope(
        *("classifications:read", _("读取 ABC 分析和分类")),
        *("accounts.view", "analysis.view", "analysis.company"),
    ),
    _scope(
        *("classifications:write", _("发起 ABC 分析")),
        *("accounts.view", "analysis.view", "analysis.company"),
    ),
    _scope("files:read", _("读取文件"), "accounts.view", "people.view"),
    _scope(
        *("files:write", _("上传文件")),
        *("accounts.view", "people.view", "accounts.edit", "people.edit"),
    ),
    _scope(
        *("events:read", _("读取事件")),
        *("accounts.view", "people.view", "ledger.view", "ledger.import", "analysis.view", "accounts.money"),
        *("accounts.import", "audit.view", "pools.manage", "settings.manage", "rules.manage"),
    ),
)
BY_CODE: Final = {scope.code: scope for scope in SCOPES}


def narrowed(viewer: Viewer, codes: Iterable[str]) -> Viewer:
    """The viewer with nothing beyond what these scopes let through; a scope that no longer exists opens nothing."""
    allowed = frozenset[str]().union(*(BY_CODE[code].permissions for code in codes if code in BY_CODE))
    spans = {code: span for code, span in viewer.spans.items() if code in allowed}
    return Viewer(person_id=viewer.person_id, spans=MappingProxyType(spans), seats=viewer.seats)
