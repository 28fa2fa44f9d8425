"""The table behind the search box; token indexes are added per database in its migration."""

from typing import ClassVar

from django.db import models

from panshi.ground.base.fields import ByteOrderedField
from panshi.ground.base.gate import AdminOnly, Gate, GatedModel


class Entry(GatedModel):
    """One record that can be found.

    `account_id` is whose it is, without a key: the asking face narrows by visible accounts. `keys` are exact codes and
    phones, `pinyin` and `initials` are found by prefix, `tokens` are the bigrams of everything.
    """

    gate: ClassVar[Gate] = AdminOnly("settings.manage")

    kind = models.CharField(max_length=20)
    record_id = models.BigIntegerField()
    account_id = models.BigIntegerField(null=True)
    title = models.CharField(max_length=200)
    subtitle = models.CharField(max_length=200, blank=True)
    keys = ByteOrderedField(max_length=400, blank=True)
    pinyin = ByteOrderedField(max_length=400, blank=True)
    initials = ByteOrderedField(max_length=100, blank=True)
    tokens = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "record_id"], name="search_entry_once")]
        indexes = [
            models.Index(fields=["account_id"], name="search_of_account"),
            models.Index(fields=["pinyin"], name="search_by_pinyin"),
            models.Index(fields=["initials"], name="search_by_initials"),
        ]
