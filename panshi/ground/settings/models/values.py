"""The values of settings: every one that was ever in force, by whom, when and why."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from panshi.ground.base.gate import AdminOnly, Gate, GatedModel


class SettingValue(GatedModel):
    """One value of a declared setting. Rows are only added; `current` marks the one in force, `number` counts them.

    `value` is the canonical text of the setting's kind; `is_default` says that somebody went back to the shipped
    default, whatever it is, and then nothing stands in `value`.
    """

    gate: ClassVar[Gate] = AdminOnly("settings.manage")

    code = models.CharField(max_length=60)
    number = models.PositiveIntegerField()
    value = models.TextField(blank=True)
    is_default = models.BooleanField(default=False)
    current = models.BooleanField(default=True)
    at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "number"], name="setting_value_numbered"),
            models.UniqueConstraint(
                fields=["code"], condition=Q(current=True), name="setting_value_in_force_once"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="setting_value_has_a_reason"),
        ]
