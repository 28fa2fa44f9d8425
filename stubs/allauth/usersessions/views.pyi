from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

def list_usersessions(request: HttpRequest, **kwargs: Any) -> HttpResponseBase: ...
