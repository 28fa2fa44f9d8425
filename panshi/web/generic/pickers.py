"""Choosing a record by typing: the JSON the picker asks for, and the form control that shows what is chosen."""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.http import JsonResponse
from django.utils.functional import Promise

MOST_SHOWN = 20


def answer(found: Iterable[tuple[object, str, str]]) -> JsonResponse:
    """What a picker shows: key, text, and a hint that tells equal texts apart."""
    return JsonResponse(
        [{"value": str(key), "text": text, "hint": hint} for key, text, hint in found], safe=False
    )


class PickerInput(forms.Select):
    """A select that starts with what is chosen and asks `source` for more as one types.

    `naming` finds the words for a chosen key; without scripts the select still keeps what was chosen.
    """

    def __init__(self, source: str | Promise, naming: Callable[[str], str]) -> None:
        super().__init__()
        self.source, self.naming = source, naming

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Offer nothing, and what is chosen."""
        chosen = str(value or "")
        self.choices = [("", ""), *([(chosen, self.naming(chosen))] if chosen else [])]
        given = {**(attrs or {}), "data-island": "picker", "data-url": str(self.source)}
        return super().get_context(name, chosen, given)


class PickerField(forms.CharField):
    """A record or code chosen by typing: it holds the key, the picker shows the name."""

    def __init__(self, source: str | Promise, naming: Callable[[str], str], **kwargs: Any) -> None:
        super().__init__(max_length=20, widget=PickerInput(source, naming), **kwargs)
