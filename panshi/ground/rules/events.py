"""Event kinds of decision tables."""

from typing import Final

from panshi.ground.audit.kinds import EventKind

_MANAGE: Final = "rules.manage"

CREATED: Final = EventKind("rules.created", ("key",), _MANAGE)
DRAFTED: Final = EventKind("rules.drafted", ("key", "rows", "version"), _MANAGE)
DISCARDED: Final = EventKind("rules.draft_discarded", ("key", "version"), _MANAGE)
PUBLISHED: Final = EventKind(
    "rules.published", ("key", "number", "from_on", "rows", "cases", "shipped"), _MANAGE
)
WITHDRAWN: Final = EventKind("rules.withdrawn", ("key", "number"), _MANAGE)
