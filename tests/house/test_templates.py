"""Templates: nothing a strict content security policy would stop, every form carries its token, nothing unescaped."""

import re

from tests.house.sources import name, under

TEMPLATES = {name(path): path.read_text(encoding="utf-8") for path in under("panshi/web/templates", ".html")}
SCRIPT = re.compile(r"<script(?![^>]*(?:\bsrc=|application/json))[^>]*>", re.I)
STYLE = re.compile(r"<style(?![^>]*nonce)[^>]*>", re.I)
HANDLER = re.compile(r"""<[^>]*\s(on[a-z]+|hx-on[:\w-]*)\s*=""", re.I)
ELSEWHERE = re.compile(r"""(?:src|href|action|hx-(?:get|post))\s*=\s*["'](?:https?:)?//""", re.I)
FORM = re.compile(r"""<form[^>]*method=["']post["'].*?</form>""", re.I | re.S)


def found(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{where}: {match.group()[:80]}"
        for where, text in TEMPLATES.items()
        for match in pattern.finditer(text)
    ]


def test_there_are_templates() -> None:
    assert len(TEMPLATES) > 20


def test_no_script_or_style_stands_in_a_page() -> None:
    assert not found(SCRIPT)
    assert not found(STYLE)
    assert not found(HANDLER)
    assert not found(re.compile(r"javascript:", re.I))


def test_nothing_is_loaded_or_sent_elsewhere() -> None:
    assert not found(ELSEWHERE)


def test_nothing_is_shown_unescaped() -> None:
    assert not found(re.compile(r"\|\s*safe\b|autoescape\s+false|Markup\("))


def test_every_form_that_writes_carries_its_token() -> None:
    bare = [
        f"{where}: {match.group()[:80]}"
        for where, text in TEMPLATES.items()
        for match in FORM.finditer(text)
        if "csrf_input" not in match.group()
    ]
    assert not bare


def test_links_that_open_elsewhere_keep_our_window() -> None:
    opened = re.compile(r"""<a[^>]*target=["']_blank["'][^>]*>""", re.I)
    assert not [
        f"{where}: {match.group()[:80]}"
        for where, text in TEMPLATES.items()
        for match in opened.finditer(text)
        if "noopener" not in match.group()
    ]


def test_a_percent_sign_in_a_message_is_doubled() -> None:
    """Messages of templates are always formatted, so a lone sign breaks the page when it is shown."""
    message = re.compile(r"""\b_\(\s*(["'])((?:(?!\1).)*)\1""")
    assert not [
        f"{where}: {match.group(2)}"
        for where, text in TEMPLATES.items()
        for match in message.finditer(text)
        if re.search(r"(?<!%)%(?![%(])", match.group(2).replace("%%", ""))
    ]
