"""Dictionaries: values in use are never deleted, they are retired or replaced; each refusal once."""

import datetime as dt
from typing import Any

import pytest

from panshi.ground.audit.models import Event
from panshi.ground.base.refusals import NotAllowed, Stale
from panshi.ground.base.viewer import Viewer
from panshi.ground.settings.models import CustomField, DictionaryValue, RecordKind
from panshi.ground.settings.reports import (
    choices_of,
    custom_fields,
    custom_values,
    dictionaries,
    records_using,
)
from panshi.ground.settings.services import (
    CannotDeleteChoice,
    CannotOrderChoices,
    CannotReplaceChoice,
    CannotRetireChoice,
    CannotSaveDictionary,
    add_choice,
    change_choice,
    change_dictionary,
    create_dictionary,
    delete_choice,
    order_choices,
    reinstate_choice,
    replace_choice,
    retire_choice,
    set_custom_values,
)
from tests.factories.custom import choice_of, make_dictionary, make_field
from tests.factories.organisation import Company

pytestmark = pytest.mark.django_db


def hold(by: Viewer, record_id: int, **values: Any) -> None:
    named = {f"custom.{name}": value for name, value in values.items()}
    set_custom_values(record_kind=RecordKind.ACCOUNT, record_id=record_id, values=named, by=by)


def held(by: Viewer, record_id: int) -> dict[str, Any]:
    return custom_values([record_id], fields=custom_fields(RecordKind.ACCOUNT, viewer=by)).get(record_id, {})


def test_values_have_codes_of_their_own_and_no_two_are_called_alike(
    company: Company, system: Viewer, at: dt.datetime
) -> None:
    row = create_dictionary(label="自动化水平", by=system, at=at)
    assert row.code == "zidonghuashuiping"
    first = add_choice(dictionary=row, label="全自动", label_en="Automatic", by=system, at=at)
    assert first.code == "quanzidong"
    for values in (
        {"label": ""}, {"label": "全自动"}, {"label": "x", "label_en": "automatic"}, {"label": "a,b"},
        {"label": "y", "code": "quanzidong"}, {"label": "z", "code": "!"}, {"label": "长" * 61},
    ):  # fmt: skip
        with pytest.raises(CannotSaveDictionary):
            add_choice(dictionary=row, by=system, at=at, **values)
    assert DictionaryValue.objects.count() == 1


def test_a_value_in_use_is_not_deleted_and_says_how_many_use_it(
    company: Company, system: Viewer, at: dt.datetime
) -> None:
    dictionary = make_dictionary()
    make_field("choice", "一", code="one", dictionary=dictionary)
    make_field("choices", "多", code="many", dictionary=dictionary)
    hold(system, 1, one="a", many=("a", "b"))
    hold(system, 2, many=("a",))
    used = choice_of(dictionary, "a")
    with pytest.raises(CannotDeleteChoice) as refusal:
        delete_choice(choice=used, by=system, at=at)
    assert refusal.value.records == records_using(used) == 2
    assert "2" in refusal.value.message
    delete_choice(choice=choice_of(dictionary, "c"), by=system, at=at)
    assert [row.value.code for row in choices_of(dictionary, viewer=system)] == ["a", "b"]


def test_a_retired_value_stays_on_old_records(company: Company, system: Viewer, at: dt.datetime) -> None:
    dictionary = make_dictionary()
    make_field("choice", "一", code="one", dictionary=dictionary)
    hold(system, 1, one="a")
    choice = choice_of(dictionary, "a")
    retire_choice(choice=choice, by=system, at=at)
    assert held(system, 1) == {"custom.one": "a"}
    with pytest.raises(CannotRetireChoice):
        retire_choice(choice=choice, by=system, at=at)
    reinstate_choice(choice=choice, by=system, at=at)
    with pytest.raises(CannotRetireChoice):
        reinstate_choice(choice=choice, by=system, at=at)


def test_a_default_is_neither_retired_nor_deleted(company: Company, system: Viewer, at: dt.datetime) -> None:
    dictionary = make_dictionary()
    make_field("choice", "一", code="one", dictionary=dictionary, default="b")
    choice = choice_of(dictionary, "b")
    with pytest.raises(CannotRetireChoice):
        retire_choice(choice=choice, by=system, at=at)
    with pytest.raises(CannotRetireChoice):
        delete_choice(choice=choice, by=system, at=at)


def test_replacing_changes_every_record_and_the_default_in_one_act(
    company: Company, system: Viewer, at: dt.datetime
) -> None:
    dictionary = make_dictionary()
    make_field("choice", "一", code="one", dictionary=dictionary, default="a")
    make_field("choices", "多", code="many", dictionary=dictionary)
    hold(system, 1, one="a", many=("a", "b"))
    hold(system, 2, many=("a", "c"))
    old, new = choice_of(dictionary, "a"), choice_of(dictionary, "b")
    assert replace_choice(choice=old, other=new, by=system, at=at) == 2
    assert held(system, 1) == {"custom.one": "b", "custom.many": ("b",)}
    assert held(system, 2) == {"custom.many": ("b", "c")}
    assert CustomField.objects.get(code="one").default == "b"
    old.refresh_from_db()
    assert not old.active
    assert Event.objects.filter(kind="settings.dictionary_choice_replaced").count() == 1


def test_only_another_value_in_use_of_the_same_dictionary_replaces(
    company: Company, system: Viewer, at: dt.datetime
) -> None:
    dictionary, other = make_dictionary(), make_dictionary("另一个")
    first, second = choice_of(dictionary, "a"), choice_of(dictionary, "b")
    retire_choice(choice=second, by=system, at=at)
    for wrong in (first, second, choice_of(other, "a")):
        with pytest.raises(CannotReplaceChoice):
            replace_choice(choice=first, other=wrong, by=system, at=at)
    first.refresh_from_db()
    assert first.active


def test_order_and_names_are_kept_with_their_history(
    company: Company, system: Viewer, at: dt.datetime
) -> None:
    dictionary = make_dictionary()
    keys = [row.value.pk for row in choices_of(dictionary, viewer=system)]
    order_choices(dictionary=dictionary, order=keys[::-1], by=system, at=at)
    assert [row.value.pk for row in choices_of(dictionary, viewer=system)] == keys[::-1]
    with pytest.raises(CannotOrderChoices):
        order_choices(dictionary=dictionary, order=keys[:2], by=system, at=at)
    choice = choice_of(dictionary, "a")
    change_choice(choice=choice, values={"label": "冲压线"}, expected_version=1, by=system, at=at)
    with pytest.raises(Stale):
        change_choice(choice=choice, values={"label": "再改"}, expected_version=1, by=system, at=at)
    change_dictionary(dictionary=dictionary, values={"about": "说明"}, expected_version=1, by=system, at=at)
    with pytest.raises(Stale):
        change_dictionary(
            dictionary=dictionary, values={"about": "别的"}, expected_version=1, by=system, at=at
        )


def test_only_who_manages_settings_changes_them(company: Company, at: dt.datetime) -> None:
    dictionary, owner = make_dictionary(), company.viewer("owner")
    choice = choice_of(dictionary, "a")
    for act in (retire_choice, reinstate_choice, delete_choice):
        with pytest.raises(NotAllowed):
            act(choice=choice, by=owner, at=at)
    with pytest.raises(NotAllowed):
        replace_choice(choice=choice, other=choice_of(dictionary, "b"), by=owner, at=at)
    with pytest.raises(NotAllowed):
        create_dictionary(label="新", by=owner, at=at)
    assert dictionaries(viewer=owner) == []
