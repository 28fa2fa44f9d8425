"""Customer files as one kind of import."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from panshi.domains.accounts.models import ImportMode
from panshi.domains.accounts.reports.imports.checking import check_rows
from panshi.domains.accounts.reports.imports.columns import HEADINGS, import_fields
from panshi.domains.accounts.reports.imports.kinds import Reading
from panshi.ground.settings.models import RecordKind


def _demand(mapping: Mapping[str, int], mode: str) -> str:
    """New accounts need a name, known ones are found by code or social credit code."""
    if mode != ImportMode.UPDATE and "name" not in mapping:
        return _("新建客户需要“客户名称”一列。")
    if mode != ImportMode.CREATE and not {"code", "uscc"} & set(mapping):
        return _("更新客户需要“客户编号”或“统一社会信用代码”一列。")
    return ""


ACCOUNTS: Final = Reading(
    name="accounts",
    label=gettext_lazy("客户"),
    hint=gettext_lazy("按客户编号或统一社会信用代码更新已有客户，其余新建；重名、同电话的逐行提示。"),
    permissions=("accounts.import",),
    headings=HEADINGS,
    fields=import_fields,
    custom=RecordKind.ACCOUNT,
    demand=_demand,
    check=check_rows,
    doubles=True,
)
