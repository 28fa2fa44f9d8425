"""What the pages of this room share: find the record, ask before something is done to it, show who was faster."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from django.http import Http404, HttpResponse

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


@dataclass(frozen=True, slots=True)
class Theirs:
    """One field somebody else saved first. What it was before is not kept with the record, so `base` is empty."""

    field: str
    label: str
    mine: str
    theirs: str
    base: str = ""
    clashes: bool = True


@contextmanager
def conflicts(form: PanshiForm, record: Person | Unit) -> Iterator[None]:
    """Turn "somebody was faster" into the comparison of both versions; nothing typed is lost."""
    try:
        yield
    except Stale as stale:
        record.refresh_from_db()
        typed = {name: str(form.data.get(name, "")) for name in form.values()}
        found = [
            Theirs(name, str(form.fields[name].label), mine, stored)
            for name, mine in typed.items()
            if mine != (stored := _text(record, name))
        ]
        form.show_conflict(found, stale.theirs, stale.message)


def _text(record: Person | Unit, name: str) -> str:
    """A stored value as a form sends it."""
    value = getattr(record, f"{name}_id", None) if hasattr(record, f"{name}_id") else getattr(record, name)
    return "" if value is None else str(value)


def take_theirs(form: PanshiForm, record: Person | Unit) -> PanshiForm:
    """The form with what the person chose of the other version."""
    if form.is_bound:
        own = {"expected_version", form.reason_name}
        form.take_theirs({name: _text(record, name) for name in form.fields if name not in own})
    return form
