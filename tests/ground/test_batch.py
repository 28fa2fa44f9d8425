"""A batch writes what it was told in its order, at once, and nothing before it is sent."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from panshi.ground.base.batch import Batch
from panshi.ground.settings.models import Numbering

pytestmark = pytest.mark.django_db


def numbers() -> dict[str, int]:
    return dict(Numbering.objects.order_by("series").values_list("series", "next_number"))


def row(series: str, number: int = 1) -> Numbering:
    return Numbering(series=series, prefix="%s;", width=4, next_number=number)


def test_nothing_is_written_before_it_is_sent() -> None:
    before = numbers()
    batch = Batch()
    batch.insert([row("a"), row("b")])
    batch.update_where(Numbering, {"next_number": 7}, {"series": "a"})
    batch.update(row("b", 9), "next_number")
    assert numbers() == before
    batch.send()
    assert numbers() == before | {"a": 7, "b": 9}
    assert Numbering.objects.get(series="a").prefix == "%s;"
    Numbering.objects.filter(series="a").update(next_number=8)
    batch.send()  # what was sent is not sent again
    assert numbers() == before | {"a": 8, "b": 9}


def test_an_insert_after_an_update_stays_after_it() -> None:
    batch = Batch()
    batch.insert([row("a")])
    batch.update_where(Numbering, {"next_number": 7}, {"width": 4, "prefix": "%s;"})
    batch.insert([row("b")])
    batch.send()
    assert (numbers()["a"], numbers()["b"]) == (7, 1)


def test_what_is_there_already_is_passed_over_only_where_asked() -> None:
    batch = Batch()
    batch.insert([row("a", 3)])
    batch.insert([row("a", 5), row("b", 5)], once=True)
    batch.send()
    assert (numbers()["a"], numbers()["b"]) == (3, 5)
    batch.insert([row("a", 4)])
    with pytest.raises(IntegrityError), transaction.atomic():
        batch.send()


def test_hundreds_of_rows_go_and_in_one_round_trip_where_there_is_one() -> None:
    batch = Batch()
    batch.insert([row(f"many{number}") for number in range(450)])
    batch.update_where(Numbering, {"next_number": 2}, {"series": "many449"})
    with CaptureQueriesContext(connection) as sent:
        batch.send()
    assert Numbering.objects.filter(series__startswith="many").count() == 450
    assert numbers()["many449"] == 2
    if connection.vendor == "postgresql":
        assert len(sent) == 1
