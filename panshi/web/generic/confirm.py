"""The question before something that cannot simply be undone: what will happen, with numbers, and for what reason."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from panshi.web.request import PanshiRequest


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked: `facts` say what will happen; `typed` must be typed to agree where the harm would be great.

    `harms` is false where the act only adds or restores: its button does not warn.
    """

    title: str
    facts: tuple[str, ...]
    verb: str
    cancel_url: str
    typed: str = ""
    error: str = ""
    harms: bool = True


def agreed(request: PanshiRequest, question: Question) -> bool:
    """Whether the person has seen the question and said yes."""
    said = request.method == "POST"
    return said and (not question.typed or request.POST.get("typed", "").strip() == question.typed)


def ask(request: PanshiRequest, question: Question) -> HttpResponse:
    """Show the question, as a page or in the dialog."""
    template = "generic/confirm_part.html" if request.htmx else "generic/confirm.html"
    refused = request.method == "POST"
    response = render(
        request, template, {"question": question, "refused": refused}, status=422 if refused else 200
    )
    patch_vary_headers(response, ("HX-Request",))
    return response
