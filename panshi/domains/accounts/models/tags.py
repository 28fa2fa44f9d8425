"""Tags 标签: words people put on accounts to find them again; a word exists as long as an account bears it."""

import unicodedata
from typing import ClassVar, Final

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from panshi.domains.accounts.models.account import Account
from panshi.ground.base.fields import ByteOrderedField
from panshi.ground.base.gate import AccountScope, Gate, GatedModel
from panshi.ground.base.merging import MergeRule, OnMerge

LONGEST_TAG: Final = 20
MOST_TAGS: Final = 20
"""So many letters a tag has at most, and so many tags an account."""


def tag_key(name: str) -> str:
    """What two tags are compared by: width, case and spaces make no difference."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


class AccountTag(GatedModel):
    """One tag of one account, as it is spelled and as it is compared (`key`)."""

    gate: ClassVar[Gate] = AccountScope("account")
    on_merge: ClassVar = {"account": OnMerge(MergeRule.KEEP_WINNERS, words=_("标签"))}

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="tags", db_index=False)
    name = models.CharField(_("标签"), max_length=LONGEST_TAG)
    key = ByteOrderedField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "key"], name="account_tag_once"),
            models.CheckConstraint(condition=~Q(key=""), name="account_tag_says_something"),
        ]
        indexes = [models.Index(fields=["key", "account"], name="account_tag_by_key")]

    def __str__(self) -> str:
        return self.name
