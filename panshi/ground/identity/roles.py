"""The roles of a key account department (spec: who uses it) as data: what each may do and how far it reaches.

A person holds roles in units; a role's reach is measured from that unit. Changing a grant here changes it everywhere.
"""

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from panshi.ground.base.viewer import Reach

_READ: Final = ("accounts.view", "people.view", "ledger.view", "analysis.view")
_KEEP: Final = ("accounts.create", "accounts.edit", "people.edit")


@dataclass(frozen=True, slots=True)
class Role:
    """One role: its code, its name on screen, what it comes for, and its grants (permission → reach)."""

    code: str
    name: Promise
    purpose: Promise
    grants: dict[str, Reach]


def _grants(*parts: tuple[tuple[str, ...], Reach]) -> dict[str, Reach]:
    """Merge permission groups; the wider reach wins."""
    merged: dict[str, Reach] = {}
    for codes, reach in parts:
        for code in codes:
            merged[code] = max(reach, merged.get(code, reach))
    return merged


_LEADER = _grants(
    (
        (
            *(*_READ, *_KEEP, "accounts.assign", "accounts.import", "accounts.export", "accounts.money"),
            *("accounts.claim", "accounts.merge", "processes.view", "views.share"),
        ),
        Reach.UNIT,
    ),
)
_OWNER = _grants(((*_READ, *_KEEP, "accounts.export", "accounts.money", "accounts.claim"), Reach.OWN))
_PARTNER = _grants((("accounts.view", "people.view", "people.edit"), Reach.OWN))
_COMPANY = ("analysis.company",)

ROLES: Final = (
    Role("general_manager", _("总经理"), _("最终审批；在一屏上看全部门的数字"),
         _grants(((*_READ, "accounts.export", "processes.view", *_COMPANY), Reach.ALL))),
    Role("deputy_general_manager", _("常务副总"), _("审批大客户项目方案，主持月度检讨"),
         _grants(((*_READ, "accounts.export", "processes.view", *_COMPANY), Reach.ALL))),
    Role("sales_operations", _("销售管理部"), _("项目备案、指标与提成、导入交易台账"),
         _grants(((*_READ, *_KEEP, "accounts.assign", "accounts.import", "accounts.export", "accounts.money",
                   "accounts.claim", "accounts.merge", "pools.manage", "rules.manage", "processes.view",
                   "processes.manage", "views.share", "ledger.import", "analysis.record", "work.view", "work.manage",
                   *_COMPANY), Reach.ALL))),
    Role("key_account_director", _("大客户部经理"), _("主持大客户部：计划、检讨、指派、审批"),
         _grants((tuple(_LEADER), Reach.UNIT),
                 (("analysis.record", "ledger.import", "pools.manage", *_COMPANY), Reach.ALL))),
    Role("key_account_supervisor", _("大客户主管"), _("初审申请，带领一个团队"),
         _grants((tuple(_LEADER), Reach.UNIT))),
    Role("key_account_manager", _("大客户经理"), _("负责客户与大客户项目；拜访；报告"), dict(_OWNER)),
    Role("sales_assistant", _("销售助理"), _("准备调查、样品和文件，维护档案"),
         _grants((("accounts.view", "people.view", "ledger.view", "accounts.create", "accounts.edit", "people.edit"),
                  Reach.TEAM))),
    Role("technical_consultant", _("技术顾问"), _("方案、技术建议书、研讨会"), dict(_PARTNER)),
    Role("bid_specialist", _("投标商务"), _("投标响应、造价、封标与上传"), dict(_PARTNER)),
    Role("project_manager", _("项目经理"), _("把大客户项目或交付作为项目来管理"), dict(_PARTNER)),
    Role("service_agent", _("客服"), _("回访、投诉、调查、服务请求"),
         _grants((("accounts.view", "people.view", "people.edit"), Reach.UNIT))),
    Role("marketing", _("市场支持"), _("活动、会议、市场调研"), dict(_PARTNER)),
    Role("finance", _("财务支持"), _("预付、费用、发票、回款、信用"),
         _grants((("accounts.view", "people.view", "ledger.view", "accounts.money"), Reach.UNIT))),
    Role("legal", _("法务"), _("合同与标书评审、法律救济、条款库"), dict(_PARTNER)),
    Role("production", _("生产"), _("交期、生产订单、合同评审"), dict(_PARTNER)),
    Role("quality", _("质量"), _("投诉与纠正措施"), dict(_PARTNER)),
    Role("regional_manager", _("区域经理"), _("一个大区的客户、信用申请、市场报告"),
         _grants((tuple(_LEADER), Reach.UNIT))),
    Role("trainer", _("培训支持"), _("客户培训、内部培训与打法"), dict(_PARTNER)),
    Role("compliance", _("合规"), _("礼品登记、个人信息登记、审计；只读不改"),
         _grants(((*_READ, "accounts.money", "audit.view", "work.view", "processes.view", *_COMPANY), Reach.ALL))),
    Role("administrator", _("系统管理员"), _("组织、角色、字典、流程、集成"),
         _grants((("identity.manage", "settings.manage", "work.view", "work.manage", "audit.view", "pools.manage",
                   "rules.manage", "processes.manage", "api.manage", "views.share"), Reach.ALL))),
)  # fmt: skip
BY_CODE: Final = {role.code: role for role in ROLES}
