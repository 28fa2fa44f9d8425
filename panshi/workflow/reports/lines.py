"""Short words for lists: every process by name, and the steps that requests wait at."""

from collections.abc import Sequence

from panshi.workflow.models import Process, Task


def process_names() -> list[tuple[int, str]]:
    """Every process by key and name, in the order people look for them; everybody may know what there is."""
    return list(Process.objects.order_by("category", "name", "pk").values_list("pk", "name"))


def open_steps(request_ids: Sequence[int]) -> dict[int, list[str]]:
    """The names of the steps that requests wait at; the caller saw the requests through their gate. One query."""
    found: dict[int, list[str]] = {}
    tasks = Task.objects.open().filter(request_id__in=list(request_ids)).order_by("pk")
    for request_id, name in tasks.values_list("request_id", "name"):
        found.setdefault(request_id, []).append(name)
    return found
