"""What other domains know an account to hold (contacts so far), pushed down so that completeness can count it."""

from typing import ClassVar

from django.db import models

from panshi.domains.accounts.models.account import Account
from panshi.ground.base.gate import AccountScope, Gate, GatedModel
from panshi.ground.base.merging import MergeRule, OnMerge


class ArchiveCount(GatedModel):
    """How many of a kind an account has, as the domain above last said; recounted every night."""

    gate: ClassVar[Gate] = AccountScope("account")
    on_merge: ClassVar = {"account": OnMerge(MergeRule.STAY)}

    # Without an index of its own: the unique one begins with the account.
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    item = models.CharField(max_length=20)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "item"], name="archive_count_once"),
        ]
