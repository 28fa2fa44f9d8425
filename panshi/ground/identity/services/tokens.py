"""Tokens for programs and the calendar address: made by a person for himself, shown once, revoked at once."""

import datetime as dt
import hashlib
import hmac
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from panshi.ground.audit.services import record
from panshi.ground.base.refusals import NotAllowed, Refused
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity import events
from panshi.ground.identity.models import ApiToken, CalendarFeed, Person, TokenPace
from panshi.ground.identity.scopes import BY_CODE, SCOPES

MARK: Final = "pst"
"""How our tokens begin, so that scanners of repositories know one when they see it."""

_PREFIX: Final = re.compile(rf"{MARK}_[0-9a-f]{{10}}")

USED_EVERY: Final = dt.timedelta(minutes=5)
"""How exactly the last use is noted: a request a second must not write a row a second."""


def digest_of(secret: str) -> str:
    """What is stored of a secret. It is long and random, so a plain hash cannot be searched through."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


class CannotMakeToken(Refused):
    """The token lacks a name or a scope, lasts too long, or the person has too many."""


@dataclass(frozen=True, slots=True)
class TokenLimits:
    """What the settings allow: read by the caller, for settings stand above identity."""

    days: int
    each: int


@transaction.atomic
def make_token(
    *,
    name: str,
    scopes: Collection[str],
    expires_on: dt.date,
    limits: TokenLimits,
    by: Viewer,
    at: dt.datetime,
) -> tuple[ApiToken, str]:
    """A token of the acting person, and its secret, which is nowhere to be found again."""
    person_id = by.person_id
    if person_id is None:
        raise NotAllowed(_("您没有此项操作的权限。"))
    Person.objects.select_for_update().get(pk=person_id)
    on = timezone.localdate(at)
    _check(name, scopes, expires_on, limits, on=on)
    if ApiToken.objects.standing().filter(person_id=person_id, expires_on__gte=on).count() >= limits.each:
        raise CannotMakeToken(
            _("您已有 %(most)d 个令牌，请先停用不用的。") % {"most": limits.each}, field="name"
        )
    prefix = f"{MARK}_{secrets.token_hex(5)}"
    secret = f"{prefix}_{secrets.token_urlsafe(32)}"
    token: ApiToken = ApiToken.objects.create(
        person_id=person_id,
        name=name.strip(),
        prefix=prefix,
        digest=digest_of(secret),
        scopes=" ".join(scope.code for scope in SCOPES if scope.code in scopes),
        made_at=at,
        expires_on=expires_on,
    )
    TokenPace.objects.create(token=token)
    record(
        events.TOKEN_MADE,
        at=at,
        by_id=person_id,
        subject_id=person_id,
        token_id=token.pk,
        scopes=list(token.scope_codes),
        expires_on=expires_on,
    )
    return token, secret


def _check(
    name: str, scopes: Collection[str], expires_on: dt.date, limits: TokenLimits, *, on: dt.date
) -> None:
    errors = {}
    if not name.strip() or len(name.strip()) > 60 or "\x00" in name:
        errors["name"] = _("请填写名称（不超过 60 个字符），例如使用它的程序。")
    if not scopes or set(scopes) - set(BY_CODE):
        errors["scopes"] = _("请至少选择一项范围。")
    last = on + dt.timedelta(days=limits.days)
    if not on <= expires_on <= last:
        errors["expires_on"] = _("最后一天应在今天和 %(day)s 之间。") % {"day": last.isoformat()}
    if errors:
        raise CannotMakeToken(next(iter(errors.values())), errors=errors)


@transaction.atomic
def revoke_token(*, token: ApiToken, by: Viewer, at: dt.datetime) -> ApiToken:
    """End a token at once: one's own always, others' with the right to manage them."""
    if token.person_id != by.person_id:
        by.require("api.manage")
    row: ApiToken = ApiToken.objects.select_for_update().get(pk=token.pk)
    if row.revoked_at is None:
        row.revoked_at = at
        row.save(update_fields=["revoked_at"])
        record(events.TOKEN_REVOKED, at=at, by_id=by.person_id, subject_id=row.person_id, token_id=row.pk)
    return row


def find_token(secret: str) -> ApiToken | None:
    """The token of a secret with its person, in whatever state; one query, the same for a wrong secret and for none."""
    prefix = "_".join(secret.split("_", 2)[:2])
    known = ApiToken.objects.filter(prefix=prefix).select_related("person")
    token: ApiToken | None = known.first() if _PREFIX.fullmatch(prefix) else None
    stored = token.digest if token is not None else "0" * 64
    same = hmac.compare_digest(stored, digest_of(secret))
    return token if same else None


def use_due(token: ApiToken, *, at: dt.datetime) -> bool:
    """Whether the last use should be noted again; most requests need not."""
    return token.used_at is None or at - token.used_at >= USED_EVERY


@transaction.atomic
def note_use(*, token: ApiToken, by: Viewer, at: dt.datetime) -> None:
    """Note when a token was last used, to the nearest few minutes; no event, for it is no business fact."""
    if by.person_id == token.person_id and use_due(token, at=at):
        ApiToken.objects.filter(pk=token.pk).update(used_at=at)


_COUNT: Final = (
    "INSERT INTO identity_tokenpace (token_id, minute, requests) VALUES (%s, %s, 1) "
    "ON CONFLICT (token_id) DO UPDATE SET minute = excluded.minute, requests = "
    "CASE WHEN identity_tokenpace.minute = excluded.minute THEN identity_tokenpace.requests + 1 ELSE 1 END "
    "RETURNING requests"
)


def count_request(*, token: ApiToken, at: dt.datetime) -> int:
    """Count one request; answers how many the token made in this minute, this one included, over all workers.

    Redis counts where there is one. Django's cache in the database reads and then writes, so that two workers would
    count as one: there a row of our own counts, in one statement that also makes the row anew where PostgreSQL emptied
    the table after a crash (see its migration).
    """
    minute = int(at.timestamp()) // 60
    if settings.REDIS_URL:
        key = f"api:pace:{token.pk}:{minute}"
        cache.add(key, 0, timeout=120)
        return int(cache.incr(key))
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [token.pk, minute])
        [(counted,)] = cursor.fetchall()  # SQLite keeps it only once every row was fetched
    return int(counted)


@transaction.atomic
def make_feed(*, by: Viewer, at: dt.datetime) -> str:
    """A new secret of the acting person's calendar address; the one before ends with it."""
    if by.person_id is None:
        raise NotAllowed(_("您没有此项操作的权限。"))
    secret = secrets.token_urlsafe(32)
    CalendarFeed.objects.update_or_create(
        person_id=by.person_id, defaults={"digest": digest_of(secret), "made_at": at, "used_at": None}
    )
    record(events.FEED_MADE, at=at, by_id=by.person_id, subject_id=by.person_id)
    return secret


@transaction.atomic
def end_feed(*, by: Viewer, at: dt.datetime) -> None:
    """Close the acting person's calendar address."""
    removed, _rows = CalendarFeed.objects.filter(person_id=by.person_id or 0).delete()
    if removed:
        record(events.FEED_ENDED, at=at, by_id=by.person_id, subject_id=by.person_id)


def find_feed(secret: str) -> CalendarFeed | None:
    """The calendar address of a secret, if its person may still sign in."""
    feeds = CalendarFeed.objects.filter(digest=digest_of(secret), person__is_active=True)
    found: CalendarFeed | None = feeds.select_related("person").first()
    return found


@transaction.atomic
def note_feed_use(*, feed: CalendarFeed, by: Viewer, at: dt.datetime) -> None:
    """Note when a calendar last asked, to the nearest few minutes."""
    if by.person_id == feed.person_id and (feed.used_at is None or at - feed.used_at >= USED_EVERY):
        CalendarFeed.objects.filter(pk=feed.pk).update(used_at=at)
