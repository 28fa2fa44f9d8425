"""Two administrators at once: whoever comes second sees what the first has done."""

from threading import Barrier, Thread

import pytest
from django.db import connection

from panshi.ground.identity.models import Person
from panshi.ground.identity.services import CannotDeactivatePerson, deactivate_person
from tests.factories.organisation import AT, SYSTEM, make_person, make_units


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite lets one writer in at a time")
@pytest.mark.django_db(transaction=True)
def test_two_administrators_cannot_remove_each_other() -> None:
    head = make_units().head
    pair = [make_person(f"管{number}", role="administrator", unit=head) for number in range(2)]
    start, refused = Barrier(2), []

    def remove(person: Person) -> None:
        start.wait()
        try:
            deactivate_person(person=person, by=SYSTEM, at=AT)
        except CannotDeactivatePerson:
            refused.append(person)
        finally:
            connection.close()

    threads = [Thread(target=remove, args=(person,)) for person in pair]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refused) == 1
    assert list(Person.objects.filter(is_active=True)) == refused
