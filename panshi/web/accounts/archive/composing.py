"""Puts the archive together: cover, the sections asked for that the reader may see, and who took it out when."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from panshi.domains.accounts.models import AbcClass, Lifecycle
from panshi.domains.accounts.reports import open_account
from panshi.engines.papers import Block, Paper, Section, Words
from panshi.ground.base.refusals import NotAllowed
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.models import Unit
from panshi.ground.identity.reports import names_of
from panshi.ground.work.exports import CannotExport, register_source
from panshi.web.accounts.archive import company, dealings, installed
from panshi.web.accounts.archive.parts import Part, Reading

SOURCE: Final = "archive"
EXPORT: Final = "accounts.export"

PARTS: Final = (
    Part("company", gettext_lazy("公司情况"), company.company),
    Part("change", gettext_lazy("交易变化"), dealings.change, "ledger.view"),
    Part("state", gettext_lazy("交易现状"), dealings.state, "ledger.view"),
    Part("variance", gettext_lazy("异动说明"), dealings.variance, "ledger.view"),
    Part("terms", gettext_lazy("信用与付款条件"), company.terms),
    Part("contacts", gettext_lazy("联系人"), dealings.contacts, "people.view"),
    Part("team", gettext_lazy("客户团队"), company.people_of_ours),
    Part("log", gettext_lazy("跟进记录"), dealings.log, "people.view"),
    Part("base", gettext_lazy("在用设备"), installed.base),
    Part("wallet", gettext_lazy("钱包份额"), installed.wallet, "ledger.view"),
    Part("changes", gettext_lazy("档案变更记录"), company.changes),
    Part("files", gettext_lazy("文件清单"), company.files),
)
"""Every section in the order of the archive card."""


def open_parts(reading: Reading) -> list[Part]:
    """The sections the reader may have of this account."""
    reached = {permission: reading.reaches(permission) for permission in {part.permission for part in PARTS}}
    return [part for part in PARTS if reached[part.permission]]


def archive_paper(given: Mapping[str, Any], viewer: Viewer, at: dt.datetime) -> Paper:
    """The archive as a paper, with the rights the reader has today."""
    account = open_account(int(given["account"]), viewer=viewer)
    if account is None:
        raise CannotExport(_("客户已不在您的范围内，或已被合并。"))
    reading = Reading(account, viewer, at)
    if not reading.reaches(EXPORT):
        raise NotAllowed(_("您没有此项操作的权限。"))
    asked = set(given["parts"])
    parts = [part for part in open_parts(reading) if part.name in asked]
    who = names_of([viewer.person_id]).get(viewer.person_id or 0, "")
    when = f"{timezone.localtime(at):%Y-%m-%d %H:%M}"
    abc = str(AbcClass(account.abc_class).label) if account.abc_class else ""
    life = str(Lifecycle(account.lifecycle).label)
    return Paper(
        kind=_("客户档案"),
        title=account.name,
        subtitle=account.short_name,
        company=str(Unit.objects.visible_to(viewer).filter(parent=None).values_list("name", flat=True).first() or ""),
        language="en" if get_language() == "en" else "zh",
        cover=(
            (_("客户编号"), account.code),
            (_("类别"), " · ".join(one for one in (abc, life, _("重点客户") if account.is_key else "") if one)),
            (_("负责人"), account.owner.name if account.owner else _("无负责人")),
            (_("所属组织"), account.unit.name if account.unit else "–"),
        ),
        sections=[Section(str(part.label), part.make(reading) or _nothing()) for part in parts],
        notes=(
            (_("导出人"), who),
            (_("导出时间"), when),
            (_("范围"), _("只含导出人有权查看的内容，内部资料，请勿外传")),
        ),
        mark=f"{who} {when}",
        foot=_("%(who)s · %(when)s · 内部资料，请勿外传") % {"who": who, "when": when},
        counting=_("第 {page} 页，共 {pages} 页"),
        made_at=at,
    )  # fmt: skip


def _nothing() -> list[Block]:
    return [Words(_("没有记录。"), quiet=True)]


def register() -> None:
    """Let the background make archives."""
    register_source(SOURCE, archive_paper)
