"""The official calendar 法定节假日安排: days off and make-up working days as the State Council announced them."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from panshi.ground.base.gate import AdminOnly, Everyone, Gate, GatedModel


class DayKind(models.TextChoices):
    """What a notice makes of a day."""

    OFF = "off", _("放假")
    WORK = "work", _("调休上班")


class CalendarYear(GatedModel):
    """A year for which an administrator entered the notice; `number` counts corrections, `reason` says why."""

    gate: ClassVar[Gate] = Everyone()

    year = models.PositiveSmallIntegerField(primary_key=True)
    number = models.PositiveIntegerField(default=1)
    notice = models.CharField(max_length=200)
    at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(year__gte=2000, year__lte=2100), name="calendar_year_in_range")
        ]


class CalendarDay(GatedModel):
    """One day of an entered year that differs from the plain week."""

    gate: ClassVar[Gate] = AdminOnly("settings.manage")

    year = models.ForeignKey(CalendarYear, on_delete=models.PROTECT, related_name="days")
    on = models.DateField(unique=True)
    kind = models.CharField(max_length=4, choices=DayKind)
    name = models.CharField(max_length=40, blank=True)
