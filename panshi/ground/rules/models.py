"""Tables of decision tables: what a table is for, its draft, and its versions, which never change once published."""

import datetime as dt
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q

from panshi.ground.base.gate import AdminOnly, Gate, GatedModel, GatedQuerySet
from panshi.ground.base.models import EditedModel


class RuleTable(EditedModel):
    """One decision table. `contract` (JSON) is what the programs that consult it rely on; `draft` (JSON) is what is
    being edited, empty when nothing is; `version` guards the draft against two editors."""

    gate: ClassVar[Gate] = AdminOnly("rules.manage")

    key = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=80)
    purpose = models.CharField(max_length=400, blank=True)
    used_by = models.CharField(max_length=400, blank=True)
    contract = models.TextField(blank=True)
    draft = models.TextField(blank=True)
    drafted_at = models.DateTimeField(null=True)
    drafted_by_id = models.BigIntegerField(null=True)
    shipped = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return self.name


class RuleVersionQuerySet(GatedQuerySet["RuleVersion"]):
    """Versions by when they hold."""

    def effective(self, on: dt.date) -> Self:
        """Versions that could hold on a day, the one that does first."""
        return self.filter(is_withdrawn=False, from_on__lte=on).order_by("-from_on", "-number")

    def coming(self, on: dt.date) -> Self:
        """Versions published for a later day."""
        return self.filter(is_withdrawn=False, from_on__gt=on).order_by("from_on", "number")


class RuleVersion(GatedModel):
    """A published version: `content` holds the table and its test cases as JSON text, unchanged for
    ever (`digest` is its SHA-256). It holds
    from `from_on` until the next one; withdrawn before its day it never held."""

    gate: ClassVar[Gate] = AdminOnly("rules.manage")
    objects: ClassVar[Any] = RuleVersionQuerySet.as_manager()

    table = models.ForeignKey(RuleTable, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    from_on = models.DateField()
    content = models.TextField()
    digest = models.CharField(max_length=64)
    note = models.CharField(max_length=400)
    is_shipped = models.BooleanField(default=False)
    is_withdrawn = models.BooleanField(default=False)
    published_at = models.DateTimeField()
    published_by_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["table", "number"], name="rule_version_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="rule_version_counts_from_one"),
        ]
        indexes = [models.Index(fields=["table", "-from_on", "-number"], name="rule_version_by_day")]

    def __str__(self) -> str:
        return f"{self.table_id}/{self.number}"
