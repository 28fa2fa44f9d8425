"""Short answers after something was done: go on to a page, or close the drawer, say so and let the page refresh."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from panshi.web.request import PanshiRequest


def saved(request: PanshiRequest, address: str, text: str = "", *, stay: bool = False) -> HttpResponse:
    """Say `text` and go to `address`; with `stay` an HTMX request closes its drawer instead and the page's parts
    that listen to `panshi:changed` load anew."""
    if request.htmx and stay:
        happened: dict[str, Any] = {"panshi:close": True, "panshi:changed": True}
        if text:
            happened["panshi:toast"] = {"text": text, "tone": "good"}
        return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(happened)})
    if text:
        messages.success(request, text)
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)
