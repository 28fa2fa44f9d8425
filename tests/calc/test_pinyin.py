"""Spellings agree with pypinyin, on whose tables they rest."""

import random

from pypinyin import Style, lazy_pinyin

from panshi.calc.pinyin import initials, pinyin, spell, syllables
from panshi.calc.sounds import characters, phrases


def test_names_are_spelt_as_people_type_them() -> None:
    assert spell("恒岳重工") == ("hengyuezhonggong", "hyzg")
    assert pinyin("重庆长安汽车") == "chongqingchanganqiche"
    assert initials("ABC 公司") == "abc gs"
    assert pinyin("绿源") == "lvyuan"
    assert spell("") == ("", "")


def test_every_character_and_phrase_sounds_as_in_pypinyin() -> None:
    wrong = [sign for sign, sound in characters().items() if lazy_pinyin(sign) != [sound]]
    wrong += [phrase for phrase in phrases() if lazy_pinyin(phrase) != syllables(phrase)]
    assert wrong == []


def test_names_made_of_phrases_are_cut_as_pypinyin_cuts_them() -> None:
    chance = random.Random(11)
    words, signs = sorted(phrases()), sorted(characters())[6000:20000]
    for _ in range(3000):
        name = "".join(
            chance.choice(words) if chance.random() < 0.6 else chance.choice(signs) for _ in range(4)
        )
        assert "".join(syllables(name)) == "".join(lazy_pinyin(name, style=Style.NORMAL))


def test_there_are_as_many_syllables_as_characters() -> None:
    assert len(syllables("上海A1（恒达）")) == 8
