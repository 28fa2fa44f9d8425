"""Open matters: what is going on with an account in the domains above, pushed down so that it is not recycled."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from panshi.domains.accounts.models.account import Account
from panshi.ground.base.gate import AccountScope, Gate, GatedModel, GatedQuerySet
from panshi.ground.base.merging import OnMerge


class MatterKind(models.TextChoices):
    """What is open."""

    PURSUIT = "pursuit", _("大客户项目")
    TENDER = "tender", _("投标")
    CONTRACT = "contract", _("合同")
    RECEIVABLE = "receivable", _("应收款")
    WARRANTY = "warranty", _("质保")
    COMPLAINT = "complaint", _("投诉")
    REQUEST = "request", _("申请")


class OpenMatterQuerySet(GatedQuerySet["OpenMatter"]):
    """Matters by state."""

    def standing(self) -> Self:
        """Those not closed yet."""
        return self.filter(closed_at=None)


class OpenMatter(GatedModel):
    """Something unfinished with the account; `source` and `source_id` say which record of which domain it is."""

    gate: ClassVar[Gate] = AccountScope("account")
    on_merge: ClassVar = {"account": OnMerge(words=_("未结事项"))}

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="matters")
    kind = models.CharField(max_length=12, choices=MatterKind)
    source = models.CharField(max_length=40)
    source_id = models.BigIntegerField()
    opened_at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True)
    closed_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = OpenMatterQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "source_id"], name="matter_once_a_source")]
        indexes = [models.Index(fields=["account"], name="matter_open", condition=Q(closed_at=None))]
