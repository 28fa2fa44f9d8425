"""Tables of files: the content once by its hash, the file that hangs from a record, its versions."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from panshi.ground.base.gate import AdminOnly, Gate, GatedModel, GatedQuerySet
from panshi.ground.base.models import EditedModel


class PreviewState(models.TextChoices):
    """Whether there is a picture of the content."""

    NONE = "none", _("没有预览")
    WAITING = "waiting", _("正在生成")
    MADE = "made", _("已生成")
    REFUSED = "refused", _("无法生成")


class Content(GatedModel):
    """Bytes, stored once however often they are attached. `orphan_since` is when the last file let go of them."""

    gate: ClassVar[Gate] = AdminOnly("settings.manage")

    sha256 = models.CharField(max_length=64, primary_key=True)
    size = models.PositiveBigIntegerField()
    type = models.CharField(max_length=12)
    preview = models.CharField(max_length=8, choices=PreviewState, default=PreviewState.NONE)
    stored_at = models.DateTimeField()
    orphan_since = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["orphan_since"], name="content_orphan", condition=~Q(orphan_since=None))
        ]


class FileQuerySet(GatedQuerySet["File"]):
    """Files by state."""

    def standing(self) -> Self:
        """Those not voided."""
        return self.filter(voided_at=None)


class File(EditedModel):
    """A file that hangs from a record, named by kind and key; `account_id` is whose record that is, without a key.

    Who may see it is the matter of the record: reports narrow by what the record's holder lets the viewer see.
    """

    gate: ClassVar[Gate] = AdminOnly("settings.manage")

    record_kind = models.CharField(max_length=40)
    record_id = models.BigIntegerField()
    account_id = models.BigIntegerField(null=True)
    name = models.CharField(_("文件名"), max_length=200)
    latest = models.PositiveIntegerField(default=1)
    confidential = models.BooleanField(_("机密"), default=False)
    voided_at = models.DateTimeField(null=True)
    voided_by_id = models.BigIntegerField(null=True)
    void_reason = models.CharField(_("作废理由"), max_length=200, blank=True)

    objects: ClassVar[Any] = FileQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="file_has_a_name"),
            models.CheckConstraint(
                condition=Q(voided_at=None) | ~Q(void_reason=""), name="voided_file_says_why"
            ),
        ]
        indexes = [
            models.Index(fields=["record_kind", "record_id", "-id"], name="file_of_record"),
            models.Index(fields=["account_id", "-id"], name="file_of_account"),
        ]


class FileVersion(GatedModel):
    """One version of a file: what was uploaded, as what, by whom; `restored_from` when an old one came back."""

    gate: ClassVar[Gate] = AdminOnly("settings.manage")

    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    content = models.ForeignKey(Content, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(_("说明"), max_length=200, blank=True)
    restored_from = models.PositiveIntegerField(null=True)
    at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["file", "number"], name="file_version_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="file_versions_count_from_one"),
        ]
