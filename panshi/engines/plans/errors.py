"""Why a file cannot be read as a plan.

A `CannotSchedule` of its own, so that a face reports bad files and bad plans in one place.
"""

from __future__ import annotations

from panshi.calc.scheduling.errors import CannotSchedule


class CannotReadPlan(CannotSchedule):
    """The file is not what it should be; `kind` is the format expected, `why` says where it fails."""

    def __init__(self, kind: str, why: str) -> None:
        super().__init__(f"not a readable {kind} file: {why}")
        self.kind = kind
        self.why = why
