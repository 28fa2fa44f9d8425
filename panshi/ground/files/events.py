"""Kinds of events of files. They hold ids, types and sizes; a file's name may name a person and is kept as a change."""

from typing import Final

from panshi.ground.audit.kinds import EventKind

ATTACHED: Final = EventKind("files.attached", ("record", "record_id", "type", "size", "sha256"))
VERSION_ADDED: Final = EventKind(
    "files.version_added", ("record", "record_id", "number", "type", "size", "sha256")
)
VERSION_RESTORED: Final = EventKind("files.version_restored", ("record", "record_id", "number", "of"))
CHANGED: Final = EventKind("files.changed", ("record", "record_id", "fields"))
VOIDED: Final = EventKind("files.voided", ("record", "record_id"))
UNVOIDED: Final = EventKind("files.unvoided", ("record", "record_id"))
DOWNLOADED: Final = EventKind(
    "files.downloaded", ("record", "record_id", "number", "looked"), permission="audit.view"
)
"""Written for confidential files only, and before the first byte leaves."""
