"""Signs of life of the work processes: written by each of them, read by whoever must know whether work is done."""

import datetime as dt
from typing import Final

from django.db.models import Max

from panshi.ground.work.models import Pulse

EVERY: Final = 5.0
"""Seconds between two signs."""

FORGOTTEN: Final = dt.timedelta(days=1)


def show_life(*, name: str, threads: int, started_at: dt.datetime, at: dt.datetime) -> None:
    """Write that a work process is at its duties; forget those that fell silent long ago."""
    Pulse.objects.update_or_create(
        name=name, defaults={"seen_at": at}, create_defaults={
            "threads": threads, "started_at": started_at, "seen_at": at,
        },
    )  # fmt: skip
    Pulse.objects.filter(seen_at__lt=at - FORGOTTEN).delete()


def end_life(*, name: str) -> None:
    """Take the sign away when a work process stops as it was asked to."""
    Pulse.objects.filter(name=name).delete()


def latest_pulse() -> dt.datetime | None:
    """When any work process was last seen; None when none ever was, or all stopped politely."""
    seen: dt.datetime | None = Pulse.objects.aggregate(seen=Max("seen_at"))["seen"]
    return seen
