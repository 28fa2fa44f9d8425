"""The social credit code against registered ones, against python-stdnum, and by its laws."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc as oracle

from panshi.calc.uscc import ALPHABET, Fault, check_character, compact, fault

REGISTERED = ("91110000600037341L", "914403001922038216", "91110108551385082Q", "91330100799655058B")

bodies = st.tuples(
    st.text(ALPHABET, min_size=2, max_size=2),
    st.text("0123456789", min_size=6, max_size=6),
    st.text(ALPHABET, min_size=9, max_size=9),
).map("".join)


@pytest.mark.parametrize("code", REGISTERED)
def test_registered_codes_are_valid(code: str) -> None:
    assert fault(code) is None


@given(bodies)
def test_a_code_is_valid_with_its_own_check_character_only(body: str) -> None:
    good = check_character(body)
    assert fault(body + good) is None
    assert all(fault(body + other) is Fault.CHECK for other in ALPHABET if other != good)


@given(bodies, st.data())
def test_one_wrong_character_is_always_noticed(body: str, data: st.DataObject) -> None:
    code = body + check_character(body)
    place = data.draw(st.integers(8, 16))
    other = data.draw(st.sampled_from([each for each in ALPHABET if each != code[place]]))
    assert fault(code[:place] + other + code[place + 1 :]) is Fault.CHECK


@given(bodies.filter(lambda body: body[:2].isdigit()), st.sampled_from(ALPHABET))
def test_where_the_library_has_an_opinion_it_is_ours(body: str, last: str) -> None:
    assert oracle.is_valid(body + last) == (fault(body + last) is None)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("9111000060003734", Fault.LENGTH),
        ("91110000600037341O", Fault.SHAPE),
        ("9111000060003734IL", Fault.SHAPE),
        ("91A10000600037341L", Fault.SHAPE),
        ("91110000600037341M", Fault.CHECK),
    ],
)
def test_what_is_wrong_is_named(code: str, expected: Fault) -> None:
    assert fault(code) is expected


def test_typing_differences_do_not_count() -> None:
    assert compact(" ９1110000-600037341l ") == "91110000600037341L"
