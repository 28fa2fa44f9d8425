"""The four classes of key accounts: who belongs to which since when, what is proposed, what is excepted from the table.

A membership changes only by the decision of an approved request; a proposal is all that a rule or a person can make.
"""

import datetime as dt
import json
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from panshi.domains.accounts.models.account import Account
from panshi.ground.base.gate import AccountScope, Gate, GatedModel, GatedQuerySet
from panshi.ground.base.merging import MergeRule, OnMerge
from panshi.ground.base.models import NOT_PLANNED


class KeyClass(models.TextChoices):
    """The four classes; an account may belong to several."""

    IMPORTANT = "important", _("重要客户")
    HIGH_VALUE = "high_value", _("高值客户")
    GROUP = "group", _("集团客户")
    STRATEGIC = "strategic", _("战略客户")


class ClassOrigin(models.TextChoices):
    """Who says so: the decision table, a person with a written reason, or the table again after an exception ended."""

    TABLE = "table", _("按决策表")
    MANUAL = "manual", _("人工提出")
    EXPIRY = "expiry", _("例外到期")


class ClassProposalState(models.TextChoices):
    """What became of a proposal."""

    OPEN = "open", _("待提交")
    SUBMITTED = "submitted", _("审批中")
    ACCEPTED = "accepted", _("已生效")
    DECLINED = "declined", _("不采纳")
    LAPSED = "lapsed", _("已失效")


STANDING_PROPOSALS = (ClassProposalState.OPEN, ClassProposalState.SUBMITTED)


class MembershipQuerySet(GatedQuerySet["ClassMembership"]):
    """Memberships by time."""

    def standing(self) -> Self:
        """Those that have not ended."""
        return self.filter(to_on=NOT_PLANNED)


class ClassMembership(GatedModel):
    """An account belongs to a class from one day to another, each by an approved request, with the evidence of the day.

    `evidence` is the evaluation as JSON: figures with source and period, the rows of the table that matched, its
    version. What ended it stands beside it in the columns that begin with `left`.
    """

    gate: ClassVar[Gate] = AccountScope("account")
    on_merge: ClassVar = {"account": OnMerge(MergeRule.KEEP_WINNERS, words=_("客户类别"))}

    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="class_memberships", verbose_name=_("客户")
    )
    key_class = models.CharField(_("类别"), max_length=12, choices=KeyClass)
    from_on = models.DateField(_("自"))
    to_on = models.DateField(_("至"), default=NOT_PLANNED)
    origin = models.CharField(_("来源"), max_length=8, choices=ClassOrigin)
    reason = models.CharField(_("依据"), max_length=400)
    evidence = models.TextField(default="{}")
    decided_by_id = models.BigIntegerField(null=True)
    request_id = models.BigIntegerField()
    request_number = models.CharField(max_length=40)
    left_reason = models.CharField(max_length=400, blank=True)
    left_evidence = models.TextField(default="{}")
    left_by_id = models.BigIntegerField(null=True)
    left_request_id = models.BigIntegerField(null=True)
    left_request_number = models.CharField(max_length=40, blank=True)

    objects: ClassVar[Any] = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "key_class"],
                condition=Q(to_on=NOT_PLANNED),
                name="class_membership_once",
            ),
            models.CheckConstraint(
                condition=Q(to_on__gte=models.F("from_on")), name="class_membership_ends_after_it_began"
            ),
        ]
        indexes = [
            models.Index(
                fields=["key_class", "account"], name="class_members", condition=Q(to_on=NOT_PLANNED)
            )
        ]

    @property
    def is_standing(self) -> bool:
        """Whether it has not ended."""
        return self.to_on == NOT_PLANNED


class ClassProposalQuerySet(GatedQuerySet["ClassProposal"]):
    """Proposals by state."""

    def standing(self) -> Self:
        """Those that wait to be handed in or decided, of accounts that still stand."""
        return self.filter(state__in=STANDING_PROPOSALS, account__merged_into=None)

    def open(self) -> Self:
        """Those nobody has handed in."""
        return self.filter(state=ClassProposalState.OPEN, account__merged_into=None)


class ClassProposal(GatedModel):
    """Somebody, or the table, says that an account should enter or leave a class, and on what grounds.

    `override_until_on` makes it an exception to the table: until that day the table is not asked about this class.
    """

    gate: ClassVar[Gate] = AccountScope("account")
    on_merge: ClassVar = {"account": OnMerge(MergeRule.KEEP_WINNERS)}

    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="class_proposals", verbose_name=_("客户")
    )
    key_class = models.CharField(_("类别"), max_length=12, choices=KeyClass)
    enters = models.BooleanField(_("进入"))
    origin = models.CharField(_("来源"), max_length=8, choices=ClassOrigin)
    reason = models.CharField(_("依据"), max_length=400)
    evidence = models.TextField(default="{}")
    table_version = models.PositiveIntegerField(default=0)
    override_until_on = models.DateField(null=True)
    at = models.DateTimeField(_("提出时间"))
    by_id = models.BigIntegerField(null=True)
    state = models.CharField(
        _("状态"), max_length=10, choices=ClassProposalState, default=ClassProposalState.OPEN
    )
    request_id = models.BigIntegerField(null=True)
    request_number = models.CharField(max_length=40, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by_id = models.BigIntegerField(null=True)
    answer = models.CharField(max_length=200, blank=True)

    objects: ClassVar[Any] = ClassProposalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "key_class"],
                condition=Q(state__in=["open", "submitted"]),
                name="class_proposal_once_open",
            ),
            models.CheckConstraint(
                condition=Q(state="submitted", request_id__isnull=False) | ~Q(state="submitted"),
                name="class_proposal_submitted_by_request",
            ),
        ]
        indexes = [
            models.Index(
                fields=["-at", "-id"],
                name="class_proposal_open",
                condition=Q(state__in=["open", "submitted"]),
            ),
            models.Index(fields=["request_id"], name="class_proposal_of_request"),
        ]

    @property
    def figures(self) -> dict[str, Any]:
        """The evidence as data."""
        found: dict[str, Any] = json.loads(self.evidence)
        return found


class OverrideQuerySet(GatedQuerySet["ClassOverride"]):
    """Exceptions by time."""

    def standing(self) -> Self:
        """Those that have not ended."""
        return self.filter(ended_at=None)

    def expired(self, on: dt.date) -> Self:
        """Those whose last day is over although nobody has ended them."""
        return self.filter(ended_at=None, until_on__lt=on)


class ClassOverride(GatedModel):
    """An approved exception: whatever the table says, the account stays in (or out of) a class until a day."""

    gate: ClassVar[Gate] = AccountScope("account")
    on_merge: ClassVar = {"account": OnMerge(MergeRule.KEEP_WINNERS)}

    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="class_overrides", verbose_name=_("客户")
    )
    key_class = models.CharField(_("类别"), max_length=12, choices=KeyClass)
    is_in = models.BooleanField()
    reason = models.CharField(_("理由"), max_length=400)
    from_on = models.DateField()
    until_on = models.DateField(_("有效至"))
    by_id = models.BigIntegerField(null=True)
    request_id = models.BigIntegerField()
    request_number = models.CharField(max_length=40)
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = OverrideQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "key_class"], condition=Q(ended_at=None), name="class_override_once"
            ),
            models.CheckConstraint(
                condition=Q(until_on__gte=models.F("from_on")), name="class_override_ends_after_it_began"
            ),
        ]
        indexes = [models.Index(fields=["until_on"], name="class_override_due", condition=Q(ended_at=None))]
