"""Event kinds of audit itself: what left the house as a file."""

from typing import Final

from panshi.ground.audit.kinds import EventKind

EXPORTED: Final = EventKind(
    "audit.exported", ("listed", "form", "columns", "conditions"), permission="audit.view"
)
