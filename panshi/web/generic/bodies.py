"""What an editor sends as JSON: read at one place, so that nothing comes in that could neither be kept nor walked."""

import json
import math
import re
from typing import Any, Final

from django.utils.translation import gettext as _

from panshi.ground.base.refusals import Refused
from panshi.web.request import PanshiRequest

MOST_DEPTH: Final = 32
MOST_DIGITS: Final = 40
_STRANGE: Final = re.compile("[\\x00\\ud800-\\udfff]")


def json_body(request: PanshiRequest, *, most: int, otherwise: str) -> dict[str, Any]:
    """The object a body holds. Raises `Refused` with a sentence; `otherwise` is the one for what is no object."""
    if len(request.body) > most:
        raise Refused(_("内容太大。"))
    try:
        found = json.loads(
            request.body, parse_int=_integer, parse_float=_number, parse_constant=_no_constant
        )  # a RecursionError comes from brackets in brackets, before any depth can be counted
    except (ValueError, RecursionError) as error:
        raise Refused(otherwise) from error
    if not isinstance(found, dict) or not _is_shallow(found):
        raise Refused(otherwise)
    if _has_strange_text(found):
        raise Refused(_("内容含有无法保存的字符，请删去后再试。"))
    return found


def _integer(text: str) -> int:
    if len(text) > MOST_DIGITS:
        raise ValueError(text[:40])
    return int(text)


def _number(text: str) -> float:
    found = float(text)
    if not math.isfinite(found):
        raise ValueError(text[:40])
    return found


def _no_constant(text: str) -> Any:
    raise ValueError(text)


def _is_shallow(found: Any) -> bool:
    """Whether whoever walks this later may do so by calling himself."""
    level = [found]
    for _depth in range(MOST_DEPTH):
        level = [part for each in level for part in _parts(each)]
        if not level:
            return True
    return False


def _parts(found: Any) -> list[Any]:
    if isinstance(found, dict):
        return [*found, *found.values()]
    return found if isinstance(found, list) else []


def _has_strange_text(found: Any) -> bool:
    """Whether a text or a key holds NUL or half a character (a lone surrogate): databases do not keep them."""
    waiting = [found]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str) and _STRANGE.search(each):
            return True
        waiting += _parts(each)
    return False
