"""Short answers after something was done: go on to a page, or close the drawer, say so and let the page refresh."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

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


def alone_or_part(request: PanshiRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """A part of a list's machinery: for the drawer, or as a page without scripts."""
    shown = template if request.htmx else "generic/list_alone.html"
    response = render(request, shown, {**context, "part": template})
    patch_vary_headers(response, ("HX-Request",))
    return response


def lead_list(request: PanshiRequest, address: str) -> HttpResponse:
    """Show the list anew under an address, from its drawer."""
    if not request.htmx:
        return HttpResponseRedirect(address)
    there = {"path": address, "target": "#list", "swap": "outerHTML"}
    return HttpResponse(status=204, headers={"HX-Location": json.dumps(there)})
