"""Abstract models shared by the house: the record with a version, and the one that also names its author."""

import datetime as dt
from typing import Final

from django.db import models
from django.utils.translation import gettext as _

from panshi.ground.base.gate import GatedModel
from panshi.ground.base.refusals import Stale

NEVER: Final = dt.date(1900, 1, 1)
"""Stored where a past date has not happened yet: sort columns are never null, so keyset pages stay simple."""

NOT_PLANNED: Final = dt.date(9999, 12, 31)
"""Stored where a coming date is not set."""


class VersionedModel(GatedModel):
    """A record people edit: `version` grows by one with every change and guards against lost updates."""

    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True

    def expect(self, version: int) -> None:
        """Refuse when the record moved on since the person opened it. Call under a row lock."""
        if self.version != version:
            raise Stale(_("这条记录刚被他人修改，请核对后再保存。"), theirs=self.version)

    def step(self, *, at: dt.datetime) -> None:
        """Count one change made at `at`; the service saves."""
        self.version += 1


class EditedModel(VersionedModel):
    """A versioned record that also says who created it and when it last changed."""

    created_at = models.DateTimeField(editable=False)
    created_by_id = models.BigIntegerField(null=True, editable=False)
    updated_at = models.DateTimeField(editable=False)

    class Meta:
        abstract = True

    def step(self, *, at: dt.datetime) -> None:
        """Count one change and note when."""
        super().step(at=at)
        self.updated_at = at
