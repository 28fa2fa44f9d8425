"""Browsers by the names people know."""

import pytest

from panshi.web.devices import device

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("agent", "known_as"),
    [
        (
            f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/140.0 Safari/537.36",
            "Chrome · Windows",
        ),
        (
            f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/140.0 Safari/537.36 Edg/140.0",
            "Edge · Windows",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox · Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1", "Safari · iPhone"),
        (f"Mozilla/5.0 (Linux; Android 15) {WEBKIT} Chrome/130.0 MicroMessenger/8.0", "微信 · Android"),
        (
            f"Mozilla/5.0 (Linux; Android 15) {WEBKIT} Chrome/130.0 wxwork/4.1 MicroMessenger/7.0",
            "企业微信 · Android",
        ),
        ("curl/8.5.0", "curl/8.5.0"),
        ("", "未知设备"),
    ],
)
def test_a_user_agent_is_named(agent: str, known_as: str) -> None:
    assert device(agent) == known_as
