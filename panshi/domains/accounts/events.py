"""Kinds of events and notices of the account archive. Events hold ids, codes and field names; values are kept as
changes."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from panshi.ground.audit.kinds import EventKind
from panshi.ground.notices.kinds import NoticeKind

CREATED: Final = EventKind("accounts.created", ("code", "version", "duplicate_ids", "batch_id"))
CHANGED: Final = EventKind("accounts.changed", ("fields", "version", "duplicate_ids", "batch_id"))
MONEY_CHANGED: Final = EventKind("accounts.money_changed", ("fields", "version"), permission="accounts.money")
RESTRICTED_CHANGED: Final = EventKind(
    "accounts.restricted_changed", ("fields", "version"), permission="audit.view"
)
PLACED: Final = EventKind("accounts.placed", ("parent_id", "group_id", "version"))
ASSIGNED: Final = EventKind("accounts.assigned", ("owner_id", "unit_id", "version"))
MEMBER_ADDED: Final = EventKind("accounts.member_added", ("person_id", "role"))
MEMBER_REMOVED: Final = EventKind("accounts.member_removed", ("person_id", "role"))
MERGED: Final = EventKind(
    "accounts.merged", ("merge_id", "loser_id", "winner_id", "request", "moved", "version")
)
MERGED_AWAY: Final = EventKind(
    "accounts.merged_away", ("merge_id", "loser_id", "winner_id", "request", "moved", "version")
)
MERGE_REVERTED: Final = EventKind(
    "accounts.merge_reverted", ("merge_id", "loser_id", "winner_id", "kept", "version")
)
LIFECYCLE_PROPOSED: Final = EventKind("accounts.lifecycle_proposed", ("proposal_id", "before", "after"))
PROPOSAL_ANSWERED: Final = EventKind("accounts.proposal_answered", ("proposal_id", "answer"))
LIFECYCLE_CHANGED: Final = EventKind("accounts.lifecycle_changed", ("before", "after", "on", "version"))
ABC_RECORDED: Final = EventKind(
    "accounts.abc_recorded",
    ("analysis_id", "period_from_on", "period_to_on", "before", "after"),
    permission="analysis.view",
)
SALES_RECORDED: Final = EventKind(
    "accounts.sales_recorded", ("source", "as_of", "accounts"), permission="ledger.view"
)
IMPORTED: Final = EventKind(
    "accounts.imported",
    ("batch_id", "records", "mode", "rows", "created", "updated", "unchanged", "rejected"),
    permission="accounts.import",
)
IMPORT_UNDONE: Final = EventKind(
    "accounts.import_reverted", ("batch_id", "records", "undone", "kept"), permission="accounts.import"
)
IMPORT_REMOVED: Final = EventKind("accounts.removed", ("code", "batch_id"), permission="accounts.import")

OWNER_GIVEN: Final = NoticeKind(
    "accounts.owner_given", _("我成为客户负责人"), _("%(by)s 指派您负责客户 %(account)s")
)
OWNER_GIVEN_MANY: Final = NoticeKind(
    "accounts.owner_given_many", _("批量指派给我"), _("%(by)s 将 %(count)d 家客户指派给您负责")
)
TEAM_JOINED: Final = NoticeKind(
    "accounts.team_joined", _("我加入客户团队"), _("%(by)s 将您加入 %(account)s 的客户团队")
)
TEAMS_JOINED: Final = NoticeKind(
    "accounts.teams_joined", _("批量加入客户团队"), _("%(by)s 将您加入 %(count)d 家客户的客户团队")
)
IMPORT_DONE: Final = NoticeKind(
    "accounts.import_done",
    _("导入完成"),
    _("导入完成：新建 %(created)d，更新 %(updated)d，未变 %(unchanged)d，被拒 %(rejected)d"),
    mail=False,
)
IMPORT_FAILED: Final = NoticeKind(
    "accounts.import_failed", _("导入失败"), _("导入没有完成：%(error)s"), mail=False
)
LIFECYCLE_MOVED: Final = NoticeKind(
    "accounts.lifecycle_moved",
    _("我负责的客户按规则变更生命周期"),
    _("您负责的 %(account)s 的生命周期已按规则变更：%(reason)s"),
)
"""Raised by the rules that move accounts along their life; `reason` is the rule's sentence."""

