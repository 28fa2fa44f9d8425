"""Reads of dictionaries: the lists, their values with how many records hold each, and what is offered."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count
from django.utils.translation import get_language

from panshi.ground.base.viewer import Viewer
from panshi.ground.settings.models import CustomField, CustomValue, Dictionary, DictionaryValue
from panshi.ground.settings.once import once


def records_using(choice: DictionaryValue) -> int:
    """How many records hold a value in any field of its dictionary."""
    fields = CustomField.objects.filter(dictionary_id=choice.dictionary_id).values("pk")
    held = CustomValue.objects.filter(field__in=fields, ref=choice.pk)
    return held.values("field__record_kind", "record_id").distinct().count()


@dataclass(frozen=True, slots=True)
class DictionaryRow:
    """A list with how many values it offers and which fields choose from it."""

    dictionary: Dictionary
    offered: int
    fields: tuple[str, ...]


def dictionaries(*, viewer: Viewer) -> list[DictionaryRow]:
    """All lists, shipped ones first, for who manages settings; three queries."""
    rows = Dictionary.objects.visible_to(viewer, "settings.manage").order_by("-system", "label", "pk")
    offered = dict(
        DictionaryValue.objects.filter(active=True).values_list("dictionary_id").annotate(Count("pk"))
    )
    fields: dict[int, list[str]] = {}
    choosing = CustomField.objects.exclude(dictionary=None).filter(retired_at=None).order_by("position", "pk")
    for key, label in choosing.values_list("dictionary_id", "label"):
        fields.setdefault(key or 0, []).append(label)
    return [DictionaryRow(row, offered.get(row.pk, 0), tuple(fields.get(row.pk, ()))) for row in rows]


@dataclass(frozen=True, slots=True)
class ChoiceRow:
    """A value with how many records hold it."""

    value: DictionaryValue
    records: int


def choices_of(dictionary: Dictionary, *, viewer: Viewer) -> list[ChoiceRow]:
    """The values of a list in order, for who manages settings; two queries."""
    rows: Sequence[DictionaryValue] = list(
        DictionaryValue.objects.visible_to(viewer, "settings.manage")
        .filter(dictionary=dictionary)
        .order_by("position", "pk")
    )
    fields = CustomField.objects.filter(dictionary=dictionary).values("pk")
    held = CustomValue.objects.filter(field__in=fields, ref__in=[row.pk for row in rows])
    counted = dict(held.values_list("ref").annotate(Count("record_id", distinct=True)))
    return [ChoiceRow(row, counted.get(row.pk, 0)) for row in rows]


def offered(code: str) -> tuple[str, ...]:
    """The words a shipped dictionary offers, in the language of the page; everybody may read them. One query a
    request for each dictionary asked."""
    rows = once(("dictionary", code), lambda: _offered(code))
    english = get_language() == "en"
    return tuple(label_en if english and label_en else label for label, label_en in rows)


def _offered(code: str) -> tuple[tuple[str, str], ...]:
    rows = DictionaryValue.objects.filter(dictionary__code=code, active=True).order_by("position", "pk")
    return tuple(rows.values_list("label", "label_en"))
