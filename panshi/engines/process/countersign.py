"""How many people sign a user task: the multi-instance mark of BPMN and our own properties, as settings.

The engine knows one task; the votes under it are counted by whoever runs the process.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from xml.etree.ElementTree import Element

from .conditions import bare
from .xml import MODEL, text_of

RULES: Final = ("single", "all", "any", "percent", "veto")

_COMPLETED: Final = r"(?:nrOfCompletedInstances|numberOfCompletedInstances)"
_ALL: Final = r"(?:nrOfInstances|numberOfInstances)"
_ANY: Final = re.compile(rf"{_COMPLETED}\s*(?:>=|==)\s*1|{_COMPLETED}\s*>\s*0")
_EVERY: Final = re.compile(rf"{_COMPLETED}\s*(?:>=|==)\s*{_ALL}")
_SHARE: Final = re.compile(rf"{_COMPLETED}\s*/\s*{_ALL}\s*(?:>=|==|>)\s*(?P<share>\d(?:\.\d{{1,4}})?)")


def read_countersign(mark: Element | None, settings: Mapping[str, str]) -> tuple[dict[str, str], str]:
    """Settings `sign`, `percent` and `sequence` of a user task, and the code of what is wrong, or empty."""
    rule = settings.get("sign", "")
    if rule:
        return _own(rule, mark, settings)
    if mark is None:
        return {"sign": "single"}, ""
    found: dict[str, str] | None = {"sign": "all"}
    condition = bare(text_of(mark.find(f"{MODEL}completionCondition")))
    if condition:
        found = _from_condition(condition)
    if found is None:
        return {}, "countersign.condition"
    return found | _order(mark), ""


def _own(rule: str, mark: Element | None, settings: Mapping[str, str]) -> tuple[dict[str, str], str]:
    if rule not in RULES:
        return {}, "countersign.rule"
    percent = settings.get("percent", "")
    if rule == "percent" and not (percent.isascii() and percent.isdigit() and 1 <= int(percent) <= 100):
        return {}, "countersign.percent"
    return {"sign": rule} | (_order(mark) if mark is not None else {}), ""


def _order(mark: Element) -> dict[str, str]:
    return {"sequence": "true"} if mark.get("isSequential") == "true" else {}


def _from_condition(condition: str) -> dict[str, str] | None:
    """The rule that the usual completion conditions of other tools mean."""
    if _ANY.fullmatch(condition):
        return {"sign": "any"}
    if _EVERY.fullmatch(condition):
        return {"sign": "all"}
    if share := _SHARE.fullmatch(condition):
        percent = round(float(share["share"]) * 100)
        return {"sign": "percent", "percent": str(percent)} if 1 <= percent <= 100 else None
    return None
