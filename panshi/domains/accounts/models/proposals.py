"""Proposals of the house about an account's lifecycle that only a person may follow: to give it up as lost."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from panshi.domains.accounts.models.account import Account, Lifecycle
from panshi.ground.base.gate import AccountScope, Gate, GatedModel, GatedQuerySet
from panshi.ground.base.merging import MergeRule, OnMerge


class ProposalState(models.TextChoices):
    """What became of a proposal."""

    OPEN = "open", _("待答复")
    ACCEPTED = "accepted", _("已采纳")
    DECLINED = "declined", _("不采纳")
    LAPSED = "lapsed", _("已失效")


class ProposalQuerySet(GatedQuerySet["LifecycleProposal"]):
    """Proposals by state."""

    def open(self) -> Self:
        """Those nobody has answered, of accounts that still stand."""
        return self.filter(state=ProposalState.OPEN, account__merged_into=None)


class LifecycleProposal(GatedModel):
    """The house proposes a change with the figures it rests on; a person accepts or declines it with a reason."""

    gate: ClassVar[Gate] = AccountScope("account")
    on_merge: ClassVar = {"account": OnMerge(MergeRule.KEEP_WINNERS)}

    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="lifecycle_proposals", verbose_name=_("客户")
    )
    to = models.CharField(_("建议改为"), max_length=12, choices=Lifecycle)
    reason = models.CharField(_("依据"), max_length=200)
    at = models.DateTimeField(_("提出时间"))
    state = models.CharField(_("状态"), max_length=8, choices=ProposalState, default=ProposalState.OPEN)
    answered_at = models.DateTimeField(null=True)
    answered_by_id = models.BigIntegerField(null=True)
    answer = models.CharField(max_length=200, blank=True)

    objects: ClassVar[Any] = ProposalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account"], condition=Q(state="open"), name="proposal_once_open")
        ]
        indexes = [models.Index(fields=["-at", "-id"], name="proposal_open", condition=Q(state="open"))]
