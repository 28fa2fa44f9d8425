"""Event kinds of identity: people, units, roles, sign-in."""

from typing import Final

from panshi.ground.audit.kinds import EventKind

PERSON_CREATED: Final = EventKind("identity.person_created", (), permission="audit.view")
PERSON_CHANGED: Final = EventKind("identity.person_changed", ("fields",), permission="audit.view")
PERSON_DEACTIVATED: Final = EventKind("identity.person_deactivated", (), permission="audit.view")
PERSON_REACTIVATED: Final = EventKind("identity.person_reactivated", (), permission="audit.view")
PASSWORD_SET: Final = EventKind("identity.password_set", (), permission="audit.view")
PASSWORD_RESET: Final = EventKind("identity.password_reset", (), permission="audit.view")
UNIT_CREATED: Final = EventKind("identity.unit_created", ("code", "parent_id"), permission="audit.view")
UNIT_CHANGED: Final = EventKind("identity.unit_changed", ("fields",), permission="audit.view")
ROLE_GIVEN: Final = EventKind(
    "identity.role_given", ("role", "unit_id", "since_on", "until_on"), permission="audit.view"
)
ROLE_ENDED: Final = EventKind("identity.role_ended", ("role", "unit_id", "until_on"), permission="audit.view")
SIGNED_IN: Final = EventKind("identity.signed_in", (), permission="audit.view")
SIGNED_OUT: Final = EventKind("identity.signed_out", (), permission="audit.view")
SIGN_IN_FAILED: Final = EventKind("identity.sign_in_failed", ("step",), permission="audit.view")
SESSION_ENDED: Final = EventKind("identity.session_ended", (), permission="audit.view")
SECOND_FACTOR_CHANGED: Final = EventKind("identity.second_factor_changed", ("what",), permission="audit.view")
TOKEN_MADE: Final = EventKind(
    "identity.token_made", ("token_id", "scopes", "expires_on"), permission="audit.view"
)
TOKEN_REVOKED: Final = EventKind("identity.token_revoked", ("token_id",), permission="audit.view")
FEED_MADE: Final = EventKind("identity.feed_made", (), permission="audit.view")
FEED_ENDED: Final = EventKind("identity.feed_ended", (), permission="audit.view")
