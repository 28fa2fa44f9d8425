"""Dictionaries 字典: lists of choices that people administer, and their values."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from panshi.ground.base.fields import ByteOrderedField
from panshi.ground.base.gate import Everyone, Gate
from panshi.ground.base.models import VersionedModel


class Dictionary(VersionedModel):
    """One list of choices. `system` ones are shipped because the product itself offers their values somewhere."""

    gate: ClassVar[Gate] = Everyone()

    code = ByteOrderedField(max_length=40, unique=True)
    label = models.CharField(max_length=60)
    label_en = models.CharField(max_length=60, blank=True)
    about = models.CharField(max_length=200, blank=True)
    system = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(label="") & ~Q(code=""), name="dictionary_has_code_and_label")
        ]


class DictionaryValue(VersionedModel):
    """One choice. A retired one stays on the records that hold it and is not offered anew."""

    gate: ClassVar[Gate] = Everyone()

    dictionary = models.ForeignKey(Dictionary, on_delete=models.PROTECT, related_name="entries")
    code = ByteOrderedField(max_length=40)
    label = models.CharField(max_length=60)
    label_en = models.CharField(max_length=60, blank=True)
    position = models.PositiveIntegerField()
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dictionary", "code"], name="dictionary_code_once"),
            models.UniqueConstraint(fields=["dictionary", "label"], name="dictionary_label_once"),
            models.CheckConstraint(
                condition=~Q(label="") & ~Q(code=""), name="dictionary_value_has_code_and_label"
            ),
        ]
        indexes = [models.Index(fields=["dictionary", "position", "id"], name="dictionary_in_order")]
