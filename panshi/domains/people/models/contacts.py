"""The contact 联系人: a person at an account."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from panshi.domains.accounts.models import Account
from panshi.ground.base.fields import ByteOrderedField
from panshi.ground.base.gate import AccountScope, Gate, GatedQuerySet
from panshi.ground.base.merging import OnMerge
from panshi.ground.base.models import EditedModel


class ContactQuerySet(GatedQuerySet["Contact"]):
    """Contacts by state."""

    def present(self) -> Self:
        """Those who still work at the account."""
        return self.filter(left_on=None)


class Contact(EditedModel):
    """A person at an account. Someone who left stays, with the day; at most one contact of an account is primary."""

    gate: ClassVar[Gate] = AccountScope("account", permission="people.view")
    on_merge: ClassVar = {"account": OnMerge(words=_("联系人"), changes={"primary": False})}

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
