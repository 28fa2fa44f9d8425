"""The contact log 跟进记录."""

import datetime as dt
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from panshi.domains.accounts.models import Account, TouchKind
from panshi.domains.people.models.contacts import Contact
from panshi.ground.base.gate import AccountScope, Gate, GatedModel, GatedQuerySet
from panshi.ground.base.merging import OnMerge


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
    voided: what was said stays said.

    `by_id` wrote it at `at`; an entry that came with an import names the batch, and keeps as `author` a name that is
    nobody's here."""

    gate: ClassVar[Gate] = AccountScope("account", permission="people.view")
    on_merge: ClassVar = {"account": OnMerge(words=_("跟进记录"))}

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
    author = models.CharField(max_length=60, blank=True, editable=False)
    batch_id = models.BigIntegerField(null=True, editable=False)
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
