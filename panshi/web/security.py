"""The content security policy: what a browser may load and run on our pages.

Scripts come from our own files only, never inline; styles in elements need this request's nonce; style attributes are
allowed because charts set them. See THREAT_MODEL for what this stops.
"""

import secrets
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()"


def policy(nonce: str) -> str:
    """The policy's text for one answer."""
    return "; ".join(
        (
            "default-src 'self'",
            "script-src 'self'",
            f"style-src-elem 'self' 'nonce-{nonce}'",
            "style-src-attr 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


class ContentSecurityPolicy:
    """Give each request a nonce (`request.csp_nonce`) and each answer the policy that names it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer with the policy; a view that set its own keeps it."""
        nonce = secrets.token_urlsafe(16)
        request.csp_nonce = nonce  # type: ignore[attr-defined]
        answer = self.get_response(request)
        answer.headers.setdefault("Content-Security-Policy", policy(nonce))
        answer.headers.setdefault("Permissions-Policy", PERMISSIONS)
        return answer


def csp_nonce(request: Any) -> str:
    """This request's nonce, empty outside a request."""
    return str(getattr(request, "csp_nonce", ""))
