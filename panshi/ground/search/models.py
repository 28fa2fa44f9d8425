"""The table behind the search box; its token indexes are added per database in the migrations."""

from typing import ClassVar

from django.db import models

from panshi.ground.base.fields import ByteOrderedField
from panshi.ground.base.gate import AdminOnly, Gate, GatedModel
from panshi.ground.base.merging import OnMerge
from panshi.ground.search.fields import TokensField
from panshi.ground.search.kinds import record_of


class Entry(GatedModel):
    """One record that can be found; `id` holds its kind and key (see `kinds`).

    `account_id` is whose it is, without a key: the asking face narrows by visible accounts. `head`, `pinyin` and
    `initials` are the title as it is found by prefix, `tokens` everything else.
    """

    gate: ClassVar[Gate] = AdminOnly("settings.manage")
    on_merge: ClassVar = {"account_id": OnMerge()}

    id = models.BigIntegerField(primary_key=True)
    account_id = models.BigIntegerField(null=True)
    title = models.CharField(max_length=200)
    subtitle = models.CharField(max_length=200, blank=True)
    head = ByteOrderedField(max_length=60)
    pinyin = ByteOrderedField(max_length=60)
    initials = ByteOrderedField(max_length=60)
    tokens = TokensField()

    class Meta:
        indexes = [
            models.Index(fields=["account_id"], name="search_of_account"),
            models.Index(fields=["head", "id"], name="search_by_head"),
            models.Index(fields=["pinyin", "id"], name="search_by_pinyin"),
            models.Index(fields=["initials", "id"], name="search_by_initials"),
        ]

    @property
    def kind(self) -> str:
        """The kind of the record."""
        return record_of(self.id)[0]

    @property
    def record_id(self) -> int:
        """The key of the record."""
        return record_of(self.id)[1]
