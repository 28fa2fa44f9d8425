"""One import from a file, of accounts or of what hangs from them: what was uploaded, how its columns are read,
what came of it, and what each row did, so that it can be undone for a while."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from panshi.ground.base.gate import AdminOnly, Gate, GatedModel, OwnRows


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
    UNDOING = "undoing", _("撤销中")
    UNDONE = "undone", _("已撤销")


class ImportBatch(GatedModel):
    """One uploaded file. `mapping` gives each field the position of its column; `duplicate_reason` says why rows that
    look like known accounts are taken all the same ("" rejects them). The counts are written with the rows, in one
    transaction: a batch that is done is never applied again.

    `kind` says what its rows are, `source` where the file comes from (its columns are remembered for the next one),
    `choices` what the person decided about names the file uses (authors of a contact log). Until `undo_until` it can
    be undone; then `undone` rows were taken back and `kept` could not be."""

    gate: ClassVar[Gate] = OwnRows("by_id", permission="accounts.import")

    kind = models.CharField(max_length=20, default="accounts")
    source = models.CharField(max_length=60, blank=True)
    choices = models.JSONField(default=dict)
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
    undo_until = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by_id = models.BigIntegerField(null=True)
    undone = models.PositiveIntegerField(default=0)
    kept = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["by_id", "-id"], name="import_of_person")]


class ImportedRow(GatedModel):
    """What one row of an import did to one record: `created` it, or changed it from `before` to `after` (canonical
    texts by field, as JSON). `version` is the record's after that; `problem` says why an undo left it. Kept apart from
    events because the texts may be personal: they go when the time to undo is over."""

    gate: ClassVar[Gate] = AdminOnly("audit.view")

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="lines", db_index=False)
    number = models.PositiveIntegerField()
    record_id = models.BigIntegerField()
    created = models.BooleanField()
    version = models.PositiveIntegerField(default=1)
    before = models.TextField(default="{}")
    after = models.TextField(default="{}")
    problem = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["batch", "id"], name="imported_row_of_batch")]
