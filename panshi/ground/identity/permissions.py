"""The catalogue of permissions: every code that a page, service or role may name, with its meaning in words."""

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Permission:
    """One thing a person may be allowed to do; `scoped` says whether it has a reach or is all-or-nothing."""

    code: str
    label: Promise
    scoped: bool = True


PERMISSIONS: Final = (
    Permission("accounts.view", _("查看客户")),
    Permission("accounts.create", _("新建客户")),
    Permission("accounts.edit", _("修改客户档案")),
    Permission("accounts.assign", _("指派负责人和客户团队")),
    Permission("accounts.import", _("导入客户")),
    Permission("accounts.export", _("导出客户")),
    Permission("accounts.money", _("查看开票与银行信息")),
    Permission("accounts.claim", _("从公海认领客户")),
    Permission("accounts.merge", _("申请合并客户、撤销合并")),
    Permission("pools.manage", _("管理公海和回收规则"), scoped=False),
    Permission("views.share", _("共享列表视图")),
    Permission("people.view", _("查看联系人")),
    Permission("people.edit", _("修改联系人和跟进记录")),
    Permission("ledger.view", _("查看交易台账")),
    Permission("ledger.import", _("导入交易台账"), scoped=False),
    Permission("analysis.view", _("查看分析")),
    Permission("analysis.company", _("按全公司口径计算占比和排名"), scoped=False),
    Permission("analysis.record", _("将分析结果记入客户档案"), scoped=False),
    Permission("work.view", _("查看全部后台任务"), scoped=False),
    Permission("work.manage", _("取消和重试他人的后台任务"), scoped=False),
    Permission("audit.view", _("查看审计记录"), scoped=False),
    Permission("identity.manage", _("管理人员、组织和角色"), scoped=False),
    Permission("settings.manage", _("管理系统设置"), scoped=False),
    Permission("rules.manage", _("管理决策表"), scoped=False),
    Permission("processes.view", _("查看流程统计和下属的申请")),
    Permission("processes.manage", _("设计和发布流程，处理无人接办的任务"), scoped=False),
    Permission("api.manage", _("查看和停用他人的接口令牌"), scoped=False),
)
BY_CODE: Final = {permission.code: permission for permission in PERMISSIONS}
