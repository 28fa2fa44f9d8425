"""Why a value that people typed or exported could not be read.

The readers themselves live with what they read: `money.read_amount`, `periods.read_day`.
"""

from enum import StrEnum


class Problem(StrEnum):
    """What is wrong with a value; joined to its field it makes the reason of a rejected row (`date_impossible`)."""

    MISSING = "missing"
    UNREADABLE = "unreadable"
    TOO_LARGE = "too_large"
    IMPOSSIBLE = "impossible"
    AMBIGUOUS = "ambiguous"


class Unreadable(ValueError):
    """A text whose meaning is not certain; `problem` says why."""

    def __init__(self, problem: Problem, text: str) -> None:
        super().__init__(f"{problem}: {text!r}")
        self.problem = problem
