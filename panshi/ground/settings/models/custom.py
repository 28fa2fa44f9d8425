"""Custom fields 自定义字段: what a company adds to its records without code, and the typed table of their values."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from panshi.ground.base.fields import ByteOrderedField
from panshi.ground.base.gate import AdminOnly, Everyone, Gate, GatedModel
from panshi.ground.base.merging import MergeRule, OnMerge
from panshi.ground.base.models import VersionedModel
from panshi.ground.settings.models.dictionaries import Dictionary


class RecordKind(models.TextChoices):
    """What can carry custom fields."""

    ACCOUNT = "account", _("客户")
    CONTACT = "contact", _("联系人")


class FieldKind(models.TextChoices):
    """What a custom field holds; it never changes once the field exists."""

    TEXT = "text", _("文本")
    LONG = "long", _("长文本")
    NUMBER = "number", _("数字")
    MONEY = "money", _("金额")
    DAY = "day", _("日期")
    CHOICE = "choice", _("单选")
    CHOICES = "choices", _("多选")
    PERSON = "person", _("人员")
    ACCOUNT = "account", _("客户")
    YES = "yes", _("是/否")


class CustomField(VersionedModel):
    """The definition of one custom field. A retired one keeps its values and is shown nowhere.

    `permission` or one of `roles` (codes joined by commas) must be held to see a sensitive field; both empty: whoever
    sees the record. `at_creation` asks for it when a record is opened; `default` is canonical text.
    """

    gate: ClassVar[Gate] = Everyone()

    record_kind = models.CharField(max_length=12, choices=RecordKind)
    code = ByteOrderedField(max_length=40)
    kind = models.CharField(max_length=8, choices=FieldKind)
    label = models.CharField(max_length=40)
    label_en = models.CharField(max_length=60, blank=True)
    help = models.CharField(max_length=200, blank=True)
    help_en = models.CharField(max_length=200, blank=True)
    group = models.CharField(max_length=40, blank=True)
    group_en = models.CharField(max_length=60, blank=True)
    unit = models.CharField(max_length=12, blank=True)
    dictionary = models.ForeignKey(Dictionary, null=True, on_delete=models.PROTECT, related_name="fields")
    required = models.BooleanField(default=False)
    unique = models.BooleanField(default=False)
    at_creation = models.BooleanField(default=False)
    default = models.CharField(max_length=200, blank=True)
    permission = models.CharField(max_length=40, blank=True)
    roles = models.CharField(max_length=400, blank=True)
    position = models.PositiveIntegerField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record_kind", "code"], name="custom_field_code_once"),
            models.CheckConstraint(
                condition=~Q(label="") & ~Q(code=""), name="custom_field_has_code_and_label"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["choice", "choices"], dictionary__isnull=False)
                | (~Q(kind__in=["choice", "choices"]) & Q(dictionary=None)),
                name="custom_field_choices_have_a_dictionary",
            ),
            models.CheckConstraint(
                condition=Q(unique=False) | Q(kind__in=["text", "number"]), name="custom_field_unique_kinds"
            ),
        ]


class CustomValue(GatedModel):
    """One value of one record; a field of many choices has a row for each. Nothing stored means not filled in.

    `record_id` is an id without a key: ground cannot see accounts. Whoever reads values has passed the record's own
    gate first, so the table itself opens only to who manages settings. `key` is the start of a text, folded, for
    filters and order; `once` repeats it where the field is unique, so that the database holds the promise.
    """

    gate: ClassVar[Gate] = AdminOnly("settings.manage")
    on_merge: ClassVar = {
        "record_id": OnMerge(
            MergeRule.KEEP_WINNERS,
            words=_("自定义字段"),
            only=Q(field__record_kind=RecordKind.ACCOUNT),
            per=("field",),
        ),
        "ref": OnMerge(only=Q(field__kind=FieldKind.ACCOUNT)),
    }

    field = models.ForeignKey(CustomField, on_delete=models.PROTECT, related_name="entries")
    record_id = models.BigIntegerField()
    position = models.PositiveSmallIntegerField(default=0)
    text = models.TextField(blank=True)
    key = ByteOrderedField(max_length=120, blank=True)
    once = ByteOrderedField(max_length=200, blank=True)
    number = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    day = models.DateField(null=True)
    ref = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["field", "record_id", "position"], name="custom_value_once"),
            models.UniqueConstraint(
                fields=["field", "once"], condition=~Q(once=""), name="custom_value_unique"
            ),
        ]
        indexes = [
            models.Index(fields=["field", "key", "record_id"], name="custom_by_key", condition=~Q(key="")),
            models.Index(
                fields=["field", "number", "record_id"],
                name="custom_by_number",
                condition=Q(number__isnull=False),
            ),
            models.Index(
                fields=["field", "day", "record_id"], name="custom_by_day", condition=Q(day__isnull=False)
            ),
            models.Index(
                fields=["field", "ref", "record_id"], name="custom_by_ref", condition=Q(ref__isnull=False)
            ),
        ]
