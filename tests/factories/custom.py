"""Custom fields and dictionaries for tests, made by the services."""

from typing import Any

from panshi.ground.settings.models import CustomField, Dictionary, DictionaryValue
from panshi.ground.settings.services import add_choice, create_dictionary, create_field
from tests.factories.organisation import AT, SYSTEM


def make_dictionary(label: str = "产线", *choices: str) -> Dictionary:
    """A dictionary with these values, coded a, b, c …"""
    row = create_dictionary(label=label, by=SYSTEM, at=AT)
    for place, choice in enumerate(choices or ("冲压", "焊装", "总装")):
        add_choice(
            dictionary=row, label=choice, label_en=f"Choice {place}", code="abcdefgh"[place], by=SYSTEM, at=AT
        )
    return row


def choice_of(dictionary: Dictionary, code: str) -> DictionaryValue:
    """A value by its code."""
    row: DictionaryValue = DictionaryValue.objects.get(dictionary=dictionary, code=code)
    return row


def make_field(
    kind: str = "text",
    label: str = "厂区编号",
    *,
    record_kind: str = "account",
    code: str = "",
    dictionary: Dictionary | None = None,
    **values: Any,
) -> CustomField:
    """A field in use."""
    if kind in {"choice", "choices"} and dictionary is None:
        dictionary = make_dictionary(f"{label}的值")
    return create_field(
        record_kind=record_kind,
        kind=kind,
        values={"label": label, **values},
        code=code,
        dictionary=dictionary,
        by=SYSTEM,
        at=AT,
    )
