"""The clock's rows: what falls due for a request, each fired once however long nobody looked."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from panshi.ground.base.gate import Gate, GatedModel, GatedQuerySet, Parties
from panshi.workflow.models.requests import Request
from panshi.workflow.models.tasks import Task


class TimerKind(models.TextChoices):
    """What falls due: a timer or deadline of the drawing, a reminder before a task's deadline, the deadline itself."""

    TIMER = "timer", _("等待")
    DEADLINE = "deadline", _("期限")
    REMIND = "remind", _("到期前提醒")
    OVERDUE = "overdue", _("任务到期")


class TimerQuerySet(GatedQuerySet["Timer"]):
    """Timers by state."""

    def due(self, at: Any) -> Self:
        """Those to fire by now."""
        return self.filter(open=True, due_at__lte=at)


class Timer(GatedModel):
    """One moment a request waits for. `waiting` is the engine's place for timers of the drawing; `number` counts
    reminders after a deadline."""

    gate: ClassVar[Gate] = Parties(path="request", permission="processes.view")

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="timers")
    task = models.ForeignKey(Task, null=True, on_delete=models.PROTECT, related_name="timers")
    kind = models.CharField(max_length=8, choices=TimerKind)
    node = models.CharField(max_length=80)
    waiting = models.CharField(max_length=80, blank=True)
    number = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    provisional = models.BooleanField(default=False)
    open = models.BooleanField(default=True)
    fired_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = TimerQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], name="timer_due", condition=Q(open=True)),
            models.Index(fields=["request"], name="timer_of_request", condition=Q(open=True)),
        ]
