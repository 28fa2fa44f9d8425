"""Mails in words: one notice, a digest, a test. Text first, and the same as simple HTML; in the language now active."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from panshi.ground.notices.reports import Told

LONGEST_SUBJECT: Final = 120
CHOICES: Final = "/notices/choices/"
INBOX: Final = "/notices/"


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail ready to go."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a digest: its heading and lines of (words, path)."""

    heading: str
    lines: Sequence[tuple[str, str]]


def notice_letter(notice: Told) -> Letter:
    """One notice, with the way to its record."""
    when = timezone.localtime(notice.at).strftime("%Y-%m-%d %H:%M")
    body = [(notice.text, notice.address), (when, "")]
    return _letter(notice.text, [Section("", body)], verb=_("在磐石中打开"))


def digest_letter(sections: Sequence[Section], *, count: int) -> Letter:
    """Everything since the last digest."""
    return _letter(_("通知摘要：%(count)d 项") % {"count": count}, sections, verb="")


def test_letter() -> Letter:
    """What says that mail works."""
    lines = [(_("收到这封邮件，说明邮件通知可以正常发送。"), INBOX)]
    return _letter(_("测试邮件"), [Section("", lines)], verb=_("打开通知"))


def _letter(subject: str, sections: Sequence[Section], *, verb: str) -> Letter:
    head = " ".join(f"【{_('磐石')}】{subject}".split())
    clipped = head if len(head) <= LONGEST_SUBJECT else head[: LONGEST_SUBJECT - 1] + "…"
    return Letter(clipped, _as_text(sections), _as_html(sections, verb))


def _as_text(sections: Sequence[Section]) -> str:
    parts: list[str] = []
    for section in sections:
        parts += [section.heading, ""] if section.heading else []
        for words, path in section.lines:
            parts += [words, *([f"  {settings.PUBLIC_URL}{path}"] if path else [])]
        parts.append("")
    return "\n".join([*parts, "-- ", _("调整接收方式：") + f"{settings.PUBLIC_URL}{CHOICES}", ""])


def _as_html(sections: Sequence[Section], verb: str) -> str:
    """Words and links only: mail programs show little else alike."""
    return format_html(
        '<!doctype html><html><body style="font-family:sans-serif;font-size:14px;line-height:1.6">{}'
        '<p style="color:#667;font-size:12px"><a href="{}">{}</a></p></body></html>',
        format_html_join("", "{}", ((_section_html(section, verb),) for section in sections)),
        f"{settings.PUBLIC_URL}{CHOICES}",
        _("调整接收方式"),
    )


def _section_html(section: Section, verb: str) -> SafeString:
    heading = format_html("<h3>{}</h3>", section.heading) if section.heading else ""
    lines = format_html_join("", "{}", ((_line_html(words, path, verb),) for words, path in section.lines))
    return format_html("{}{}", heading, lines)


def _line_html(words: str, path: str, verb: str) -> SafeString:
    if not path:
        return format_html("<p>{}</p>", words)
    address = f"{settings.PUBLIC_URL}{path}"
    if verb:
        return format_html('<p>{}</p><p><a href="{}">{}</a></p>', words, address, verb)
    return format_html('<p><a href="{}">{}</a></p>', address, words)