POOLED: Final = EventKind("accounts.pooled", ("pool_id", "way", "rule_id", "from_person_id", "version"))
CLAIMED: Final = EventKind(
    "accounts.claimed",
    ("pool_id", "way", "owner_id", "unit_id", "contact_by_on", "protected_until_on", "version"),
)
CLAIM_REVERTED: Final = EventKind("accounts.claim_reverted", ("pool_id", "owner_id", "unit_id", "version"))
POOLING_REVERTED: Final = EventKind(
    "accounts.pooling_reverted", ("pool_id", "owner_id", "unit_id", "version")
)
KEY_MARKED: Final = EventKind("accounts.key_marked", ("is_key", "source", "version"))
POOL_CHANGED: Final = EventKind("accounts.pool_changed", ("fields", "version"), permission="pools.manage")
POOLS_RUN: Final = EventKind(
    "accounts.pools_run", ("on", "looked_at", "warned", "returned", "kept"), permission="pools.manage"
)
POOL_EXCEPTION_GRANTED: Final = EventKind(
    "accounts.pool_exception_granted",
    ("pool_id", "person_id", "extra", "until_on", "request_id", "number"),
    permission="pools.manage",
)

TAGGED: Final = EventKind("accounts.tagged")

POOL_DUE: Final = NoticeKind(
    "accounts.pool_due",
    _("我的客户将回到公海"),
    _("您负责的 %(count)d 家客户将回到公海，最早 %(first)s；保持联系即可保留"),
)
POOL_LAST_CALL: Final = NoticeKind(
    "accounts.pool_last_call",
    _("我的客户下一个工作日回到公海"),
    _("您负责的 %(count)d 家客户将在 %(first)s 回到公海，这是最后一次提醒"),
)
POOL_DROPPED: Final = NoticeKind(
    "accounts.pool_dropped", _("我的客户已回到公海"), _("您负责的 %(count)d 家客户已按规则回到公海")
)
POOL_TAKEN_BACK: Final = NoticeKind(
    "accounts.pool_taken_back",
    _("我的客户被退回公海"),
    _("%(by)s 将您负责的 %(account)s 退回公海：%(reason)s"),
)
POOL_ASSIGNING_UNDONE: Final = NoticeKind(
    "accounts.pool_assigning_undone",
    _("分配给我的客户被撤回公海"),
    _("%(by)s 撤销了分配给您的 %(count)d 家客户，它们回到公海"),
)
POOL_KEPT: Final = NoticeKind(
    "accounts.pool_kept",
    _("需要我重新指派的客户"),
    _("%(count)d 家客户符合回收条件，但属于重点客户、有未结事项或在保护期内，请重新指派负责人"),
)
POOL_EXCEPTION: Final = NoticeKind(
    "accounts.pool_exception",
    _("我的公海持有上限放宽"),
    _("公海“%(pool)s”准许您多持有 %(extra)d 家，至 %(until)s"),
)

CLASS_PROPOSED: Final = EventKind(
    "accounts.class_proposed", ("proposal_id", "key_class", "enters", "origin", "table_version")
)
CLASS_ANSWERED: Final = EventKind("accounts.class_answered", ("proposal_id", "key_class", "answer"))
CLASS_CHANGED: Final = EventKind(
    "accounts.class_changed",
    ("key_class", "enters", "request_id", "number", "until_on", "version"),
)
CLASS_OVERRIDE_ENDED: Final = EventKind("accounts.class_override_ended", ("key_class", "is_in", "until_on"))
CLASSES_EVALUATED: Final = EventKind(
    "accounts.classes_evaluated",
    ("on", "accounts", "proposed", "lapsed", "refused", "table_version"),
    permission="accounts.assign",
)

