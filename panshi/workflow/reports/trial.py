"""A dry run of a definition: with these values, these steps by these people, until which end. Nothing is written.

Everybody asked agrees; timers fire at once. What would stop a real request is told as the reason it stops here.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from panshi.engines.process import (
    APPROVED,
    OUTCOME,
    CannotAdvance,
    Drawing,
    Node,
    Plain,
    Run,
    Waiting,
    compile_drawing,
)
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.reports import names_of
from panshi.workflow.bindings import Fact, binding_of
from panshi.workflow.forms import Field, clean_values, engine_values
from panshi.workflow.outline import rules_of
from panshi.workflow.reports.people import unit_names, why_words
from panshi.workflow.roles import Place, Staffing, unit_of
from panshi.workflow.services.course import as_numbers
from panshi.workflow.wording import engine_words

MANAGE: Final = "processes.manage"
MOST_STEPS: Final = 200


@dataclass(frozen=True, slots=True)
class TrialStep:
    """One step of a dry run: who would have it and why; nobody means it would wait in the administrator's queue."""

    node: str
    name: str
    kind: str
    people: tuple[str, ...]
    why: tuple[str, ...]
    days: int


@dataclass(frozen=True, slots=True)
class Trial:
    """What a dry run came to: its steps in order, nodes passed over, the end's outcome, and what stopped it if
    anything; `errors` are values that cannot be read, by name."""

    steps: tuple[TrialStep, ...]
    skipped: tuple[str, ...]
    outcome: str
    stopped: str
    errors: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a dry run is made with: texts as typed, who applies, and whose the subject would be."""

    values: Mapping[str, Any]
    applicant_id: int
    owner_id: int | None = None


def try_definition(
    *, process: str, drawing: Drawing, form: tuple[Field, ...], asked: Asked, viewer: Viewer, on: dt.date
) -> Trial:
    """Walk through a sound drawing as a request would, with everybody agreeing."""
    viewer.require(MANAGE)
    facts = binding_of(process).facts
    given = {name: text for name, text in asked.values.items() if name in {field.name for field in form}}
    kept, errors = clean_values(form, given, allowed={field.name: "edit" for field in form})
    named = engine_values(form, kept) | {
        fact.name: _fact(fact, asked.values.get(fact.name)) for fact in facts
    }
    try:
        values = as_numbers(named, {fact.name: fact.kind for fact in facts})
    except (ValueError, ArithmeticError):
        return Trial((), (), "", "", errors | {"": _("请填写数字。")})
    if errors:
        return Trial((), (), "", "", errors)
    place_id = unit_of(asked.owner_id, on=on) or unit_of(asked.applicant_id, on=on)
    staffing = Staffing(
        on=on,
        applicant_id=asked.applicant_id,
        applicant_unit_id=unit_of(asked.applicant_id, on=on),
        owner_id=asked.owner_id,
        place_id=place_id,
        values=kept,
    )
    return _Walk(drawing, staffing).walk(values)


def _fact(fact: Fact, typed: Any) -> Plain:
    text = str(typed if typed is not None else "").strip()
    if fact.kind == "boolean":
        return text.lower() in {"true", "1", "yes", "是"}
    if not text:
        return None
    return text.replace(",", "") if fact.kind in ("number", "money") else text


class _Walk:
    """Goes from place to place, answering for everybody; names are read once at the end."""

    def __init__(self, drawing: Drawing, staffing: Staffing) -> None:
        self.drawing, self.staffing = drawing, staffing
        self.found: list[tuple[Node, list[Place]]] = []

    def walk(self, values: Mapping[str, Plain]) -> Trial:
        """Until the end, or what stops it."""
        stopped, run = "", Run.start(compile_drawing(self.drawing), values)
        try:
            run.advance()
            while not run.ended and len(self.found) < MOST_STEPS:
                waiting = next((each for each in run.waiting if each.kind != "deadline"), None)
                if waiting is None:
                    break
                self._pass(run, waiting)
                run.advance()
        except CannotAdvance as refusal:
            stopped = engine_words(refusal, self.drawing)
        if not stopped and not run.ended:
            stopped = _("走了 %(count)d 步还没有结束。") % {"count": len(self.found)}
        end = run.end_node if not stopped else None
        states = run.states() if not stopped else {}
        return Trial(
            steps=self._steps(),
            skipped=tuple(
                node.name
                for node in self.drawing.nodes
                if node.kind in ("user", "service") and states.get(node.id) == "skipped"
            ),
            outcome=(self.drawing.node(end).settings.get(OUTCOME, "") or APPROVED) if end else "",
            stopped=stopped,
            errors={},
        )

    def _pass(self, run: Run, waiting: Waiting) -> None:
        node = self.drawing.node(waiting.node)
        if waiting.kind == "timer":
            self.found.append((node, []))
            run.fire(waiting.id)
            return
        who = node.role if waiting.kind == "user" else node.settings.get("who", "") or node.role
        self.found.append((node, self._places(node, who)))
        run.complete(waiting.id, {OUTCOME: APPROVED} if waiting.kind == "user" else {})

    def _places(self, node: Node, who: str) -> list[Place]:
        """Who would have it; the applicant's own step goes to a superior as the definition says."""
        places = self.staffing.resolve(who)
        if node.kind != "user":
            return places
        rules, applicant = rules_of(self.drawing, node), self.staffing.applicant_id
        if rules.own == "allow" or rules.kind == "do":
            return places
        found: dict[str, Place] = {}
        for place in places:
            if place.holders != (applicant,):
                found.setdefault(place.key, place)
            elif rules.own == "superior":
                unit = self.staffing.unit_of(applicant)
                above = self.staffing.superior(applicant, unit, "instead")
                if above is not None:
                    found.setdefault(above.key, above)
        return list(found.values())

    def _steps(self) -> tuple[TrialStep, ...]:
        places = [place for _node, found in self.found for place in found]
        details = {int(place.detail) for place in places if place.detail.isdigit()}
        people = names_of({pk for place in places for pk in (*place.holders, place.person_id or 0)} | details)
        units = unit_names([place.unit_id for place in places])
        return tuple(
            TrialStep(
                node=node.id,
                name=node.name,
                kind=node.kind,
                people=tuple(dict.fromkeys(people.get(pk, "") for place in found for pk in place.holders)),
                why=tuple(why_words([place.plain() for place in found], people=people, units=units)),
                days=int(node.settings.get("days", "") or 0),
            )
            for node, found in self.found
        )
