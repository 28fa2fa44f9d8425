"""Why a plan cannot be scheduled: one typed error for each reason, with the culprits as data.

They share the base `CannotSchedule`, so that a face can catch one type and still name the activities.
"""

from __future__ import annotations


class CannotSchedule(ValueError):
    """A plan, calendar or file that has no schedule; the message names the culprits in plain words."""


class CannotScheduleAmount(CannotSchedule):
    """A duration, lag, capacity, estimate or date that no activity can have."""


class CannotScheduleReference(CannotSchedule):
    """Something named that does not exist, or exists twice: `fault` says which, `what` names it."""

    def __init__(self, fault: str, what: str) -> None:
        super().__init__(f"{fault}: {what}")
        self.fault = fault
        self.what = what


class CannotScheduleHierarchy(CannotSchedule):
    """Summaries that contain each other, or are linked to their own content."""


class CannotScheduleSelfLink(CannotSchedule):
    """An activity linked to itself."""

    def __init__(self, activity: int | str) -> None:
        super().__init__(f"activity {activity!r} is linked to itself")
        self.activity = activity


class CannotScheduleCycle(CannotSchedule):
    """Links that close a circle; `cycles` holds the members of each circle in the order of the links."""

    def __init__(self, cycles: tuple[tuple[int | str, ...], ...]) -> None:
        shown = "; ".join(" -> ".join(map(str, (*cycle, cycle[0]))) for cycle in cycles[:5])
        more = f" and {len(cycles) - 5} more" if len(cycles) > 5 else ""
        super().__init__(f"links run in a circle: {shown}{more}")
        self.cycles = cycles


class CannotScheduleCalendar(CannotSchedule):
    """A calendar whose shifts overlap or run backwards, or that has no working time where work is needed."""

    def __init__(self, calendar: int | str, why: str) -> None:
        super().__init__(f"calendar {calendar!r} {why}")
        self.calendar = calendar
