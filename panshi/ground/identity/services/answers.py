"""Answers kept for requests that carry an idempotency key: of equal requests one is carried out, the others hear what
it was answered.

The row is written before the work, in a transaction of its own, and completed in the transaction of the work itself:
work and kept answer stand or fall together, also when a process is killed between them.
"""

import datetime as dt
import secrets
from dataclasses import dataclass
from typing import Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from panshi.ground.base.refusals import Refused
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.models import ApiToken, KeptAnswer

KEPT: Final = dt.timedelta(hours=24)
ABANDONED: Final = dt.timedelta(minutes=10)
"""A request that runs longer than this was killed; whoever comes next may take it over."""


class CannotRepeat(Refused):
    """The key was used for another request (`running` is False), or the first request still runs."""

    def __init__(self, message: str, *, running: bool) -> None:
        super().__init__(message)
        self.running = running


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request was answered: status, headers as JSON, body."""

    status: int
    headers: str
    body: str


@dataclass(frozen=True, slots=True)
class Claimed:
    """The right to carry a request out, to be completed or given back."""

    row: int
    claim: str


@transaction.atomic
def claim_answer(*, token: ApiToken, key: str, asked: str, by: Viewer, at: dt.datetime) -> Claimed | Answer:
    """The right to carry out a request, or what it was answered before. `asked` is a digest of the whole request."""
    kept = KeptAnswer.objects.filter(token=token)
    kept.filter(at__lt=at - KEPT).delete()
    kept.filter(status=0, at__lt=at - ABANDONED, key=key).delete()
    claim = secrets.token_hex(16)
    try:
        with transaction.atomic():
            row = KeptAnswer.objects.create(token=token, key=key, asked=asked, claim=claim, at=at)
            return Claimed(row.pk, claim)
    except IntegrityError:
        found = kept.filter(key=key).first()
    if found is None:
        raise CannotRepeat(_("同一请求正在处理，请稍后再试。"), running=True)
    if found.asked != asked:
        raise CannotRepeat(_("这个 Idempotency-Key 已用于另一个请求。"), running=False)
    if found.status == 0:
        raise CannotRepeat(_("同一请求正在处理，请稍后再试。"), running=True)
    return Answer(found.status, found.headers, found.body)


class CannotComplete(Refused):
    """Somebody else took the request over meanwhile; what was done here is taken back."""


@transaction.atomic
def complete_answer(*, claimed: Claimed, answer: Answer, by: Viewer) -> None:
    """Keep what was answered; call in the transaction of the work."""
    kept = KeptAnswer.objects.filter(pk=claimed.row, claim=claimed.claim, status=0)
    if not kept.update(status=answer.status, headers=answer.headers, body=answer.body):
        raise CannotComplete(_("同一请求正在处理，请稍后再试。"))


@transaction.atomic
def release_answer(*, claimed: Claimed, by: Viewer) -> None:
    """Give the key back: nothing was done, so that the same key may be used again."""
    KeptAnswer.objects.filter(pk=claimed.row, claim=claimed.claim, status=0).delete()
