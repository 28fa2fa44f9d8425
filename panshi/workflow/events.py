"""Event kinds of processes, and the notices people get about them. Words people wrote stand in acts, not in events."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from panshi.ground.audit.kinds import EventKind
from panshi.ground.notices.kinds import NoticeKind

STARTED: Final = EventKind("workflow.started", ("process", "number", "version", "subjects"))
APPROVED: Final = EventKind(
    "workflow.approved", ("task_id", "node", "outcome", "acted_for_id"), permission="processes.view"
)
REJECTED: Final = EventKind(
    "workflow.rejected", ("task_id", "node", "outcome", "acted_for_id"), permission="processes.view"
)
SENT_BACK: Final = EventKind(
    "workflow.returned", ("task_id", "node", "to_node", "straight"), permission="processes.view"
)
RESUBMITTED: Final = EventKind("workflow.resubmitted", ("fields", "cycle"), permission="processes.view")
WITHDRAWN: Final = EventKind("workflow.withdrawn", ())
DELEGATED: Final = EventKind("workflow.delegated", ("task_id", "to_id"), permission="processes.view")
SIGNER_ADDED: Final = EventKind(
    "workflow.signer_added", ("task_id", "to_id", "place"), permission="processes.view"
)
CLAIMED: Final = EventKind("workflow.claimed", ("task_id", "released"), permission="processes.view")
ASSIGNED: Final = EventKind("workflow.assigned", ("task_id", "person_ids"), permission="processes.view")
URGED: Final = EventKind("workflow.urged", ("task_ids",), permission="processes.view")
COPIED: Final = EventKind("workflow.copied", ("person_ids",), permission="processes.view")
COMMENTED: Final = EventKind("workflow.commented", ("mentioned_ids",), permission="processes.view")
TIMER_FIRED: Final = EventKind(
    "workflow.timer_fired", ("timer", "node", "task_id"), permission="processes.view"
)
ESCALATED: Final = EventKind("workflow.escalated", ("task_id", "node"), permission="processes.view")
STOPPED: Final = EventKind("workflow.stopped", ("node", "reason"), permission="processes.view")
WAY_CHOSEN: Final = EventKind("workflow.way_chosen", ("node", "flow"), permission="processes.view")
DECIDED: Final = EventKind("workflow.decided", ("process", "outcome"))
DECISION_REFUSED: Final = EventKind("workflow.decision_refused", ("process",), permission="processes.view")
ENDED: Final = EventKind("workflow.ended", ("state", "outcome"))
CANCELLED: Final = EventKind("workflow.cancelled", ())
DRAFT_SAVED: Final = EventKind("workflow.draft_saved", ("process", "number"), permission="processes.manage")
DRAFT_DISCARDED: Final = EventKind(
    "workflow.draft_discarded", ("process", "number"), permission="processes.manage"
)
PUBLISHED: Final = EventKind(
    "workflow.published", ("process", "number", "shipped"), permission="processes.manage"
)
RETIRED: Final = EventKind("workflow.retired", ("process", "number"), permission="processes.manage")
SHIPPED_OFFERED: Final = EventKind(
    "workflow.shipped_offered", ("process", "number"), permission="processes.manage"
)
ABSENCE_SET: Final = EventKind(
    "workflow.absence_set",
    ("person_id", "substitute_id", "since_on", "until_on"),
    permission="processes.view",
)
ABSENCE_ENDED: Final = EventKind("workflow.absence_ended", ("person_id",), permission="processes.view")

TOLD_TASK: Final = NoticeKind("workflow.task", _("新的待办"), _("%(number)s %(title)s：请您处理“%(node)s”。"))
TOLD_URGED: Final = NoticeKind(
    "workflow.urged", _("催办"), _("%(by)s 催您处理 %(number)s %(title)s 的“%(node)s”。"), urgent=True
)
TOLD_RETURNED: Final = NoticeKind(
    "workflow.returned", _("申请被退回"), _("%(number)s %(title)s 被退回：%(remark)s")
)
TOLD_ENDED: Final = NoticeKind("workflow.ended", _("申请已结束"), _("%(number)s %(title)s：%(state)s。"))
TOLD_COPIED: Final = NoticeKind(
    "workflow.copied", _("抄送给我"), _("%(number)s %(title)s 抄送给您。"), mail=False
)
TOLD_MENTIONED: Final = NoticeKind(
    "workflow.mentioned", _("提到我"), _("%(by)s 在 %(number)s %(title)s 中提到您：%(text)s")
)
TOLD_DUE: Final = NoticeKind(
    "workflow.due_soon", _("待办即将到期"), _("%(number)s %(title)s 的“%(node)s”将于 %(due)s 到期。")
)
TOLD_OVERDUE: Final = NoticeKind(
    "workflow.overdue", _("待办已超时"), _("%(number)s %(title)s 的“%(node)s”已超过期限 %(due)s。")
)
TOLD_ESCALATED: Final = NoticeKind(
    "workflow.escalated", _("待办升级"), _("%(number)s %(title)s 的“%(node)s”超时，已转给上级。")
)
TOLD_REFUSED: Final = NoticeKind(
    "workflow.refused", _("决定未能执行"), _("%(number)s %(title)s 已通过审批，但未能执行：%(reason)s")
)
TOLD_NOBODY: Final = NoticeKind(
    "workflow.nobody",
    _("任务无人可办"),
    _("%(number)s %(title)s 的“%(node)s”找不到处理人，请指派。"),
    urgent=True,
)
TOLD_STUCK: Final = NoticeKind(
    "workflow.stuck", _("流程停滞"), _("%(number)s %(title)s 无法继续：%(reason)s"), urgent=True
)
TOLD_SHIPPED: Final = NoticeKind(
    "workflow.shipped",
    _("流程有新版本"),
    _("随系统更新的流程“%(process)s”已存为草稿，请核对后发布。"),
    mail=False,
)