OWNER_TAKEN: Final = NoticeKind(
    "accounts.owner_taken",
    _("我负责的客户换了负责人"),
    _("%(account)s 的负责人由您改为 %(owner)s（申请 %(number)s）"),
)
OWNERS_TAKEN: Final = NoticeKind(
    "accounts.owners_taken",
    _("我负责的多家客户换了负责人"),
    _("您负责的 %(count)d 家客户改由 %(owner)s 负责（申请 %(number)s）"),
)
CLASS_MOVED: Final = NoticeKind(
    "accounts.class_moved",
    _("我负责的客户变更大客户类别"),
    _("您负责的 %(account)s 的大客户类别已变更：%(changes)s（申请 %(number)s）"),
)
CLASSES_PROPOSED: Final = NoticeKind(
    "accounts.classes_proposed",
    _("有新的大客户类别建议"),
    _("每夜评估提出 %(count)d 条大客户类别建议，请核对后提交审批"),
    mail=False,
)
CLASS_OVERRIDE_OVER: Final = NoticeKind(
    "accounts.class_override_over",
    _("大客户类别的例外到期"),
    _("%(account)s “%(class_name)s”的例外已于 %(until)s 到期，将重新按决策表判断"),
)

BRAND_SAVED: Final = EventKind("accounts.brand_saved", ("ours", "version"))
BRANDS_MERGED: Final = EventKind("accounts.brands_merged", ("loser_id", "moved"))
EQUIPMENT_ADDED: Final = EventKind("accounts.equipment_added", ("version",))
EQUIPMENT_CHANGED: Final = EventKind("accounts.equipment_changed", ("fields", "version"))
EQUIPMENT_REMOVED: Final = EventKind("accounts.equipment_removed", ("batch_id",))
EQUIPMENT_RETIRED: Final = EventKind("accounts.equipment_retired", ("on", "version"))
EQUIPMENT_RETURNED: Final = EventKind("accounts.equipment_returned", ("version",))
WALLET_KEPT: Final = EventKind("accounts.wallet_kept", ("year", "version"), permission="ledger.view")
WALLET_DROPPED: Final = EventKind("accounts.wallet_dropped", ("year",), permission="ledger.view")

WARRANTY_DUE: Final = NoticeKind(
    "accounts.warranty_due",
    _("我的客户有设备质保将到期"),
    _("%(account)s 的设备 %(machine)s 质保将于 %(day)s 到期"),
)
REPLACEMENT_DUE: Final = NoticeKind(
    "accounts.replacement_due",
    _("我的客户有设备将到更换日期"),
    _("%(account)s 的设备 %(machine)s 应于 %(day)s 更换"),
)

VARIANCE_ASKED: Final = EventKind(
    "accounts.variance_asked", ("note_id", "span", "period_on", "source"), permission="ledger.view"
)
VARIANCE_ANSWERED: Final = EventKind(
    "accounts.variance_answered", ("note_id", "span", "period_on", "cause"), permission="ledger.view"
)
VARIANCE_WITHDRAWN: Final = EventKind(
    "accounts.variance_withdrawn", ("note_id", "span", "period_on", "source"), permission="ledger.view"
)
VARIANCE_CORRECTED: Final = EventKind(
    "accounts.variance_corrected", ("note_id", "span", "period_on", "source"), permission="ledger.view"
)
BALANCES_RECORDED: Final = EventKind(
    "accounts.balances_recorded", ("source", "as_of", "accounts"), permission="ledger.view"
)

VARIANCE_DUE: Final = NoticeKind(
    "accounts.variance_due",
    _("我的客户有交易异动"),
    _("您负责的 %(count)d 家客户的交易偏离前期平均，请在 %(due)s 前写明原因"),
)
VARIANCE_REMINDED: Final = NoticeKind(
    "accounts.variance_reminded",
    _("异动说明的提醒"),
    _("您有 %(count)d 份异动说明待答复，最早的期限是 %(due)s"),
)
VARIANCE_LATE: Final = NoticeKind(
    "accounts.variance_late",
    _("下属的异动说明超期"),
    _("%(count)d 份异动说明超过期限仍未答复，请督促或代为说明"),
)
