"""What can be found, in the order results are shown. The number is part of every entry's key: never change one."""

from typing import Final

NUMBERS: Final = {"account": 1, "contact": 2, "file": 3}
"""Kind of record → its number."""

NAMES: Final = {number: name for name, number in NUMBERS.items()}

ROOM: Final = 1 << 48
"""Keys of one kind: entry key = number × ROOM + the record's key, so that key order is kind, then record."""


def entry_id(kind: str, record_id: int) -> int:
    """The key of a record's entry; `KeyError` for a kind that cannot be found."""
    return NUMBERS[kind] * ROOM + record_id


def record_of(entry_id: int) -> tuple[str, int]:
    """The kind and record an entry stands for."""
    number, record_id = divmod(entry_id, ROOM)
    return NAMES[number], record_id


def sign_of(kind: str) -> str:
    """The letter every token of a kind begins with."""
    return chr(ord("a") - 1 + NUMBERS[kind])


def keys_of(kind: str) -> range:
    """The keys that entries of a kind can have."""
    return range(NUMBERS[kind] * ROOM, (NUMBERS[kind] + 1) * ROOM)
