"""Processes and their versions: what is drawn, what was published, and what a running request was started on."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from panshi.ground.base.fields import ByteOrderedField
from panshi.ground.base.gate import Everyone, Gate
from panshi.ground.base.models import EditedModel


class Process(EditedModel):
    """One process by its key. `shipped` is the digest of the shipped file it was last compared with, empty for a
    process of the company's own; a disabled process can be started by nobody."""

    gate: ClassVar[Gate] = Everyone()

    key = ByteOrderedField(_("代码"), max_length=60, unique=True)
    name = models.CharField(_("名称"), max_length=80)
    category = models.CharField(_("分类"), max_length=40, blank=True)
    description = models.TextField(_("说明"), blank=True)
    subject_kind = models.CharField(max_length=40, blank=True)
    enabled = models.BooleanField(default=True)
    shipped = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="process_has_a_name")]
        indexes = [models.Index(fields=["category", "name", "id"], name="process_by_category")]

    def __str__(self) -> str:
        return self.name


class VersionState(models.TextChoices):
    """Where a version stands."""

    DRAFT = "draft", _("草稿")
    PUBLISHED = "published", _("使用中")
    RETIRED = "retired", _("已停用")


class Source(models.TextChoices):
    """How a version was defined."""

    STEPS = "steps", _("步骤表")
    BPMN = "bpmn", _("流程图")


class ProcessVersion(EditedModel):
    """One version of a process. A published one never changes; requests finish on the version they started on.

    `steps` is the step table as JSON (empty for a drawn one), `drawing` BPMN 2.0, `form` the form as JSON, `compiled`
    the engine's text and `outline` what workflow reads of the drawing, both written at publication. JSON stands in text
    columns: the engine's state depends on the order of keys.
    """

    gate: ClassVar[Gate] = Everyone()

    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=VersionState, default=VersionState.DRAFT)
    source = models.CharField(max_length=6, choices=Source)
    steps = models.TextField(blank=True)
    drawing = models.TextField(blank=True)
    form = models.TextField(default="[]")
    compiled = models.TextField(blank=True, editable=False)
    outline = models.TextField(blank=True, editable=False)
    note = models.CharField(_("发布说明"), max_length=400, blank=True)
    shipped = models.BooleanField(default=False, editable=False)
    published_at = models.DateTimeField(null=True, editable=False)
    published_by_id = models.BigIntegerField(null=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["process", "number"], name="process_version_numbered"),
            models.UniqueConstraint(
                fields=["process"], condition=Q(state="draft"), name="process_draft_once"
            ),
            models.UniqueConstraint(
                fields=["process"], condition=Q(state="published"), name="process_published_once"
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | (~Q(compiled="") & ~Q(outline="") & ~Q(published_at=None)),
                name="process_published_whole",
            ),
        ]
