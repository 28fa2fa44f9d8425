"""Tokens find every piece of a text, and nothing that is not there."""

from hypothesis import given
from hypothesis import strategies as st

from panshi.calc.bigrams import GAP, Phrase, key_phrase, phrase, sound_phrase, squash, tokens

SIGNS = st.text(st.sampled_from("恒达机械ab1２Ｃ（ -"), max_size=12)


def holds(words: list[str], asked: Phrase) -> bool:
    """What both engines do: the phrase's tokens in a row, the last one by its beginning if it may go on."""
    *first, last = asked.words

    def fits(at: int) -> bool:
        row = words[at : at + len(asked.words)]
        whole = len(row) == len(asked.words) and row[:-1] == first
        return whole and (row[-1].startswith(last) if asked.prefix else row[-1] == last)

    return any(fits(at) for at in range(len(words)))


def test_width_case_and_what_stands_between_do_not_matter() -> None:
    assert squash("ＡＢＣ（恒 达）-1") == "abc恒达1"


def test_the_tokens_of_a_name() -> None:
    assert tokens(["恒达 ABC"], keys=["C-01"], spelt="恒达A") == [
        *("恒达", "达a", "abc", "bc", "c", GAP, "=c01"),
        *("~hengdaa", "~hda", "~daa", "~da"),
    ]


@given(SIGNS, st.data())
def test_any_piece_of_a_text_is_found(text: str, data: st.DataObject) -> None:
    plain = squash(text)
    if plain:
        start = data.draw(st.integers(0, len(plain) - 1))
        end = data.draw(st.integers(start + 1, len(plain)))
        assert holds(tokens([text]), phrase(plain[start:end]))


@given(SIGNS, SIGNS)
def test_nothing_else_is_found(text: str, asked: str) -> None:
    if squash(asked):
        assert holds(tokens([text]), phrase(squash(asked))) is (squash(asked) in squash(text))


@given(SIGNS, SIGNS)
def test_no_phrase_crosses_from_one_text_to_the_next(one: str, other: str) -> None:
    asked = squash(one)[-1:] + squash(other)[:1]
    if len(asked) == 2:
        inside = asked in squash(one) or asked in squash(other)
        assert holds(tokens([one, other]), phrase(asked)) is inside


def test_codes_are_found_whole_or_by_their_beginning() -> None:
    words = tokens(["恒达"], keys=["KH-00123"])
    assert holds(words, key_phrase("kh00123"))
    assert not holds(words, key_phrase("kh001"))
    assert holds(words, key_phrase("kh001", prefix=True))


def test_pinyin_and_initials_are_found_from_each_character_on() -> None:
    words = tokens(["上海恒达"], spelt="上海恒达")
    for typed in ("shanghai", "hengda", "heng", "shhd", "hd", "haihengd"):
        assert holds(words, sound_phrase(typed)), typed
    for typed in ("engda", "shhx", "dah"):
        assert not holds(words, sound_phrase(typed)), typed
