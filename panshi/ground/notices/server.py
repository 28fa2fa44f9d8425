"""The mail server this installation sends through, read from its URL, and what its refusals mean."""

import smtplib
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.mail.backends.smtp import EmailBackend

PATIENCE: Final = 30
"""Seconds a server may be silent before it counts as down."""


class BadMailUrl(ValueError):
    """The setting names no mail server we can speak to."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where to connect, as whom, and how the way there is encrypted: none, starttls or tls."""

    host: str
    port: int
    user: str
    password: str
    encryption: str

    @classmethod
    def of(cls, url: str) -> "MailServer":
        """Read `smtp://user:password@host:587?tls=starttls` or `smtps://…`."""
        parts = urlsplit(url)
        asked = parse_qs(parts.query).get("tls", ["none"])[0]
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or asked not in {"none", "starttls"}:
            raise BadMailUrl("PANSHI_SMTP_URL must read smtp://host:25, smtp://…?tls=starttls or smtps://…")
        direct = parts.scheme == "smtps"
        return cls(
            host=parts.hostname,
            port=parts.port or (465 if direct else 25),
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            encryption="tls" if direct else asked,
        )

    def connection(self) -> EmailBackend:
        """A connection, not opened yet."""
        return EmailBackend(
            host=self.host,
            port=self.port,
            username=self.user,
            password=self.password,
            use_tls=self.encryption == "starttls",
            use_ssl=self.encryption == "tls",
            timeout=PATIENCE,
        )


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a mail did not leave: in the server's words, whether trying again may help, whether the server is gone."""

    words: str
    final: bool
    server_down: bool


def failure_of(error: Exception) -> Failure:
    """What an error of sending means. A code of 5xx about this mail is final; anything else may pass."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, said = next(iter(error.recipients.values()), (0, b""))
        return Failure(_said(code, said), final=code >= 500, server_down=False)
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return Failure(_said(error.smtp_code, error.smtp_error), final=False, server_down=True)
    if isinstance(error, smtplib.SMTPConnectError | smtplib.SMTPHeloError):
        return Failure(_said(error.smtp_code, error.smtp_error), final=False, server_down=True)
    if isinstance(error, smtplib.SMTPResponseException):
        code = error.smtp_code
        return Failure(_said(code, error.smtp_error), final=code >= 500, server_down=code == 421)
    return Failure(f"{type(error).__name__}: {error}"[:300], final=False, server_down=True)


def _said(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return f"{code} {' '.join(text.split())}"[:300]
