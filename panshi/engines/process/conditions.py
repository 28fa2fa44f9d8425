"""The condition on an arrow, as other tools write it, in our expression language, checked before it is ever run."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final
from xml.etree.ElementTree import Element

from panshi.engines.expressions import BadExpression, Kind, check, names_of

from .xml import text_of

MOST_CHARACTERS: Final = 2_000

_LANGUAGES: Final = (
    "",
    "zen",
    "feel",
    "juel",
    "uel",
    "omg.org/spec/feel",
    "w3.org/1999/xpath",
    "java.sun.com/products/jsp",
)
"""Ends of the language addresses under which tools store plain comparisons; scripts are not among them."""

ConditionProblem = tuple[str, dict[str, str]]


def read_condition(
    element: Element | None, names: Mapping[str, Kind] | Collection[str] | None
) -> tuple[str, ConditionProblem | None]:
    """The expression of a `conditionExpression`, and what is wrong with it, if anything.

    The wrappers of other tools (`${…}`, `#{…}`, a leading `=`) are taken off; what is inside must be ours.
    """
    if element is None:
        return "", None
    written = text_of(element)
    language = element.get("language", "").strip().rstrip("/").casefold()
    if not any(language == known or (known and language.endswith(known)) for known in _LANGUAGES):
        return written, ("condition.language", {"language": language[:80]})
    condition = bare(written)
    if not condition:
        return "", ("condition.empty", {}) if written else None
    return condition, _wrong(condition, names)


def _wrong(condition: str, names: Mapping[str, Kind] | Collection[str] | None) -> ConditionProblem | None:
    if len(condition) > MOST_CHARACTERS:
        return "condition.bad", {"reason": "too_long", "most": str(MOST_CHARACTERS)}
    try:
        if isinstance(names, Mapping):
            check(condition, names, wanted=Kind.BOOLEAN)
            return None
        unknown = [name for name in names_of(condition) if names is not None and name not in names]
    except BadExpression as error:
        words = {key: str(value) for key, value in error.params.items()}
        if error.code == "unknown_name":
            return "condition.unknown_name", words
        return "condition.bad", {**words, "reason": error.code, "condition": condition[:200]}
    return ("condition.unknown_name", {"name": unknown[0]}) if unknown else None


def bare(written: str) -> str:
    """The expression without the wrapper of other tools."""
    text = written.strip()
    if text[:2] in ("${", "#{") and text.endswith("}") and "{" not in text[2:]:
        text = text[2:-1]
    elif text.startswith("=") and not text.startswith("=="):
        text = text[1:]
    return text.strip()
