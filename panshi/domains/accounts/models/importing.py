"""One import of accounts from a file: what was uploaded, how its columns are read, and what came of it."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from panshi.ground.base.gate import Gate, GatedModel, OwnRows


class ImportMode(models.TextChoices):
    """What may happen to rows: new accounts, known ones, or both."""

    CREATE = "create", _("只新建")
    UPDATE = "update", _("只更新")
    BOTH = "both", _("新建并更新")


class ImportState(models.TextChoices):
    """Where an import stands."""

    UPLOADED = "uploaded", _("待确认")
    WAITING = "waiting", _("排队中")
    DONE = "done", _("已完成")
    FAILED = "failed", _("失败")


class ImportBatch(GatedModel):
    """One uploaded file. `mapping` gives each field the position of its column; `duplicate_reason` says why rows that
    look like known accounts are taken all the same ("" rejects them). The counts are written with the rows, in one
    transaction: a batch that is done is never applied again."""

    gate: ClassVar[Gate] = OwnRows("by_id", permission="accounts.import")

    by_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=ImportState, default=ImportState.UPLOADED)
    file_name = models.CharField(max_length=200)
    path = models.CharField(max_length=200)
    headings = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    mode = models.CharField(max_length=8, choices=ImportMode, default=ImportMode.BOTH)
    duplicate_reason = models.CharField(max_length=200, blank=True)
    job_id = models.BigIntegerField(null=True)
    finished_at = models.DateTimeField(null=True)
    rows = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=400, blank=True)
    error_path = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["by_id", "-id"], name="import_of_person")]
