"""What a value must fit besides its own bounds: other settings, and what the rooms above know.

Whoever reads a setting says here what makes sense to it; a value that would silently mean nothing is refused when it is
set, at its field. What is stored already is read as before.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from panshi.ground.settings.registry import CannotReadSetting

Check = Callable[[Any], None]
C = TypeVar("C", bound=Check)

_CHECKS: dict[str, Check] = {}


def checks(*codes: str) -> Callable[[C], C]:
    """Declare a function that looks at new values of settings; it raises by `misfit`."""

    def declare(check: C) -> C:
        for code in codes:
            if code in _CHECKS:
                raise ValueError(f"setting {code} is checked twice")
            _CHECKS[code] = check
        return check

    return declare


def check(code: str, value: Any) -> None:
    """Look at a value before it is set. Raises `CannotReadSetting`."""
    if code in _CHECKS:
        _CHECKS[code](value)


def checked_codes() -> frozenset[str]:
    """Every setting somebody looks at."""
    return frozenset(_CHECKS)


def misfit(message: str) -> CannotReadSetting:
    """A refusal at the field of the value."""
    return CannotReadSetting(message, field="value")


@checks("lists.import_clear_mark")
def _no_value_itself(mark: str) -> None:
    """A mark that cells hold as a value would empty fields nobody meant."""
    if mark.replace(".", "").replace(",", "").isdigit() or mark in {"是", "否", "-", "—", "/"}:
        raise misfit(
            _("“%(mark)s”在表格里常作为值出现，会误清空字段；请换一个不会被填写的写法。") % {"mark": mark}
        )
