"""Where sign-in (allauth) meets our house: its writes go through our services, its secrets are encrypted at rest.

Adapters are allauth's own hooks; nothing here listens to signals.
"""

import base64
import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from allauth.usersessions.models import UserSession
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from panshi.ground.base.viewer import Viewer
from panshi.ground.identity import services
from panshi.ground.identity.models import Person
from panshi.web.signin.demands import (
    SECOND_FACTOR_MISSING,
    second_factor_is_missing,
    temporary_password_is_stale,
)

_SILENT: Final = frozenset({"account/messages/logged_in.txt", "account/messages/logged_out.txt"})
"""Messages that only say what the person sees anyway."""

_SECOND_FACTOR_NEWS: Final = {
    "mfa/email/totp_activated": "totp_added",
    "mfa/email/totp_deactivated": "totp_removed",
    "mfa/email/recovery_codes_generated": "recovery_codes_renewed",
}
"""allauth's notices about second factors, as events."""


class SignInAdapter(DefaultAccountAdapter):
    """Sign-in with name and password: no sign-up, each attempt an event, redirects only within this site."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """People are created by administrators."""
        return False

    def is_safe_url(self, url: str) -> bool:
        """A way on after sign-in leads to this very host, never to another name the server answers to."""
        host = self.request.get_host() if self.request else None
        return url_has_allowed_host_and_scheme(url, allowed_hosts={host} if host else set())

    def pre_login(self, request: HttpRequest, user: Any, **details: Any) -> HttpResponse | None:
        """A temporary password that was never replaced opens nothing after its days."""
        answer = super().pre_login(request, user, **details)
        if answer is not None or not temporary_password_is_stale(user, at=_now(request)):
            return answer
        services.note_failed_sign_in(
            username=user.username,
            step="expired",
            address=self.get_client_ip(request),
            by=Viewer(person_id=None),
            at=_now(request),
        )
        messages.error(request, _("临时密码已经失效，请让管理员重新给一个。"))
        return redirect("account_login")

    def login(self, request: HttpRequest, user: Person) -> None:
        """Every factor was right: open the session and record it."""
        super().login(request, user)
        request.session[SECOND_FACTOR_MISSING] = second_factor_is_missing(user, at=_now(request))
        services.note_sign_in(address=self.get_client_ip(request), by=_self(user), at=_now(request))

    def logout(self, request: HttpRequest) -> None:
        """Record, then close the session."""
        if isinstance(request.user, Person):
            services.note_sign_out(
                address=self.get_client_ip(request), by=_self(request.user), at=_now(request)
            )
        super().logout(request)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """A wrong name or password; asked for again until the rate limit says stop."""
        services.note_failed_sign_in(
            username=str(credentials.get("username") or ""),
            step="password",
            address=self.get_client_ip(request),
            by=Viewer(person_id=None),
            at=_now(request),
        )

    def set_password(self, user: Person, password: str) -> None:
        """Own password, changed by its owner."""
        services.set_password(person=user, password=password, by=_self(user), at=_now(self.request))

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """After a new password, on with the work."""
        return str(settings.LOGIN_REDIRECT_URL)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: Person,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """A second factor changed: an event instead of a mail, for no mail server is required."""
        if what := _SECOND_FACTOR_NEWS.get(template_prefix):
            services.note_second_factor(
                what=what,
                address=self.get_client_ip(self.request),
                by=_self(user),
                at=_now(self.request),
            )

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Say what is worth saying."""
        if message_template not in _SILENT:
            super().add_message(request, level, message_template, message_context, extra_tags, message)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Second factors: the secrets of authenticator apps and recovery codes never lie in clear in the database."""

    def get_totp_label(self, user: Person) -> str:
        """What the authenticator app shows: the sign-in name."""
        return str(user.username)

    def encrypt(self, text: str) -> str:
        """Encrypt with the newest key."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Decrypt with whichever key fits; an unreadable secret matches no code."""
        try:
            return _cipher().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            return ""


class SessionsAdapter(DefaultUserSessionsAdapter):
    """Sessions signed out from afar, each an event."""

    def end_sessions(self, sessions: Sequence[UserSession]) -> None:
        """End the person's other sessions."""
        for session in sessions:
            services.end_session(session=session, by=Viewer(person_id=session.user_id), at=timezone.now())


def _cipher() -> MultiFernet:
    """One cipher over all keys of the environment, the newest first."""
    return MultiFernet([Fernet(_derive(key)) for key in settings.SECOND_FACTOR_KEYS])


def _derive(key: str) -> bytes:
    """A Fernet key from a secret of any length, for this one purpose."""
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"panshi second factor").derive(
        key.encode()
    )
    return base64.urlsafe_b64encode(derived)


def _self(person: Person) -> Viewer:
    """The person acting for himself; no permission is needed for that."""
    return Viewer(person_id=person.pk)


def _now(request: HttpRequest | None) -> dt.datetime:
    """The clock of the request."""
    at: dt.datetime = getattr(request, "at", None) or timezone.now()
    return at
