"""Who stands in for whom, and the sentences people keep for their opinions."""

import datetime as dt
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from panshi.ground.base.gate import Gate, GatedModel, GatedQuerySet, OwnRows
from panshi.ground.identity.models import Person


class AbsenceQuerySet(GatedQuerySet["Absence"]):
    """Absences by day."""

    def on(self, day: dt.date) -> Self:
        """Those that count on a day."""
        return self.filter(ended_at=None, since_on__lte=day, until_on__gte=day)


class Absence(GatedModel):
    """Somebody is away and a substitute acts for them, in all processes or in those listed (keys, one a line).

    `shown` says whether the open tasks were already shown to the substitute when the absence began.
    """

    gate: ClassVar[Gate] = OwnRows("person_id", permission="identity.manage")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("请假人"))
    substitute = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("代理人")
    )
    since_on = models.DateField(_("开始日期"))
    until_on = models.DateField(_("结束日期"))
    processes = models.TextField(blank=True)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    shown = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    created_by_id = models.BigIntegerField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = AbsenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(until_on__gte=F("since_on")), name="absence_ends_after_start"),
            models.CheckConstraint(condition=~Q(person=F("substitute")), name="absence_needs_somebody_else"),
        ]
        indexes = [
            models.Index(fields=["substitute"], name="absence_of_substitute", condition=Q(ended_at=None)),
            models.Index(fields=["person"], name="absence_of_person", condition=Q(ended_at=None)),
        ]

    @property
    def process_keys(self) -> frozenset[str]:
        """The processes it is limited to; none means all."""
        return frozenset(self.processes.split())


class QuickOpinion(GatedModel):
    """A sentence somebody uses often, in their own order."""

    gate: ClassVar[Gate] = OwnRows("person_id")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=200)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "text"], name="quick_opinion_once")]
