"""Who will be asked when a request is handed in: the steps of a process resolved for its applicant beforehand."""

import datetime as dt
from dataclasses import dataclass

from panshi.engines.process import Drawing, Node
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.reports import names_of
from panshi.workflow.bindings import INFORM, Resolved
from panshi.workflow.models import ProcessVersion
from panshi.workflow.outline import TaskRules, load_drawing, rules_of
from panshi.workflow.reports.people import holder_words, unit_names
from panshi.workflow.roles import Place, Staffing, parts_of, unit_of

_ASKS = ("exclusive", "inclusive")


@dataclass(frozen=True, slots=True)
class ForeseenStep:
    """One step to come: `who` are names or roles, `people` the names behind roles, `conditional` says that it depends
    on what is filled in, `asks` that the person is named in the form."""

    name: str
    who: tuple[str, ...]
    people: tuple[str, ...]
    rules: TaskRules
    conditional: bool
    asks: bool


def foreseen_steps(
    *, version: ProcessVersion, resolved: Resolved, viewer: Viewer, on: dt.date
) -> tuple[ForeseenStep, ...]:
    """The steps people act at, in the order they are drawn; conditions are not known yet, so each is named that may
    come."""
    drawing = load_drawing(version.outline)
    unit_id = unit_of(viewer.person_id, on=on)
    staffing = Staffing(
        on=on,
        applicant_id=viewer.person_id or 0,
        applicant_unit_id=unit_id,
        owner_id=resolved.owner_id,
        place_id=resolved.unit_id or unit_id,
    )
    nodes = [
        node for node in drawing.nodes if node.kind == "user" and node.settings.get("action") not in INFORM
    ]
    found = [(node, staffing.resolve(node.role)) for node in nodes]
    units = unit_names(place.unit_id for _node, places in found for place in places)
    people = names_of(
        key for _node, places in found for place in places for key in (place.person_id, *place.holders)
    )
    return tuple(_step(drawing, node, places, people, units) for node, places in found)


def _step(
    drawing: Drawing, node: Node, places: list[Place], people: dict[int, str], units: dict[int, str]
) -> ForeseenStep:
    who = [
        holder_words(
            person_id=place.person_id, role=place.role, unit_id=place.unit_id, people=people, units=units
        )
        for place in places
    ]
    behind = [people.get(key, "") for place in places if place.person_id is None for key in place.holders]
    return ForeseenStep(
        name=node.name,
        who=tuple(dict.fromkeys(who)),
        people=tuple(dict.fromkeys(behind)),
        rules=rules_of(drawing, node),
        conditional=_conditional(drawing, node),
        asks=not places and any(part.startswith("field:") for part in parts_of(node.role)),
    )


def _conditional(drawing: Drawing, node: Node) -> bool:
    """Whether a gateway decides if the way leads here."""
    asks = {each.id for each in drawing.nodes if each.kind in _ASKS}
    return any(flow.target == node.id and flow.source in asks and flow.condition for flow in drawing.flows)
