"""Tables of events: `Event` is only ever inserted, `Seal` chains events in the order they were sealed.

Old and new values of changed fields sit in `Change`, apart from the event, so that personal data can be erased
without breaking the chain.
"""

from typing import ClassVar

from django.db import models

from panshi.ground.base.gate import AdminOnly, Gate, GatedModel


class Event(GatedModel):
    """One business fact that happened: `kind` in the words of the domain, `payload` canonical JSON without personal
    values. `account_id` and `subject_id` are ids without keys: events outlive what they speak of."""

    gate: ClassVar[Gate] = AdminOnly("audit.view")

    kind = models.CharField(max_length=60)
    at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True)
    account_id = models.BigIntegerField(null=True)
    subject_id = models.BigIntegerField(null=True)
    payload = models.TextField(default="{}")

    class Meta:
        indexes = [
            models.Index(fields=["-at", "-id"], name="event_by_time"),
            models.Index(fields=["account_id", "-id"], name="event_of_account"),
            models.Index(fields=["kind", "subject_id", "-id"], name="event_of_subject"),
            models.Index(fields=["by_id", "-id"], name="event_of_person"),
        ]


class Change(GatedModel):
    """The value of one field before and after an event; may be erased with the person it speaks of."""

    gate: ClassVar[Gate] = AdminOnly("audit.view")

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="changes")
    field = models.CharField(max_length=60)
    before = models.TextField()
    after = models.TextField()


class Seal(GatedModel):
    """A link of the chain: `mac` = HMAC(key, previous mac, seq, event, mac of its changes); gapless `seq` from 1.

    `changes_mac` is empty for an event without changes; it lets altered values be told from values erased as a whole.
    """

    gate: ClassVar[Gate] = AdminOnly("audit.view")

    seq = models.BigIntegerField(primary_key=True)
    event_id = models.BigIntegerField(unique=True)
    changes_mac = models.CharField(max_length=64, blank=True)
    mac = models.CharField(max_length=64)


class Unsealed(GatedModel):
    """An event that waits for its seal; a trigger of the database writes the row with the event, the sealer removes
    it."""

    gate: ClassVar[Gate] = AdminOnly("audit.view")

    event_id = models.BigIntegerField(primary_key=True)


class Chain(GatedModel):
    """The head of the chain and the one lock under which it grows; a single row."""

    gate: ClassVar[Gate] = AdminOnly("audit.view")

    seq = models.BigIntegerField(default=0)
    mac = models.CharField(max_length=64, blank=True)
    sealed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_chain")]


class Cursor(GatedModel):
    """How far one consumer has read the chain; cursors follow `seq`, never the id, which commits out of order."""

    gate: ClassVar[Gate] = AdminOnly("audit.view")

    name = models.CharField(max_length=60, primary_key=True)
    seq = models.BigIntegerField(default=0)
