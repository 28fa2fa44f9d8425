"""What people did to a request, in order: its story. Also copies for information and how form values changed."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from panshi.ground.base.gate import Gate, GatedModel, GatedQuerySet, OwnRows, Parties
from panshi.ground.identity.models import Person
from panshi.workflow.models.requests import Request
from panshi.workflow.models.tasks import Task


class ActKind(models.TextChoices):
    """What was done."""

    STARTED = "started", _("提交申请")
    APPROVED = "approved", _("同意")
    REJECTED = "rejected", _("驳回")
    SENT_BACK = "sent_back", _("退回")
    RESUBMITTED = "resubmitted", _("重新提交")
    WITHDRAWN = "withdrawn", _("撤回")
    DELEGATED = "delegated", _("转交")
    ADDED_BEFORE = "added_before", _("前加签")
    ADDED_AFTER = "added_after", _("后加签")
    CLAIMED = "claimed", _("领取")
    RELEASED = "released", _("放回")
    URGED = "urged", _("催办")
    COPIED = "copied", _("抄送")
    COMMENTED = "commented", _("评论")
    ASSIGNED = "assigned", _("指派处理人")
    QUEUED = "queued", _("无人可办，转管理员")
    REPEAT_PASSED = "repeat_passed", _("前面已同意，自动通过")
    KEPT = "kept", _("沿用原意见")
    ESCALATED = "escalated", _("超时升级")
    REMINDED = "reminded", _("超时提醒")
    TIMED_OUT = "timed_out", _("到期")
    PERFORMED = "performed", _("自动执行")
    DECIDED = "decided", _("决定生效")
    REFUSED = "refused", _("决定被退回")
    REPEATED = "repeated", _("重新执行决定")
    STUCK = "stuck", _("流程停滞")
    CHOSEN = "chosen", _("选择路线")
    ENDED = "ended", _("流程结束")
    CANCELLED = "cancelled", _("终止")
    MOVED = "moved", _("换到新版本")


HANDLED = (
    ActKind.APPROVED,
    ActKind.REJECTED,
    ActKind.SENT_BACK,
    ActKind.DELEGATED,
    ActKind.REPEATED,
    ActKind.RESUBMITTED,
)
"""Acts that put a task on its person's list of handled ones."""


class ActQuerySet(GatedQuerySet["Act"]):
    """Acts by person."""

    def handled_by(self, person_id: int) -> Self:
        """What a person decided or handed on, also in somebody's place."""
        return self.filter(person_id=person_id, handled=True)


class Act(GatedModel):
    """One line of a request's story: who did what at which node, for whom, with which words. Only ever added."""

    gate: ClassVar[Gate] = Parties(path="request", permission="processes.view")

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="acts")
    task = models.ForeignKey(Task, null=True, on_delete=models.PROTECT, related_name="acts")
    kind = models.CharField(max_length=14, choices=ActKind)
    handled = models.BooleanField(default=False)
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    acted_for = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    target = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    node = models.CharField(max_length=80, blank=True)
    node_name = models.CharField(max_length=120, blank=True)
    to_name = models.CharField(max_length=120, blank=True)
    cycle = models.PositiveSmallIntegerField(default=1)
    text = models.TextField(blank=True)
    at = models.DateTimeField()

    objects: ClassVar[Any] = ActQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["request", "id"], name="act_of_request"),
            models.Index(fields=["person", "at", "id"], name="act_handled", condition=Q(handled=True)),
        ]


class Copy(GatedModel):
    """A request sent to somebody for information."""

    gate: ClassVar[Gate] = OwnRows("person_id")

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="copies")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    by_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "person"], name="request_copy_once")]
        indexes = [
            models.Index(fields=["person", "at", "id"], name="copy_of_person"),
            models.Index(fields=["person"], name="copy_unread", condition=Q(read_at=None)),
        ]


class ValueChange(GatedModel):
    """One field of a request's form before and after an act."""

    gate: ClassVar[Gate] = Parties(path="request", permission="processes.view")

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="changes")
    act = models.ForeignKey(Act, on_delete=models.PROTECT, related_name="changes")
    field = models.CharField(max_length=60)
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
