"""Finding what a page of this room is about, and asking before something is done to it."""

from collections.abc import Callable
from dataclasses import replace

from django.http import Http404, HttpResponse

from panshi.ground.base.refusals import NotAllowed, Refused
from panshi.ground.identity.models import Person, Unit
from panshi.web.generic.answers import saved
from panshi.web.generic.confirm import Question, agreed, ask
from panshi.web.request import PanshiRequest


def managed_person(request: PanshiRequest, pk: int) -> Person:
    """A person, for those who may manage people."""
    request.viewer.require("identity.manage")
    found: Person | None = Person.objects.visible_to(request.viewer).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def managed_unit(request: PanshiRequest, pk: int) -> Unit:
    """A unit, for those who may manage units."""
    request.viewer.require("identity.manage")
    found: Unit | None = Unit.objects.visible_to(request.viewer).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def ask_and_do(
    request: PanshiRequest, question: Question, act: Callable[[], object], *, text: str
) -> HttpResponse:
    """Ask; on yes do it, say `text` and go back. A refusal stands in the question."""
    if agreed(request, question):
        try:
            act()
        except NotAllowed:
            raise
        except Refused as refusal:
            question = replace(question, error=refusal.message)
        else:
            return saved(request, question.cancel_url, text)
    return ask(request, question)
