"""Likeness of names: what warns, what does not, and the laws that make a comparison fair."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.calc.likeness import ALIKE, CONTAINED, SAME_CORE, SAME_SOUND, block, likeness, parts

names = st.text("上海北京苏州恒达鑫瑞机械电子科技（）() 省市集团有限公司ABC12", min_size=1, max_size=20)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("上海恒达机械有限公司", "恒达（上海）机械股份有限公司", SAME_CORE),
        ("上海恒达机械有限公司", "恒达机械", SAME_CORE),
        ("上海市恒达机械有限公司", "上海恒达机械有限公司", SAME_CORE),
        ("恒达(中国)机械有限公司", "恒达机械有限公司", SAME_CORE),
        ("江苏苏州恒达机械厂", "苏州恒达机械厂", SAME_CORE),
        ("上海恒达机械有限公司", "上海衡达机械有限公司", SAME_SOUND),
        ("上海恒达机械有限公司", "上海恒达机械制造有限公司", CONTAINED),
        ("北京中关村软件科技园区发展公司", "北京中关村软件科技园发展公司", 90),
        ("上海恒达机械有限公司", "深圳恒达机械有限公司", 0),
        ("上海恒达机械有限公司", "上海恒远电子有限公司", 0),
        ("重庆恒达机械", "西藏恒达机械", 0),
        ("江苏恒达机械", "苏州恒达机械", SAME_CORE),
    ],
)
def test_what_two_names_have_in_common(one: str, other: str, expected: int) -> None:
    assert likeness(one, other) == expected


@given(names, names)
def test_likeness_is_symmetric_and_bounded(one: str, other: str) -> None:
    found = likeness(one, other)
    assert found == likeness(other, one)
    assert found == 0 or ALIKE <= found <= 100


@given(names.filter(lambda name: parts(name).core != ""))
def test_a_name_is_like_itself(name: str) -> None:
    assert likeness(name, name) == SAME_CORE


@given(names, names)
def test_names_that_share_core_or_sound_share_their_block(one: str, other: str) -> None:
    if likeness(one, other) in (SAME_CORE, SAME_SOUND) and parts(one).core == parts(other).core:
        assert block(one) == block(other)


def test_a_place_name_alone_is_a_core() -> None:
    assert parts("北京大学").core == "大学"
    assert parts("海南航空").core == "航空"
    assert parts("苏州") == ("", "苏州")
