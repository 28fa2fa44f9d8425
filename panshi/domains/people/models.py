"""Tables of people at accounts: the contact 联系人 and the contact log 跟进记录."""

import datetime as dt
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from panshi.domains.accounts.models import Account, TouchKind
from panshi.ground.base.fields import ByteOrderedField
from panshi.ground.base.gate import AccountScope, Gate, GatedModel, GatedQuerySet
from panshi.ground.base.models import EditedModel


class ContactQuerySet(GatedQuerySet["Contact"]):
    """Contacts by state."""

    def present(self) -> Self:
        """Those who still work at the account."""
        return self.filter(left_on=None)


class Contact(EditedModel):
    """A person at an account. Someone who left stays, with the day; at most one contact of an account is primary."""

    gate: ClassVar[Gate] = AccountScope("account", permission="people.view")

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", verbose_name=_("客户"))
    name = models.CharField(_("姓名"), max_length=60)
    pinyin = ByteOrderedField(max_length=240, editable=False)
    initials = ByteOrderedField(max_length=60, editable=False)
    title = models.CharField(_("职务"), max_length=60, blank=True)
    department = models.CharField(_("部门"), max_length=60, blank=True)
    phone = models.CharField(_("电话"), max_length=40, blank=True)
    phone_key = ByteOrderedField(max_length=20, blank=True, editable=False)
    mobile = models.CharField(_("手机"), max_length=40, blank=True)
    mobile_key = ByteOrderedField(max_length=20, blank=True, editable=False)
    email = models.EmailField(_("邮箱"), blank=True)
    wechat = models.CharField(_("微信"), max_length=60, blank=True)
    primary = models.BooleanField(_("主要联系人"), default=False)
    note = models.TextField(_("备注"), blank=True)
    left_on = models.DateField(_("离职日期"), null=True, blank=True, editable=False)

    objects: ClassVar[Any] = ContactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="contact_has_a_name"),
            models.UniqueConstraint(
                fields=["account"], condition=Q(primary=True), name="contact_primary_once"
            ),
        ]
        indexes = [
            models.Index(fields=["account", "pinyin", "id"], name="contact_of_account"),
            models.Index(fields=["pinyin", "id"], name="contact_by_pinyin"),
        ]

    def __str__(self) -> str:
        return self.name


class LogEntryQuerySet(GatedQuerySet["LogEntry"]):
    """Log entries by validity and date."""

    def standing(self) -> Self:
        """Those not voided."""
        return self.filter(voided_at=None)

    def since(self, on: dt.date) -> Self:
        """Those of a day or later."""
        return self.filter(on__gte=on)


class LogEntry(GatedModel):
    """One line about a call, a WeChat exchange, a chance meeting, and when to be in contact next. Never changed, only
    voided: what was said stays said."""

    gate: ClassVar[Gate] = AccountScope("account", permission="people.view")

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", verbose_name=_("客户"))
    contact = models.ForeignKey(
        Contact, null=True, blank=True, on_delete=models.PROTECT, related_name="log", verbose_name=_("联系人")
    )
    kind = models.CharField(_("方式"), max_length=12, choices=TouchKind, default=TouchKind.PHONE)
    on = models.DateField(_("日期"))
    text = models.CharField(_("内容"), max_length=1000)
    next_contact_on = models.DateField(_("下次联系"), null=True, blank=True)
    next_contact_note = models.CharField(_("下次联系事项"), max_length=200, blank=True)
    at = models.DateTimeField(editable=False)
    by_id = models.BigIntegerField(null=True, editable=False)
    voided_at = models.DateTimeField(null=True, editable=False)
    voided_by_id = models.BigIntegerField(null=True, editable=False)
    void_reason = models.CharField(max_length=200, blank=True, editable=False)

    objects: ClassVar[Any] = LogEntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="log_entry_says_something"),
            models.CheckConstraint(
                condition=Q(next_contact_on=None) | Q(next_contact_on__gte=models.F("on")),
                name="log_entry_next_is_later",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "-on", "-id"], name="log_of_account"),
            models.Index(fields=["by_id", "-on", "-id"], name="log_of_person"),
        ]
