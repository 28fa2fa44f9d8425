"""Public pools 公海: their settings and rules, what lies in them, who claimed what, and what is about to return."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from panshi.domains.accounts.models.account import Account
from panshi.ground.base.gate import (
    AccountScope,
    AdminOnly,
    Everyone,
    Gate,
    GatedModel,
    GatedQuerySet,
    OwnRows,
)
from panshi.ground.base.merging import AT, MergeRule, OnMerge
from panshi.ground.base.models import NEVER, EditedModel
from panshi.ground.base.viewer import Span, Viewer
from panshi.ground.identity.models import Person, Unit


class PoolQuerySet(GatedQuerySet["Pool"]):
    """Pools by state."""

    def open(self) -> Self:
        """Those in use."""
        return self.filter(active=True)


class Pool(EditedModel):
    """A public pool: whose people may claim from it, how much, and what they owe an account they claimed.

    `held_limit` and `daily_limit` bound one person, None means no bound. The previous owner waits `cooling_days`.
    Who claims must be in contact within `contact_days` (0: no such duty) and is protected for `protected_days`.
    """

    gate: ClassVar[Gate] = Everyone()

    name = models.CharField(_("公海名称"), max_length=60, unique=True)
    description = models.CharField(_("说明"), max_length=400, blank=True)
    active = models.BooleanField(_("启用"), default=True)
    held_limit = models.PositiveIntegerField(_("每人最多持有"), null=True, blank=True)
    daily_limit = models.PositiveIntegerField(_("每人每天最多认领"), null=True, blank=True)
    cooling_days = models.PositiveSmallIntegerField(_("原负责人冷却天数"), default=0)
    contact_days = models.PositiveSmallIntegerField(_("认领后多少天内必须联系"), default=0)
    protected_days = models.PositiveSmallIntegerField(_("认领后保护天数"), default=0)

    objects: ClassVar[Any] = PoolQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class PoolUnit(GatedModel):
    """A unit whose people, and those of the units below it, may claim from the pool; its accounts return to it."""

    gate: ClassVar[Gate] = Everyone()

    pool = models.ForeignKey(Pool, on_delete=models.PROTECT, related_name="units")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pool", "unit"], name="pool_unit_once")]


class PoolRule(GatedModel):
    """One recycle rule; `conditions` is a list of {kind, days | values}, joined by `joined` (all or any of them).

    An account returns as soon as one active rule of its pool applies. What a condition means is in `calc.recycling`.
    """

    gate: ClassVar[Gate] = Everyone()

    pool = models.ForeignKey(Pool, on_delete=models.PROTECT, related_name="rules")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(_("规则名称"), max_length=60)
    joined = models.CharField(
        _("条件关系"), max_length=3, choices=[("all", _("全部满足")), ("any", _("任一满足"))]
    )
    conditions = models.JSONField()
    active = models.BooleanField(_("启用"), default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pool", "position"], name="pool_rule_place_once"),
            models.CheckConstraint(condition=Q(joined__in=["all", "any"]), name="pool_rule_joined"),
        ]


class PoolChange(GatedModel):
    """One change of a pool's settings or rules: what it was, what it became, who did it when and why."""

    gate: ClassVar[Gate] = AdminOnly("pools.manage")

    pool = models.ForeignKey(Pool, on_delete=models.PROTECT, related_name="changes")
    at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True)
    field = models.CharField(max_length=40)
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
    reason = models.CharField(max_length=200)

    class Meta:
        indexes = [models.Index(fields=["pool", "-at"], name="pool_change_of_pool")]


@dataclass(frozen=True, slots=True)
class PoolShelf(AccountScope):
    """The gate of what lies in a pool: who may claim from the pool sees the stay.

    It opens the stay, not the account: a claimer reads the few facts a list takes along and nothing behind them.
    """

    permission: str = "accounts.claim"

    def condition(self, model: type[models.Model], viewer: Viewer, span: Span) -> Q | None:
        """See `Gate.condition`."""
        if span.everything:
            return None
        units = sorted(span.units | span.homes)
        return Q(pool__in=PoolUnit.objects.filter(unit__in=units).order_by().values("pool_id"))


class EntryKind(models.TextChoices):
    """How an account came into a pool."""

    RETURNED = "returned", _("负责人退回")
    RECYCLED = "recycled", _("规则回收")
    PLACED = "placed", _("放入公海")


class PoolEntryQuerySet(GatedQuerySet["PoolEntry"]):
    """Stays by state."""

    def standing(self) -> Self:
        """Those that last."""
        return self.filter(left_at=None)


