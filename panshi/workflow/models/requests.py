"""The request 申请: one run of a process, what it is about, who has to do with it, and the engine's state."""

import datetime as dt
from typing import Any, ClassVar, Final, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from panshi.domains.accounts.models import Account
from panshi.ground.base.fields import ByteOrderedField
from panshi.ground.base.gate import Gate, GatedModel, GatedQuerySet, Parties
from panshi.ground.base.models import VersionedModel
from panshi.ground.identity.models import Person, Unit
from panshi.workflow.models.definitions import Process, ProcessVersion

NOT_ENDED: Final = dt.datetime(9999, 12, 31, tzinfo=dt.UTC)
"""Stored where something has not ended or has no deadline: sort columns are never null."""


class RequestState(models.TextChoices):
    """Where a request stands. Returned means its applicant has to act, stuck that an administrator has to."""

    RUNNING = "running", _("审批中")
    RETURNED = "returned", _("退回修改")
    STUCK = "stuck", _("停滞")
    APPROVED = "approved", _("已通过")
    REJECTED = "rejected", _("已驳回")
    WITHDRAWN = "withdrawn", _("已撤回")
    CANCELLED = "cancelled", _("已终止")


OPEN_STATES: Final = (RequestState.RUNNING, RequestState.RETURNED, RequestState.STUCK)


class RequestQuerySet(GatedQuerySet["Request"]):
    """Requests by state and person."""

    def open(self) -> Self:
        """Those that have not ended."""
        return self.filter(state__in=OPEN_STATES)

    def of_applicant(self, person_id: int) -> Self:
        """Those a person applied for."""
        return self.filter(applicant_id=person_id)


class Request(VersionedModel):
    """One running or ended request. `definition` is the version it runs on to its end.

    `unit` is the applicant's and measures who may look on with processes.view; `place` and `owner` are those of what it
    is about, from which roles are found. `values` is the form and `facts` what the subjects said at the start, as JSON,
    amounts as text. `cycle` counts how often it was sent back, `run_cycle` is the cycle its run was begun in (again):
    older tasks are history. `remark` says why it is stuck or returned.
    """

    gate: ClassVar[Gate] = Parties(permission="processes.view")

    number = ByteOrderedField(max_length=32, unique=True)
    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="requests")
    definition = models.ForeignKey(ProcessVersion, on_delete=models.PROTECT, related_name="requests")
    title = models.CharField(_("标题"), max_length=200)
    account = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    applicant = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    place = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=RequestState, default=RequestState.RUNNING)
    values = models.TextField(default="{}")
    facts = models.TextField(default="{}")
    cycle = models.PositiveSmallIntegerField(default=1)
    run_cycle = models.PositiveSmallIntegerField(default=1)
    remark = models.TextField(blank=True)
    outcome = models.CharField(max_length=40, blank=True)
    started_at = models.DateTimeField()
    moved_at = models.DateTimeField()
    ended_at = models.DateTimeField(default=NOT_ENDED)

    objects: ClassVar[Any] = RequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=OPEN_STATES, ended_at=NOT_ENDED)
                | (~Q(state__in=OPEN_STATES) & Q(ended_at__lt=NOT_ENDED)),
                name="request_ends_with_its_state",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="request_has_a_title"),
        ]
        indexes = [
            models.Index(fields=["applicant", "started_at", "id"], name="request_of_applicant"),
            models.Index(fields=["unit", "started_at", "id"], name="request_of_unit"),
            models.Index(fields=["process", "started_at", "id"], name="request_of_process"),
            models.Index(fields=["started_at", "id"], name="request_by_start"),
            models.Index(fields=["account", "-id"], name="request_of_account"),
            models.Index(fields=["state"], name="request_stuck", condition=Q(state="stuck")),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def is_open(self) -> bool:
        """Whether it has not ended."""
        return self.state in OPEN_STATES


class RunState(GatedModel):
    """The engine's state of one request: text, because it depends on the order of its keys; apart from the request,
    because lists never want it."""

    gate: ClassVar[Gate] = Parties(path="request", permission="processes.view")

    request = models.OneToOneField(Request, on_delete=models.PROTECT, primary_key=True, related_name="run")
    state = models.TextField()


class Subject(GatedModel):
    """One record a request is about. `label` is what it was called when the request started: an approver who may not
    see the record itself reads this and the form, nothing else."""

    gate: ClassVar[Gate] = Parties(path="request", permission="processes.view")

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="subjects")
    kind = models.CharField(max_length=40)
    record_id = models.BigIntegerField()
    label = models.CharField(max_length=200)
    account = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "kind", "record_id"], name="request_subject_once")
        ]
        indexes = [
            models.Index(fields=["kind", "record_id"], name="request_about"),
            models.Index(fields=["account"], name="request_subject_account"),
        ]


class Party(GatedModel):
    """Somebody who has to do with a request and may therefore see it: a person, or a seat (role in a unit).

    Written when a request is started, a task opened, handed on or copied; never removed.
    """

    gate: ClassVar[Gate] = Parties(path="request", permission="processes.view")

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="parties")
    key = ByteOrderedField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "request"], name="request_party_once")]
