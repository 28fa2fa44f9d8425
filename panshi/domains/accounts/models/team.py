"""The account team 客户团队: who of ours works for the account, and as what."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from panshi.domains.accounts.models.account import Account
from panshi.ground.base.gate import AccountScope, Gate, GatedModel
from panshi.ground.base.merging import MergeRule, OnMerge
from panshi.ground.identity.models import Person


class TeamRole(models.TextChoices):
    """What a person does for the account."""

    MANAGER = "manager", _("大客户经理")
    SUPERVISOR = "supervisor", _("大客户主管")
    SALES_SUPPORT = "sales_support", _("销售支持")
    MARKET_SUPPORT = "market_support", _("市场支持")
    SERVICE_SUPPORT = "service_support", _("售后支持")
    FINANCE_SUPPORT = "finance_support", _("财务支持")
    TRAINING_SUPPORT = "training_support", _("培训支持")
    SPONSOR = "sponsor", _("高层负责人")


class TeamMember(GatedModel):
    """One person's part in an account team; being on it opens the account to them."""

    gate: ClassVar[Gate] = AccountScope("account")
    on_merge: ClassVar = {"account": OnMerge(MergeRule.KEEP_WINNERS, words=_("团队成员"))}

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="members")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(_("角色"), max_length=20, choices=TeamRole)
    since_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "person", "role"], name="team_member_once")]