class PoolEntry(GatedModel):
    """One stay of an account in a pool: since when, how and why it came, whose it was, who took it out.

    `reason` is in a person's words (or the rule's name); `why` lists the conditions of the rule that were met.
    """

    gate: ClassVar[Gate] = PoolShelf("account")
    on_merge: ClassVar = {
        "account": OnMerge(words=_("公海记录"), changes={"left_at": AT}, where=Q(left_at=None))
    }

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="pool_entries")
    pool = models.ForeignKey(Pool, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=12, choices=EntryKind)
    reason = models.CharField(max_length=200)
    why = models.JSONField(default=list)
    from_person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    since_on = models.DateField()
    left_at = models.DateTimeField(null=True)
    taken_by_id = models.BigIntegerField(null=True)

    objects: ClassVar[Any] = PoolEntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(left_at=None), name="pool_entry_once_open"
            )
        ]
        indexes = [
            models.Index(
                fields=["pool", "-since_on", "-id"], name="pool_entry_lying", condition=Q(left_at=None)
            ),
            models.Index(fields=["account", "-id"], name="pool_entry_of_account"),
        ]


class ClaimKind(models.TextChoices):
    """How a person came to an account of the pool."""

    CLAIMED = "claimed", _("认领")
    ASSIGNED = "assigned", _("分配")


class ClaimQuerySet(GatedQuerySet["Claim"]):
    """Claims by state."""

    def standing(self) -> Self:
        """Those whose account is still with the person."""
        return self.filter(ended_at=None)


class Claim(GatedModel):
    """A person took an account out of a pool; it counts against their limits until the account leaves them.

    `contact_by_on` is the last day for the first contact (None: no duty).
    """

    gate: ClassVar[Gate] = AccountScope("account")
    on_merge: ClassVar = {
        "account": OnMerge(words=_("认领记录"), changes={"ended_at": AT}, where=Q(ended_at=None))
    }

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="claims")
    pool = models.ForeignKey(Pool, on_delete=models.PROTECT, related_name="claims")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=ClaimKind)
    at = models.DateTimeField()
    on = models.DateField()
    contact_by_on = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = ClaimQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account"], condition=Q(ended_at=None), name="claim_once_open")
        ]
        indexes = [
            models.Index(fields=["person", "pool"], name="claim_held", condition=Q(ended_at=None)),
            models.Index(fields=["person", "on"], name="claim_of_day"),
        ]


class Barrier(models.TextChoices):
    """What keeps an account from returning although a rule applies."""

    NONE = "", _("无")
    KEY = "key", _("重点客户")
    MATTER = "matter", _("有未结事项")
    PROTECTED = "protected", _("保护期内")


class PoolWarningQuerySet(GatedQuerySet["PoolWarning"]):
    """Warnings by what comes of them."""

    def falling(self) -> Self:
        """Accounts that will return."""
        return self.filter(barrier="")

    def kept(self) -> Self:
        """Accounts that may not return: the director must reassign them."""
        return self.exclude(barrier="")


class PoolWarning(GatedModel):
    """An account that a rule will return on `due_on`, or that `barrier` keeps from returning; one row an account.

    Written by the nightly run; `warned_on` and `last_warned_on` are the days on which the owner (for kept accounts the
    director) was told, so that nobody is told twice and nothing returns unannounced. `reason` is the rule's name, ""
    for the duty of contact after a claim; `why` lists the conditions met.
    """

    gate: ClassVar[Gate] = AccountScope("account")
    on_merge: ClassVar = {"account": OnMerge(MergeRule.STAY)}

    account = models.OneToOneField(Account, on_delete=models.PROTECT, related_name="pool_warning")
    pool = models.ForeignKey(Pool, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=60, blank=True)
    why = models.JSONField(default=list)
    barrier = models.CharField(max_length=12, choices=Barrier, blank=True, default="")
    due_on = models.DateField()
    warned_on = models.DateField(default=NEVER)
    last_warned_on = models.DateField(default=NEVER)

    objects: ClassVar[Any] = PoolWarningQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["due_on", "id"], name="pool_warning_by_day"),
            models.Index(fields=["owner", "due_on", "id"], name="pool_warning_by_owner"),
        ]


class PoolException(GatedModel):
    """A person may hold `extra` more accounts of a pool until a day; granted by an approved request."""

    gate: ClassVar[Gate] = OwnRows("person_id", permission="pools.manage")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    pool = models.ForeignKey(Pool, on_delete=models.PROTECT, related_name="exceptions")
    extra = models.PositiveIntegerField()
    until_on = models.DateField()
    reason = models.CharField(max_length=200)
    request_id = models.BigIntegerField(unique=True)
    request_number = models.CharField(max_length=40)
    granted_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(extra__gt=0), name="pool_exception_gives_more")]
        indexes = [models.Index(fields=["person", "pool", "until_on"], name="pool_exception_of_person")]


class PoolRun(GatedModel):
    """One nightly run, written when it is done: what it looked at and what came of it. One a day: told once."""

    gate: ClassVar[Gate] = AdminOnly("pools.manage")

    on = models.DateField(unique=True)
    finished_at = models.DateTimeField()
    looked_at = models.PositiveIntegerField()
    warned = models.PositiveIntegerField()
    returned = models.PositiveIntegerField()
    kept = models.PositiveIntegerField()
