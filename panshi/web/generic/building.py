"""The form in which a sentence of conditions is put together, in the drawer of a list.

Every change sends the whole form back and gets it anew, so that operators and values always belong to the chosen
filter; it works without scripts too. Fields are `w.join`, `w.0.f` (filter), `w.0.o` (operator), `w.0.v` (values), and
one level deeper for a group: `w.1.join`, `w.1.0.f`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext as _

from panshi.web.generic.answers import alone_or_part, lead_list
from panshi.web.generic.filters import MOST_CHOICES, Asking, Filter, Input, Option, Unclear
from panshi.web.generic.lists import Asked
from panshi.web.generic.where import (
    LONGEST,
    MOST_ITEMS,
    MOST_RULES,
    Group,
    Rule,
    compare,
    encode,
)
from panshi.web.request import PanshiRequest

_PLACE: Final = re.compile(r"w\.(\d{1,2})(?:\.(\d{1,2}))?\.(f|join)")


@dataclass(frozen=True, slots=True)
class RuleForm:
    """One line of the form: where its fields are named, its choices, the controls of its values, what is wrong."""

    place: str
    filters: Sequence[Option]
    operators: Sequence[Option]
    inputs: Sequence[Input]
    error: str = ""


@dataclass(frozen=True, slots=True)
class GroupForm:
    """A group of lines, the outermost one included."""

    place: str
    join: str
    negated: bool
    items: "Sequence[RuleForm | GroupForm]"
    is_group: bool = True


def build(request: PanshiRequest, asked: Asked) -> HttpResponse:
    """The form, what an act on it changed, or the list with the finished sentence."""
    filters = [one for one in asked.page.open_filters(asked.asking.viewer) if one.operators]
    query = request.GET
    act = query.get("w.act", "")
    group = _read(query) if "w.join" in query else (asked.where.group if asked.where else Group())
    group = _acted(group, act)
    if not group.items and act != "apply":
        group = replace(group, items=(Rule("", ""),))
    errors = _errors(group, filters, asked.asking) if act == "apply" else {}
    if act == "apply" and not errors:
        kept = tuple(pair for pair in asked.base if pair[0] != "where")
        text = encode(_filled(group))
        address = replace(asked, where=None).query(*((("where", text),) if text else ()))
        if len(text) <= LONGEST:
            return lead_list(request, request.path + address)
        errors = {"": _("组合条件太长，请减少一些条件。")}
    kept = tuple(pair for pair in asked.base if pair[0] != "where")
    context = {
        "asked": asked,
        "list": asked.page,
        "kept": (*kept, *asked.sorting),
        "root": _form(group, "w", filters, asked.asking, errors),
        "error": errors.get("", ""),
        "full": sum(1 if isinstance(one, Rule) else len(one.items) for one in group.items) >= MOST_RULES,
    }
    return alone_or_part(request, "generic/list_where.html", context)


def _read(query: QueryDict) -> Group:
    """The sentence as the form has it, unfinished lines included."""
    places: dict[int, dict[int, str]] = {}
    for name in list(query)[:500]:
        if found := _PLACE.fullmatch(name):
            outer = places.setdefault(int(found[1]), {})
            if found[2] is not None:
                outer[int(found[2])] = f"w.{found[1]}.{found[2]}"
    items: list[Rule | Group] = []
    for number in sorted(places)[:MOST_ITEMS]:
        place = f"w.{number}"
        if f"{place}.join" not in query:
            items.append(_rule(query, place))
            continue
        inner = tuple(_rule(query, where) for _at, where in sorted(places[number].items())[:MOST_ITEMS])
        items.append(_joined(query, place, inner))
    return _joined(query, "w", tuple(items))


def _joined(query: QueryDict, place: str, items: tuple[Rule | Group, ...]) -> Group:
    return Group("any" if query.get(f"{place}.join") == "any" else "all", f"{place}.not" in query, items)


def _rule(query: QueryDict, place: str) -> Rule:
    values = [value for value in query.getlist(f"{place}.v")[: MOST_CHOICES + 1] if "\x00" not in value]
    return Rule(query.get(f"{place}.f", ""), query.get(f"{place}.o", ""), tuple(values))


def _acted(group: Group, act: str) -> Group:
    """The sentence after a button of the form: add, add.N, group, drop.N, drop.N.M."""
    verb, _dot, where = act.partition(".")
    at = [int(part) for part in where.split(".") if part.isascii() and part.isdecimal()][:2]
    if verb == "add" and not at:
        return replace(group, items=(*group.items, Rule("", ""))[:MOST_ITEMS])
    if verb == "group":
        opposite = "any" if group.join == "all" else "all"
        return replace(group, items=(*group.items, Group(opposite, False, (Rule("", ""),)))[:MOST_ITEMS])
    if not at or at[0] >= len(group.items) or verb not in {"add", "drop"}:
        return group
    changed = _changed(group.items[at[0]], verb, at[1:])
    kept = (changed,) if changed is not None else ()
    return replace(group, items=(*group.items[: at[0]], *kept, *group.items[at[0] + 1 :]))


def _changed(item: Rule | Group, verb: str, at: list[int]) -> Rule | Group | None:
    """One item after an act on it or inside it; None when it goes."""
    if isinstance(item, Rule):
        return None
    if verb == "add":
        return replace(item, items=(*item.items, Rule("", ""))[:MOST_ITEMS])
    if not at:
        return None
    left = (*item.items[: at[0]], *item.items[at[0] + 1 :])
    return replace(item, items=left) if left else None


def _filled(group: Group) -> Group:
    """The sentence without lines in which no filter was chosen."""
    items: list[Rule | Group] = []
    for item in group.items:
        if isinstance(item, Rule):
            if item.filter:
                items.append(_tidy(item))
        elif (inner := _filled(item)).items:
            items.append(inner)
    return replace(group, items=tuple(items))


def _tidy(rule: Rule) -> Rule:
    """A rule as its values stand in the address: no blanks, except between the two ends of a range."""
    values = rule.values if rule.operator == "between" else tuple(one for one in rule.values if one.strip())
    return replace(rule, values=values)


def _errors(group: Group, filters: Sequence[Filter], asking: Asking) -> dict[str, str]:
    """What is wrong, by place; a line without a filter is not wrong, it is left out."""
    known = {one.name: one for one in filters}
    wrong: dict[str, str] = {}
    for number, item in enumerate(group.items):
        rules = (
            [(f"w.{number}", item)]
            if isinstance(item, Rule)
            else [
                (f"w.{number}.{at}", inner) for at, inner in enumerate(item.items) if isinstance(inner, Rule)
            ]
        )
        for place, rule in rules:
            try:
                if rule.filter:
                    compare(rule, known, asking)
            except Unclear:
                wrong[place] = _("请填写这个条件，或把它删掉。")
    return wrong


def _form(
    item: Rule | Group, place: str, filters: Sequence[Filter], asking: Asking, errors: dict[str, str]
) -> "RuleForm | GroupForm":
    if isinstance(item, Group):
        items = [
            _form(inner, f"{place}.{number}", filters, asking, errors)
            for number, inner in enumerate(item.items)
        ]
        return GroupForm(place, item.join, item.negated, items)
    options = [Option(one.name, str(one.label), one.name == item.filter) for one in filters]
    chosen = next((one for one in filters if one.name == item.filter), None)
    if chosen is None:
        return RuleForm(place, options, (), ())
    operator = next((one for one in chosen.operators if one.code == item.operator), chosen.operators[0])
    operators = [Option(one.code, str(one.label), one is operator) for one in chosen.operators]
    inputs = chosen.value_inputs(operator.code, item.values, asking, f"{place}.v")
    return RuleForm(place, options, operators, inputs, errors.get(place, ""))
