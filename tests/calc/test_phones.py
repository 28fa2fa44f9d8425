"""Telephone keys: the same number however it is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.calc.phones import KEY_LENGTH, phone_key


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("13800138000", "13800138000"),
        ("+86 138-0013-8000", "13800138000"),
        ("0086 13800138000", "13800138000"),
        ("１３８００１３８０００", "13800138000"),
        ("010-12345678", "01012345678"),
        ("(010) 1234 5678 转 803", "01012345678"),
        ("010-12345678-803", "01012345678"),
        ("+86 10 12345678", "01012345678"),
        ("0755-1234567", "07551234567"),
        ("400-800-1234", "4008001234"),
        ("+86 400 800 1234", "4008001234"),
        ("13800138000 / 13900139000", "13800138000"),
        ("+49 30 901820", "4930901820"),
        ("12345", ""),
        ("无", ""),
    ],
)
def test_numbers_are_recognised_in_every_spelling(written: str, key: str) -> None:
    assert phone_key(written) == key


@given(st.text(max_size=60))
def test_a_key_is_digits_and_is_its_own_key(written: str) -> None:
    key = phone_key(written)
    assert key == "" or (key.isdecimal() and 7 <= len(key) <= KEY_LENGTH)
    if not key.startswith(("86", "00")):
        assert phone_key(key) == key
