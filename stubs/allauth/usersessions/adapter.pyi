from collections.abc import Sequence

from allauth.usersessions.models import UserSession

class DefaultUserSessionsAdapter:
    def end_sessions(self, sessions: Sequence[UserSession]) -> None: ...
