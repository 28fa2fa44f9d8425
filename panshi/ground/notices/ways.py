"""The ways a notice reaches a person, and which of them a kind proposes until the person chooses."""

from dataclasses import dataclass

from panshi.ground.notices.kinds import NoticeKind


@dataclass(frozen=True, slots=True)
class Ways:
    """In the application, by mail at once, in the digest."""

    in_app: bool
    by_mail: bool
    in_digest: bool


def proposed(kind: NoticeKind) -> Ways:
    """Always in the application; by mail at once or in the digest, as the kind says."""
    return Ways(True, kind.mail, not kind.mail)
