"""What the pages of this room share: find the record, ask before something is done to it, show who was faster."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import TypeVar

from django.http import Http404, HttpResponse

from panshi.ground.audit.services import text
from panshi.ground.base.refusals import NotAllowed, Refused, Stale
from panshi.ground.identity.models import Person, Unit
from panshi.web.generic.answers import saved
from panshi.web.generic.confirm import Question, agreed, ask
from panshi.web.generic.forms import PanshiForm
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


Known = Mapping[str, object]
"""What a form starts with: the record's values by field."""

Record = TypeVar("Record", Person, Unit)
FormT = TypeVar("FormT", bound=PanshiForm)


@contextmanager
def conflicts(form: PanshiForm, record: Record, known: Callable[[Record], Known]) -> Iterator[None]:
    """Turn "somebody was faster" into the comparison of both versions; nothing typed is lost."""
    try:
        yield
    except Stale as stale:
        record.refresh_from_db()
        form.show_conflict(form.differences(known(record)), stale.theirs, stale.message)


def take_theirs(form: FormT, stored: Known) -> FormT:
    """The form with what the person chose of the other version."""
    if form.is_bound:
        form.take_theirs({name: text(value) for name, value in stored.items()})
    return form
