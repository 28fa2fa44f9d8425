"""What every kind of event is called: in the audit trail, and in a timeline where no sentence says more."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

KINDS: Final[Mapping[str, Promise]] = {
    "accounts.created": _("建立客户档案"),
    "accounts.changed": _("修改客户档案"),
    "accounts.money_changed": _("修改开票与银行信息"),
    "accounts.placed": _("变更集团关系"),
    "accounts.assigned": _("变更负责人"),
    "accounts.member_added": _("加入客户团队"),
    "accounts.member_removed": _("离开客户团队"),
    "accounts.lifecycle_changed": _("变更生命周期"),
    "accounts.abc_recorded": _("记录 ABC 分类"),
    "accounts.sales_recorded": _("更新客户销售数据"),
    "accounts.imported": _("导入客户"),
    "people.contact_added": _("添加联系人"),
    "people.contact_changed": _("修改联系人"),
    "people.contact_left": _("联系人离职"),
    "people.contact_returned": _("联系人恢复在职"),
    "people.logged": _("写跟进"),
    "people.log_voided": _("作废一条跟进"),
    "ledger.batch_uploaded": _("上传台账文件"),
    "ledger.batch_mapped": _("对应台账的列"),
    "ledger.batch_committed": _("台账入账"),
    "ledger.batch_reverted": _("撤销台账批次"),
    "ledger.batch_discarded": _("放弃台账导入"),
    "ledger.accounts_resolved": _("处理台账中的未知客户"),
    "analytics.abc_recorded": _("将 ABC 分析记入档案"),
    "identity.person_created": _("新建人员"),
    "identity.person_changed": _("修改人员"),
    "identity.person_deactivated": _("停用人员"),
    "identity.person_reactivated": _("重新启用人员"),
    "identity.password_set": _("修改密码"),
    "identity.password_reset": _("重设密码"),
    "identity.unit_created": _("新建组织"),
    "identity.unit_changed": _("修改组织"),
    "identity.role_given": _("授予角色"),
    "identity.role_ended": _("结束角色"),
    "identity.signed_in": _("登录"),
    "identity.signed_out": _("退出登录"),
    "identity.sign_in_failed": _("登录失败"),
    "identity.session_ended": _("结束会话"),
    "identity.second_factor_changed": _("变更两步验证"),
    "audit.exported": _("导出列表"),
}


def kind_words(kind: str) -> str:
    """A kind in words; one that no longer exists shows its name."""
    return str(KINDS.get(kind, kind))
