"""Measures custom fields in lists at volume: four conditions at once, few and many found, and lists in their order.

`python -m benchmarks.custom_fields`: DATABASE_URL names a PostgreSQL database that `benchmarks.accounts` filled. Six
fields are defined where there are none and filled in on five accounts of six; they stay.
"""

import os
import statistics
import time

from django.db import connection
from django.test import Client

from benchmarks.accounts import AT, SYSTEM
from benchmarks.lists import LIST, backend_time
from panshi.ground.identity.models import Person
from panshi.ground.settings.models import CustomField, CustomValue, DictionaryValue
from panshi.ground.settings.services import add_choice, create_dictionary, create_field

ROUNDS = 10
FIELDS = {
    "site": "text",
    "lines": "number",
    "invest": "money",
    "due": "day",
    "level": "choice",
    "strategic": "yes",
}
VALUES = {
    "site": "'DH-' || id % 5000, 'dh-' || id % 5000, NULL, NULL, NULL",
    "lines": "'', '', (hashtext(id::text) & 1023) % 40, NULL, NULL",
    "invest": "'', '', (hashtext(id || 'm') & 1048575) * 100, NULL, NULL",
    "due": "'', '', NULL, date '2024-01-01' + (hashtext(id || 'd') & 1023), NULL",
    "level": "'', '', NULL, NULL, {first} + (hashtext(id || 'l') & 7)",
    "strategic": "'', '', NULL, NULL, hashtext(id || 's') & 1",
}
"""Text, its key, number, day and reference of each field, spread evenly by a hash of the account's key."""

ASKED = {
    "four conditions, thousands found": "custom.lines.min=5&custom.invest.min=1000000&custom.due.from=2024-06-01"
    "&custom.strategic=1",
    "four conditions, a thousand found": "custom.lines.min=10&custom.lines.max=20&custom.invest.min=20000000"
    "&custom.due.from=2025-01-01&custom.level={first}",
    "four conditions, nothing found": "custom.lines.min=10&custom.lines.max=12&custom.invest.min=2000000"
    "&custom.invest.max=3000000&custom.due.to=2025-03-31&custom.site=zzz",
    "by amount": "sort=-custom.invest",
    "by text": "sort=custom.site",
    "by choice": "sort=custom.level",
    "by amount, page 500": "sort=-custom.invest&page=500",
}


def fill() -> None:
    """Define the fields and give them values."""
    levels = create_dictionary(label="自动化水平", by=SYSTEM, at=AT)
    for code in "abcdefgh":
        add_choice(dictionary=levels, label=f"{code} 级", code=code, by=SYSTEM, at=AT)
    first = DictionaryValue.objects.order_by("pk").values_list("pk", flat=True).filter(dictionary=levels)[0]
    for code, kind in FIELDS.items():
        field = create_field(
            record_kind="account", kind=kind, values={"label": code}, code=code,
            dictionary=levels if kind == "choice" else None, by=SYSTEM, at=AT,
        )  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO settings_customvalue (field_id, record_id, position, once, text, key, number, day, ref) "
                f"SELECT {field.pk}, id, 0, '', {VALUES[code].format(first=first)} FROM accounts_account "
                f"WHERE hashtext(id || '{code}') & 7 > 0"
            )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE settings_customvalue")


def main() -> None:
    """Measure everything."""
    if not CustomField.objects.exists():
        fill()
    first = DictionaryValue.objects.filter(dictionary__fields__code="level").order_by("pk")[0].pk
    print(f"load {os.getloadavg()[0]:.1f}, {CustomValue.objects.count()} values")
    browser = Client()
    browser.force_login(Person.objects.get(username="operations"))
    for what, query in ASKED.items():
        address, took, own, served = f"/accounts/?{query.format(first=first)}", [], [], []
        browser.get(address, headers=LIST)
        for _round in range(ROUNDS):
            before, start, computed = backend_time(), time.perf_counter(), time.process_time()
            assert browser.get(address, headers=LIST).status_code == 200
            own.append((time.process_time() - computed) * 1000)
            took.append((time.perf_counter() - start) * 1000)
            served.append(backend_time() - before)
        best = f"best {min(took):.1f}; processor: own {min(own):.1f}, database {min(served):.1f}"
        print(f"{what:<36} {statistics.median(took):6.1f} ms ({best})", flush=True)


if __name__ == "__main__":
    main()
