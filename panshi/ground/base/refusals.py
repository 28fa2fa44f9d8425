"""How the house says no.

A service raises one of these and nothing has changed; a face turns it into words at the field.
"""

from collections.abc import Mapping


class Refused(Exception):
    """A write was refused; nothing was saved.

    `message` is a sentence for the person; `field` names the field it belongs to ("" for the whole record);
    `errors` collects several fields at once.
    """

    def __init__(self, message: str, *, field: str = "", errors: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.errors: dict[str, str] = dict(errors) if errors else {field: message}


class NotAllowed(Refused):
    """The person may see the record but not do this to it (403)."""


class Stale(Refused):
    """Somebody else saved the record first (409): `theirs` is the version now stored."""

    def __init__(self, message: str, *, theirs: int) -> None:
        super().__init__(message)
        self.theirs = theirs
