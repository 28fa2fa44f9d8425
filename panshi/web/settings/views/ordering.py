"""A new order from what a page sends: the whole of it as dragged, or one key moved by a place."""

from collections.abc import Sequence

from django.http import QueryDict

from panshi.web.generic.keys import read_key


def moved(now: Sequence[int], sent: QueryDict) -> list[int]:
    """The order meant; keys that are not there are for the service to refuse."""
    if sent.getlist("order"):
        return [read_key(key) for key in sent.getlist("order")]
    order, key = list(now), read_key(sent.get("key", ""))
    if key not in order:
        return order
    place = order.index(key)
    other = place - 1 if sent.get("move") == "up" else place + 1
    if 0 <= other < len(order):
        order[place], order[other] = order[other], order[place]
    return order
