"""What makes going back possible: who is returned to, and which actions were already performed and with what result."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from panshi.ground.base.gate import Gate, GatedModel, Parties
from panshi.workflow.models.requests import Request
from panshi.workflow.models.tasks import Task


class Return(GatedModel):
    """A request was sent back from `task` at `node`, to the node `to_node` or to its applicant (""), and comes straight
    back to the sender when it has been put right: agreement given between in `cycle` or before is kept."""

    gate: ClassVar[Gate] = Parties(path="request", permission="processes.view")

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="returns")
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="+")
    node = models.CharField(max_length=80)
    to_node = models.CharField(max_length=80, blank=True)
    cycle = models.PositiveSmallIntegerField()
    straight = models.BooleanField(default=True)
    open = models.BooleanField(default=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["request"], name="return_open", condition=Q(open=True))]


class Performed(GatedModel):
    """An action of a node that was performed: its result is used again when the way is gone a second time, so that
    nothing is done twice; within one cycle a loop of the drawing performs it again."""

    gate: ClassVar[Gate] = Parties(path="request", permission="processes.view")

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="+")
    node = models.CharField(max_length=80)
    action = models.CharField(max_length=60)
    result = models.TextField(default="{}")
    cycle = models.PositiveSmallIntegerField(default=1)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "node"], name="request_action_once")]
