"""Versioned facts: what an account was on any day, and why it changed."""

from typing import ClassVar, Final

from django.db import models
from django.db.models import Q

from panshi.domains.accounts.models.account import Account
from panshi.ground.base.gate import AccountScope, Gate, GatedModel
from panshi.ground.base.merging import MergeRule, OnMerge

FACT_FIELDS: Final = (
    *("name", "ownership_type", "size", "address"),
    *("registered_capital", "legal_representative", "general_manager", "payment_terms"),
    *("invoice_title", "invoice_address", "invoice_phone", "bank_name", "bank_account"),
)
"""Fields whose change is told with its day and reason, in the order of the archive. Filling an empty one needs no
reason; changing or clearing what was known does."""


class FactVersion(GatedModel):
    """One change of one fact: from what to what (as text), true since `on`, entered `at`, with the reason.

    `batch_id` names the import it came with. Versions of the invoice and bank details are shown with `accounts.money`
    only; the report sees to it, because one table holds both.
    """

    gate: ClassVar[Gate] = AccountScope("account")
    on_merge: ClassVar = {"account": OnMerge(MergeRule.STAY)}

    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="fact_versions", db_index=False
    )
    field = models.CharField(max_length=40)
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
    on = models.DateField()
    at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    batch_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(before=models.F("after")), name="fact_version_changes"),
        ]
        indexes = [models.Index(fields=["account", "field", "-on", "-id"], name="fact_of_account")]
