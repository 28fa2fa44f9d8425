"""Tables of notices: what was told to whom, how each person wants to be told, and the mails on their way."""

import datetime as dt
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from panshi.ground.base.gate import AdminOnly, Gate, GatedModel, GatedQuerySet, OwnRows
from panshi.ground.identity.models import Person


class MailState(models.TextChoices):
    """Where a mail stands."""

    WAITING = "waiting", _("待发送")
    SENDING = "sending", _("发送中")
    SENT = "sent", _("已发送")
    FAILED = "failed", _("发送失败")


class MailPurpose(models.TextChoices):
    """Why a mail is written."""

    NOTICE = "notice", _("即时通知")
    DIGEST = "digest", _("摘要")
    TEST = "test", _("测试邮件")


class Mail(GatedModel):
    """One mail in the outbox: written in the transaction of what it tells, sent by a job.

    `message_id` is fixed when the row is written, so that a receiver knows a mail sent again. The letter itself is made
    when it is sent, in the person's language and with what they may see then; only `subject` stays, for the outbox.
    `digest_on` is the day of a digest: one a day for each person, however often the clock asks.
    """

    gate: ClassVar[Gate] = AdminOnly("settings.manage")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=8, choices=MailPurpose)
    message_id = models.CharField(max_length=120, unique=True)
    subject = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=8, choices=MailState, default=MailState.WAITING)
    asked_at = models.DateTimeField()
    not_before = models.DateTimeField()
    tried_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    digest_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "digest_on"], name="one_digest_a_day", condition=~Q(digest_on=None)
            ),
            models.CheckConstraint(
                condition=~Q(state="sent") | ~Q(sent_at=None), name="sent_mail_has_its_moment"
            ),
        ]
        indexes = [
            models.Index(
                fields=["not_before"], name="mail_on_its_way", condition=Q(state__in=["waiting", "sending"])
            ),
            models.Index(fields=["-asked_at", "-id"], name="mail_by_time"),
        ]


class NoticeQuerySet(GatedQuerySet["Notice"]):
    """Notices by state."""

    def shown(self) -> Self:
        """Those their person wants to see in the application."""
        return self.filter(in_app=True)

    def unread(self) -> Self:
        """Those not read yet."""
        return self.filter(read_at=None)


class Notice(GatedModel):
    """Something a person should know. `account_id` and `record_…` are ids without keys; whoever shows the notice asks
    whether its person may still see what it speaks of. `values` is JSON: what the kind's sentence names. `for_digest`
    waits for a digest, `digest` is the one it went into."""

    gate: ClassVar[Gate] = OwnRows("person_id")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=60)
    at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True)
    account_id = models.BigIntegerField(null=True)
    record_kind = models.CharField(max_length=40, blank=True)
    record_id = models.BigIntegerField(null=True)
    values = models.TextField(default="{}")
    in_app = models.BooleanField(default=True)
    read_at = models.DateTimeField(null=True)
    for_digest = models.BooleanField(default=False)
    mail = models.ForeignKey(Mail, null=True, on_delete=models.PROTECT, related_name="notices")
    digest = models.ForeignKey(Mail, null=True, on_delete=models.PROTECT, related_name="digested")

    objects: ClassVar[Any] = NoticeQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["person", "-id"], name="notice_of_person"),
            models.Index(fields=["person"], name="notice_unread", condition=Q(read_at=None, in_app=True)),
            models.Index(fields=["person"], name="notice_for_digest", condition=Q(for_digest=True)),
            models.Index(fields=["at"], name="notice_by_age"),
        ]


class Choice(GatedModel):
    """By which ways a person wants one kind of notice; no row where they take what the kind proposes."""

    gate: ClassVar[Gate] = OwnRows("person_id")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=60)
    in_app = models.BooleanField()
    by_mail = models.BooleanField()
    in_digest = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "kind"], name="notice_choice_once")]


class DigestRhythm(models.TextChoices):
    """How often a digest comes."""

    NEVER = "never", _("不发")
    DAILY = "daily", _("每个工作日")
    WEEKLY = "weekly", _("每周第一个工作日")


class Rhythm(GatedModel):
    """When a person wants to be left alone, and when the digest comes; no row for who takes the defaults.

    Equal ends of the quiet hours mean none; an end before the start lies on the next morning.
    """

    gate: ClassVar[Gate] = OwnRows("person_id")

    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="+", primary_key=True)
    quiet_from = models.TimeField(default=dt.time(22))
    quiet_to = models.TimeField(default=dt.time(8))
    quiet_on_holidays = models.BooleanField(default=True)
    digest = models.CharField(max_length=8, choices=DigestRhythm, default=DigestRhythm.DAILY)
    digest_at = models.TimeField(default=dt.time(8))
