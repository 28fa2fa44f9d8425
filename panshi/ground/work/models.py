"""Tables of background work: the jobs themselves, and when each scheduled job last fell due."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from panshi.ground.base.gate import AdminOnly, Gate, GatedModel, GatedQuerySet, OwnRows


class JobState(models.TextChoices):
    """Where a job stands."""

    WAITING = "waiting", _("排队中")
    RUNNING = "running", _("进行中")
    DONE = "done", _("已完成")
    FAILED = "failed", _("失败")
    CANCELLED = "cancelled", _("已取消")


class JobQuerySet(GatedQuerySet["Job"]):
    """Jobs by state."""

    def open(self) -> Self:
        """Those that wait or run."""
        return self.filter(state__in=[JobState.WAITING, JobState.RUNNING])


class Job(GatedModel):
    """One piece of background work, written in the transaction of the business that wants it.

    `lease_until` and `worker` say who runs it; a lease that ran out is taken over, so a killed process loses nothing.
    `attempts` counts every start and is the fence: a worker whose number is no longer the row's has lost the job.
    `failures` counts those that ended in an error. `done` of `total` is the progress, `result` what a page shows at the
    end, `error` a sentence for the person.
    """

    gate: ClassVar[Gate] = OwnRows("asked_by_id", permission="work.view")

    kind = models.CharField(max_length=60)
    arguments = models.JSONField(default=dict)
    state = models.CharField(max_length=12, choices=JobState, default=JobState.WAITING)
    asked_by_id = models.BigIntegerField(null=True)
    asked_at = models.DateTimeField()
    not_before = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    worker = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    failures = models.PositiveSmallIntegerField(default=0)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    step = models.CharField(max_length=200, blank=True)
    cancel_asked = models.BooleanField(default=False)
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True)

    objects: ClassVar[Any] = JobQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["state", "not_before"], name="job_open", condition=Q(state__in=["waiting", "running"])
            ),
            models.Index(fields=["asked_by_id", "-id"], name="job_of_person"),
        ]

    @property
    def is_open(self) -> bool:
        """Whether it still waits or runs."""
        return self.state in {JobState.WAITING, JobState.RUNNING}

    @property
    def percent(self) -> int | None:
        """Progress from 0 to 100, None while the amount of work is unknown."""
        return min(100, self.done * 100 // self.total) if self.total else None


class Due(GatedModel):
    """When a scheduled kind of job last fell due; moving it on is what only one work process can do."""

    gate: ClassVar[Gate] = AdminOnly("work.view")

    kind = models.CharField(max_length=60, primary_key=True)
    at = models.DateTimeField()


class Pulse(GatedModel):
    """A sign of life of one work process: when it began and when it was last seen at its duties."""

    gate: ClassVar[Gate] = AdminOnly("work.view")

    name = models.CharField(max_length=80, primary_key=True)
    threads = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()


class Export(GatedModel):
    """A list or paper that leaves as a file, made in the background for the person who asked.

    `source` writes its rows from `arguments` (JSON text: which list, its address, its columns), which may hold what a
    person searched for and are emptied with the file. How far it is stands on the job.
    """

    gate: ClassVar[Gate] = OwnRows("asked_by_id")

    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=40)
    title = models.CharField(max_length=120)
    form = models.CharField(max_length=4)
    arguments = models.TextField()
    asked_by_id = models.BigIntegerField()
    asked_at = models.DateTimeField()
    rows = models.PositiveBigIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0)
    file = models.CharField(max_length=200, blank=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["asked_by_id", "-id"], name="export_of_person")]
        constraints = [
            models.CheckConstraint(condition=Q(form__in=["csv", "xlsx", "pdf"]), name="export_form_is_known")
        ]


class BulkState(models.TextChoices):
    """Where an act on many records stands."""

    DRAFT = "draft", _("待确认")
    RUNNING = "running", _("进行中")
    DONE = "done", _("已完成")
    FAILED = "failed", _("失败")
    UNDONE = "undone", _("已撤销")


class Bulk(GatedModel):
    """One act on many records of a list: which were picked, what was asked for, what came of each.

    `keys`, `arguments` and `outcome` are JSON text: the keys in the order of the list, what the form said, and what was
    done, what was not and why, and what undoing needs.
    """

    gate: ClassVar[Gate] = OwnRows("asked_by_id")

    runner = models.CharField(max_length=40)
    listed = models.CharField(max_length=60)
    act = models.CharField(max_length=40)
    state = models.CharField(max_length=8, choices=BulkState, default=BulkState.DRAFT)
    keys = models.TextField()
    arguments = models.TextField(default="{}")
    outcome = models.TextField(default="{}")
    back = models.TextField(blank=True)
    job = models.OneToOneField(Job, null=True, on_delete=models.PROTECT, related_name="+")
    asked_by_id = models.BigIntegerField()
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["state", "asked_at"], name="bulk_by_state")]
