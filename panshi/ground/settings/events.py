"""Event kinds of settings. Values stand beside the events as changes, never in their payload."""

from typing import Final

from panshi.ground.audit.kinds import EventKind

_MANAGE: Final = "settings.manage"

VALUE_CHANGED: Final = EventKind("settings.value_changed", ("code", "number", "restored"), _MANAGE)
FIELD_CREATED: Final = EventKind("settings.field_created", ("record_kind", "code", "holds"), _MANAGE)
FIELD_CHANGED: Final = EventKind("settings.field_changed", ("fields", "version"), _MANAGE)
FIELD_RETIRED: Final = EventKind("settings.field_retired", ("records",), _MANAGE)
FIELD_REVIVED: Final = EventKind("settings.field_reinstated", (), _MANAGE)
FIELDS_ORDERED: Final = EventKind("settings.order_changed", ("record_kind", "order"), _MANAGE)
DICTIONARY_CREATED: Final = EventKind("settings.dictionary_created", ("code",), _MANAGE)
DICTIONARY_CHANGED: Final = EventKind("settings.dictionary_changed", ("fields", "version"), _MANAGE)
CHOICE_ADDED: Final = EventKind("settings.dictionary_choice_added", ("code",), _MANAGE)
CHOICE_CHANGED: Final = EventKind("settings.dictionary_choice_changed", ("code", "fields"), _MANAGE)
CHOICE_RETIRED: Final = EventKind("settings.dictionary_choice_retired", ("code", "records"), _MANAGE)
CHOICE_REVIVED: Final = EventKind("settings.dictionary_choice_reinstated", ("code",), _MANAGE)
CHOICE_DELETED: Final = EventKind("settings.dictionary_choice_deleted", ("code",), _MANAGE)
CHOICE_REPLACED: Final = EventKind(
    "settings.dictionary_choice_replaced", ("code", "by_code", "records"), _MANAGE
)
CHOICES_ORDERED: Final = EventKind("settings.dictionary_order_changed", ("order",), _MANAGE)
NUMBERING_CHANGED: Final = EventKind("settings.numbering_changed", ("series",), _MANAGE)
CALENDAR_ENTERED: Final = EventKind("settings.calendar_entered", ("year", "number", "off", "work"), _MANAGE)
