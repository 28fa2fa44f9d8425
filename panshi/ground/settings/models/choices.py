"""Number series for records, and a person's own choices."""

from typing import ClassVar

from django.db import models

from panshi.ground.base.gate import AdminOnly, Gate, GatedModel, OwnRows
from panshi.ground.identity.models import Person


class Numbering(GatedModel):
    """A series of record numbers: `prefix` and the next number, padded to `width` digits."""

    gate: ClassVar[Gate] = AdminOnly("settings.manage")

    series = models.CharField(max_length=40, primary_key=True)
    prefix = models.CharField(max_length=12, blank=True)
    width = models.PositiveSmallIntegerField(default=6)
    next_number = models.PositiveBigIntegerField(default=1)


class Preference(GatedModel):
    """One choice of one person, such as the columns of a list; `value` is JSON, validated by the page that reads it."""

    gate: ClassVar[Gate] = OwnRows("person_id")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    value = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "name"], name="preference_once")]
