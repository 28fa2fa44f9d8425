"""A request of the API after the door: whose token, what it may do, and the clock."""

import datetime as dt

from django.http import HttpRequest

from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.models import ApiToken


class ApiRequest(HttpRequest):
    """What every operation takes: `viewer` is the token's person, narrowed by the token's scopes."""

    token: ApiToken
    viewer: Viewer
    at: dt.datetime
    on: dt.date
    request_id: str
