"""Tasks 任务 and the seats at them: who may act, who has, and until when."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from panshi.ground.base.fields import ByteOrderedField
from panshi.ground.base.gate import Gate, GatedModel, GatedQuerySet, Parties
from panshi.ground.identity.models import Person, Unit
from panshi.workflow.models.definitions import Process
from panshi.workflow.models.requests import NOT_ENDED, Request


class TaskKind(models.TextChoices):
    """What is asked: agreement or work of a node, a corrected request, what to do about a refused decision, or how to
    go on with a stuck request."""

    NODE = "node", _("审批")
    REVISE = "revise", _("修改后重新提交")
    REFUSED = "refused", _("处理被退回的决定")
    STUCK = "stuck", _("处理停滞的申请")


class TaskState(models.TextChoices):
    """Where a task stands. Paused: the request is with its applicant meanwhile."""

    OPEN = "open", _("待处理")
    PAUSED = "paused", _("暂停")
    DONE = "done", _("已处理")
    DROPPED = "dropped", _("已取消")


class Outcome(models.TextChoices):
    """How a task or a seat ended."""

    NONE = "", _("未处理")
    APPROVED = "approved", _("同意")
    REJECTED = "rejected", _("驳回")
    SENT_BACK = "sent_back", _("退回")
    PASSED = "passed", _("自动通过")
    RESUBMITTED = "resubmitted", _("重新提交")
    REPEATED = "repeated", _("重新执行")
    MOOT = "moot", _("无需处理")


class TaskQuerySet(GatedQuerySet["Task"]):
    """Tasks by state."""

    def open(self) -> Self:
        """Those that wait for somebody."""
        return self.filter(state=TaskState.OPEN)

    def overdue(self, at: Any) -> Self:
        """Open ones whose deadline has passed."""
        return self.open().filter(due_at__lt=at)


class Task(GatedModel):
    """What one place of the process waits for. `waiting` is the engine's id of that place, empty for our own kinds.

    `barred` is whoever may not act here although a seat is theirs (the applicant, where the definition forbids it).
    `queued` tasks have nobody and stand in the administrator's queue. `minutes` are working minutes from opening to
    closing. `why` is JSON: how each seat was found. `provisional`: the deadline was counted through a year without an
    official calendar.
    """

    gate: ClassVar[Gate] = Parties(path="request", permission="processes.view")

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="tasks")
    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=TaskKind, default=TaskKind.NODE)
    state = models.CharField(max_length=8, choices=TaskState, default=TaskState.OPEN)
    node = models.CharField(max_length=80, blank=True)
    name = models.CharField(max_length=120)
    waiting = models.CharField(max_length=80, blank=True)
    cycle = models.PositiveSmallIntegerField(default=1)
    sign = models.CharField(max_length=8, default="single")
    percent = models.PositiveSmallIntegerField(default=0)
    barred = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    claimed_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    queued = models.BooleanField(default=False)
    why = models.TextField(default="[]")
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField(default=NOT_ENDED)
    provisional = models.BooleanField(default=False)
    urged_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(default=NOT_ENDED)
    outcome = models.CharField(max_length=12, choices=Outcome, blank=True, default="")
    minutes = models.PositiveIntegerField(default=0)

    objects: ClassVar[Any] = TaskQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["open", "paused"], closed_at=NOT_ENDED)
                | Q(state__in=["done", "dropped"], closed_at__lt=NOT_ENDED),
                name="task_closes_with_its_state",
            ),
            models.UniqueConstraint(
                fields=["request", "waiting"],
                condition=Q(state__in=["open", "paused"]) & ~Q(waiting=""),
                name="task_once_for_a_waiting_place",
            ),
        ]
        indexes = [
            models.Index(fields=["request", "id"], name="task_of_request"),
            models.Index(fields=["due_at", "id"], name="task_open_by_due", condition=Q(state="open")),
            models.Index(fields=["opened_at", "id"], name="task_open_by_age", condition=Q(state="open")),
            models.Index(
                fields=["opened_at", "id"], name="task_queued", condition=Q(state="open", queued=True)
            ),
            models.Index(fields=["process", "closed_at"], name="task_of_process"),
        ]

    def __str__(self) -> str:
        return self.name


class SeatState(models.TextChoices):
    """Open: may act now. Held: waits for another signer. Voted, moot and handed on: past."""

    OPEN = "open", _("待处理")
    HELD = "held", _("等待")
    VOTED = "voted", _("已表态")
    HANDED = "handed", _("已转交")
    MOOT = "moot", _("无需处理")


class Origin(models.TextChoices):
    """Why somebody has this seat."""

    DEFINED = "defined", _("流程设定")
    DELEGATED = "delegated", _("转交")
    ADDED_BEFORE = "before", _("前加签")
    ADDED_AFTER = "after", _("后加签")
    ESCALATED = "escalated", _("超时升级")
    ASSIGNED = "assigned", _("管理员指派")


class Seat(GatedModel):
    """One voice at a task: a person, or whoever holds a role in a unit (anywhere, without a unit).

    `key` names the holder as in `viewer.keys_of`, so that an inbox is one look into one index. `parent` is the seat
    that was handed on or that asked for this signer. `voted_by` may act for `acted_for` during an absence. `due_at` is
    the task's, so that an inbox is sorted where it is found.
    """

    gate: ClassVar[Gate] = Parties(path="request", permission="processes.view")

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="+")
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="seats")
    key = ByteOrderedField(max_length=60)
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=32, blank=True)
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=SeatState, default=SeatState.OPEN)
    origin = models.CharField(max_length=10, choices=Origin, default=Origin.DEFINED)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    outcome = models.CharField(max_length=12, choices=Outcome, blank=True, default="")
    voted_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    acted_for = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    voted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, role="", unit=None) | (Q(person=None) & ~Q(role="")),
                name="seat_of_a_person_or_a_role",
            ),
            models.CheckConstraint(
                condition=~Q(state="voted") | (~Q(outcome="") & Q(voted_at__isnull=False)),
                name="seat_voted_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["key", "task"], name="seat_open", condition=Q(state="open")),
            models.Index(fields=["task"], name="seat_of_task"),
        ]
