"""Tables of identity: the tree of organisation units, persons who sign in, the roles they hold in units, and the
tokens with which programs act for them."""

import datetime as dt
from typing import Any, ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from panshi.ground.base.fields import ByteOrderedField
from panshi.ground.base.gate import AdminOnly, Everyone, Gate, GatedModel, GatedQuerySet, OwnRows
from panshi.ground.base.models import VersionedModel


class UnitKind(models.TextChoices):
    """What an organisation unit is in the company."""

    HEADQUARTERS = "headquarters", _("总部")
    REGION = "region", _("大区")
    DEPARTMENT = "department", _("部门")
    TEAM = "team", _("团队")


class UnitQuerySet(GatedQuerySet["Unit"]):
    """Units by state."""

    def open(self) -> Self:
        """Those in use; closed ones stay for history."""
        return self.filter(active=True)


class Unit(VersionedModel):
    """An organisation unit; units form one tree without cycles (kept by `services.create_unit` and `change_unit`)."""

    gate: ClassVar[Gate] = Everyone()

    code = ByteOrderedField(_("代码"), max_length=32, unique=True)
    name = models.CharField(_("名称"), max_length=80)
    kind = models.CharField(_("类型"), max_length=16, choices=UnitKind)
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
        verbose_name=_("上级组织"),
    )
    active = models.BooleanField(default=True)

    objects: ClassVar[Any] = UnitQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(parent=models.F("pk")), name="unit_not_its_own_parent"),
        ]

    def __str__(self) -> str:
        return self.name


class PersonQuerySet(GatedQuerySet["Person"]):
    """Persons by state."""

    def active(self) -> Self:
        """Those who may sign in."""
        return self.filter(is_active=True)


class PersonSource(BaseUserManager.from_queryset(PersonQuerySet)):  # type: ignore[misc]
    """Django wants this name's methods to create accounts of people; we create them in `services` only."""

    def get_by_natural_key(self, username: str | None) -> "Person":
        """Find the person who signs in as `username`, in any case of letters."""
        found: Person = self.get(username__iexact=username)
        return found


class Theme(models.TextChoices):
    """Colours of the pages."""

    AUTO = "auto", _("跟随系统")
    LIGHT = "light", _("浅色")
    DARK = "dark", _("深色")


class Language(models.TextChoices):
    """Languages of the pages."""

    CHINESE = "zh-hans", "中文"
    ENGLISH = "en", "English"


class Person(AbstractBaseUser, VersionedModel):
    """Someone of our company who signs in. Everyone may see names; who may do what is in `Assignment`."""

    gate: ClassVar[Gate] = Everyone()

    username = ByteOrderedField(_("登录名"), max_length=40, unique=True)
    name = models.CharField(_("姓名"), max_length=40)
    pinyin = ByteOrderedField(max_length=240, default="")
    initials = ByteOrderedField(max_length=40, default="")
    email = models.EmailField(_("邮箱"), blank=True)
    phone = models.CharField(_("电话"), max_length=32, blank=True)
    language = models.CharField(_("界面语言"), max_length=8, choices=Language, default=Language.CHINESE)
    theme = models.CharField(_("外观"), max_length=8, choices=Theme, default=Theme.AUTO)
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=False)
    password_given_at = models.DateTimeField(null=True, editable=False)
    joined_at = models.DateTimeField()

    objects: ClassVar[Any] = PersonSource()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("username"), name="person_username_once_in_any_case"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        """The name as people say it (asked for by sign-in)."""
        return self.name


class AssignmentQuerySet(GatedQuerySet["Assignment"]):
    """Assignments by date."""

    def valid(self, on: dt.date) -> Self:
        """Those in force on a day."""
        return self.lasting(on).filter(since_on__lte=on)

    def lasting(self, on: dt.date) -> Self:
        """Those in force on a day or beginning later."""
        return self.filter(Q(until_on=None) | Q(until_on__gte=on))


class Assignment(GatedModel):
    """A role held by a person in a unit from a day, until a day if that is known. Everyone sees their own."""

    gate: ClassVar[Gate] = OwnRows("person_id", permission="identity.manage")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="assignments")
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="assignments", verbose_name=_("所在组织")
    )
    role = models.CharField(_("角色"), max_length=32)
    since_on = models.DateField(_("开始日期"))
    until_on = models.DateField(_("结束日期"), null=True, blank=True)

    objects: ClassVar[Any] = AssignmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "unit", "role", "since_on"], name="assignment_once"),
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(until_on__gte=models.F("since_on")),
                name="assignment_ends_after_start",
            ),
        ]


class ApiTokenQuerySet(GatedQuerySet["ApiToken"]):
    """Tokens by state."""

    def standing(self) -> Self:
        """Those not revoked, expired ones too."""
        return self.filter(revoked_at=None)


class ApiToken(GatedModel):
    """With this a program acts for a person, within `scopes` (codes joined by spaces) and until a day.

    The secret is shown once and stored as a digest only; `prefix` is its open beginning, by which it is found.
    """

    gate: ClassVar[Gate] = OwnRows("person_id", permission="api.manage")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("本人"))
    name = models.CharField(_("名称"), max_length=60)
    prefix = ByteOrderedField(_("开头"), max_length=16, unique=True)
    digest = models.CharField(max_length=64)
    scopes = models.TextField(_("范围"))
    made_at = models.DateTimeField(_("创建时间"))
    expires_on = models.DateField(_("最后一天"))
    used_at = models.DateTimeField(_("最近使用"), null=True)
    revoked_at = models.DateTimeField(_("停用时间"), null=True)

    objects: ClassVar[Any] = ApiTokenQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="token_has_a_name"),
            models.CheckConstraint(condition=~Q(scopes=""), name="token_has_a_scope"),
        ]
        indexes = [models.Index(fields=["person", "-id"], name="token_of_person")]

    @property
    def scope_codes(self) -> tuple[str, ...]:
        """The scopes one by one."""
        return tuple(self.scopes.split())


class TokenPace(GatedModel):
    """How many requests a token made in one minute, counted since the epoch."""

    gate: ClassVar[Gate] = AdminOnly("api.manage")

    token = models.OneToOneField(ApiToken, on_delete=models.CASCADE, primary_key=True, related_name="+")
    minute = models.BigIntegerField(default=0)
    requests = models.PositiveIntegerField(default=0)


class KeptAnswer(GatedModel):
    """What a request with an idempotency key was answered, so that the same request again does nothing twice.

    While `status` is 0 the first request still runs; `claim` says which one that is.
    """

    gate: ClassVar[Gate] = AdminOnly("api.manage")

    token = models.ForeignKey(ApiToken, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=128)
    asked = models.CharField(max_length=64)
    claim = models.CharField(max_length=32)
    status = models.PositiveIntegerField(default=0)
    headers = models.TextField(default="{}")
    body = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token", "key"], name="answer_once_a_key")]
        indexes = [models.Index(fields=["at"], name="answer_by_time")]


class CalendarFeed(GatedModel):
    """A person's secret address of reminders for calendar programs; a new one ends the old one."""

    gate: ClassVar[Gate] = OwnRows("person_id", permission="api.manage")

    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
