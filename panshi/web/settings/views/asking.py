"""What the settings' pages share: ask before something is done, and the history of one record as sentences."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from panshi.ground.audit.reports import history
from panshi.ground.base.refusals import NotAllowed, Refused
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.reports import names_of
from panshi.web.generic.answers import saved
from panshi.web.generic.confirm import Question, agreed, ask
from panshi.web.generic.kinds import kind_words
from panshi.web.request import PanshiRequest

MANAGE = "settings.manage"


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
class Told:
    """One thing that happened to a setting, in words."""

    text: str
    who: str
    at: dt.datetime


def told_history(
    kind_prefix: str, subject_id: int, labels: Mapping[str, str | Promise], *, viewer: Viewer
) -> list[Told]:
    """What happened to one dictionary or field, newest first, with what was there before and after; three queries."""
    found = history(kind_prefix, subject_id, viewer, count=50).happenings
    names = names_of(one.by_id for one in found)
    told = []
    for one in found:
        changes = [
            f"{labels.get(name, name)} {_short(before)} → {_short(after)}"
            for name, (before, after) in one.changes.items()
        ]
        code = one.payload.get("code")
        subject = f" {code}" if code and kind_prefix.startswith("settings.dictionary") else ""
        detail = _("：") + _("；").join(changes) if changes else ""
        told.append(Told(f"{kind_words(one.kind)}{subject}{detail}", names.get(one.by_id or 0, ""), one.at))
    return told


def _short(text: str) -> str:
    known = {"True": _("是"), "False": _("否"), "": "–"}
    return known.get(text, text[:40])
