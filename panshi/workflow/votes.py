"""How voices become a verdict: one seat decides, all agree, a share agrees, or one veto ends it."""

from collections.abc import Iterable, Sequence

from panshi.workflow.models import Origin, Outcome, Seat, SeatState

AGREED = (Outcome.APPROVED, Outcome.PASSED)
EACH_ONE = ("all", "percent", "veto")
"""Sign rules that ask every holder of a role; the others ask whoever comes first."""


def verdict(seats: Iterable[Seat], *, sign: str, percent: int) -> str:
    """APPROVED, REJECTED, or nothing as long as the voices do not decide.

    A seat handed on counts as the seat it was handed to; a signer asked before only holds the asker's seat; one asked
    after must agree as well. Moot seats do not count.
    """
    rows = list(seats)
    voices = [_voice(seat, rows) for seat in rows if seat.parent_id is None and seat.state != SeatState.MOOT]
    if sign in EACH_ONE:
        return _counted(voices, sign, percent)
    return next((voice for voice in voices if voice), "")


def _counted(voices: Sequence[str], sign: str, percent: int) -> str:
    """The verdict of rules under which everybody is asked."""
    agreed, against = voices.count(Outcome.APPROVED), voices.count(Outcome.REJECTED)
    heard = agreed + against == len(voices)
    if sign == "percent":
        needed = percent * len(voices)
        if agreed * 100 >= needed and voices:
            return Outcome.APPROVED
        return Outcome.REJECTED if (len(voices) - against) * 100 < needed else ""
    if sign == "veto" and against:
        return Outcome.REJECTED
    if not heard or not voices:
        return ""
    return Outcome.REJECTED if against else Outcome.APPROVED


def _voice(seat: Seat, rows: Sequence[Seat]) -> str:
    """What one place at the table says by now."""
    children = [each for each in rows if each.parent_id == seat.pk and each.state != SeatState.MOOT]
    if seat.state == SeatState.HANDED:
        heirs = [each for each in children if each.origin not in (Origin.ADDED_BEFORE, Origin.ADDED_AFTER)]
        return next((voice for heir in heirs if (voice := _voice(heir, rows))), "")
    if seat.state != SeatState.VOTED:
        return ""
    if seat.outcome not in AGREED:
        return Outcome.REJECTED
    after = [_voice(each, rows) for each in children if each.origin == Origin.ADDED_AFTER]
    if Outcome.REJECTED in after:
        return Outcome.REJECTED
    return Outcome.APPROVED if all(after) else ""
