import datetime as dt
from typing import ClassVar

from django.db import models
from django.http import HttpRequest

class UserSessionManager(models.Manager[UserSession]):
    def create_from_request(self, request: HttpRequest) -> None: ...

class UserSession(models.Model):
    user_id: int
    created_at: dt.datetime
    ip: str
    last_seen_at: dt.datetime
    session_key: str
    user_agent: str
    objects: ClassVar[UserSessionManager]
    def is_current(self) -> bool: ...
    def end(self) -> None: ...
