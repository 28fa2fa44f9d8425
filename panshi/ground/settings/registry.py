"""What can be set without code: each setting declared once with its topic, words, kind, default and bounds.

Declarations live in `catalogue/<topic>.py`; whoever needs one reads it with `reports.value(code)`.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from panshi.ground.base.refusals import Refused

SettingKind = Literal["whole", "number", "share", "yes", "text", "choice", "choices", "time"]
"""whole → int · number → Decimal · share (percent) → Decimal · yes → bool · text → str · choice → str ·
choices → tuple[str, ...] · time → datetime.time."""

LONGEST_TEXT: Final = 500


class CannotReadSetting(Refused):
    """What was typed is no value of this setting."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A group of settings on the settings page."""

    code: str
    label: Promise
    about: Promise
    icon: str = "settings"


TOPICS: Final = (
    Topic("accounts", gettext_lazy("客户"), gettext_lazy("档案、查重、合并和提醒的天数"), "building"),
    Topic("pools", gettext_lazy("公海"), gettext_lazy("认领限额、冷却期、保护期和预警"), "users-group"),
    Topic("lifecycle", gettext_lazy("生命周期"), gettext_lazy("多久没有交易算休眠、流失"), "refresh"),
    Topic("ledger", gettext_lazy("台账"), gettext_lazy("交易台账的核对与异动"), "database-import"),
    Topic("processes", gettext_lazy("流程"), gettext_lazy("审批的期限和催办"), "hierarchy"),
    Topic("notices", gettext_lazy("通知"), gettext_lazy("邮件、摘要和免打扰"), "bell"),
    Topic("files", gettext_lazy("文件"), gettext_lazy("附件的大小、类型和保留"), "file"),
    Topic("api", gettext_lazy("接口"), gettext_lazy("令牌、限速和日历订阅"), "plug"),
    Topic(
        "lists", gettext_lazy("列表与导入导出"), gettext_lazy("批量操作、导出和撤销的限度"), "table-import"
    ),
    Topic("system", gettext_lazy("系统"), gettext_lazy("登录、备份和运行"), "settings"),
)
TOPIC_BY_CODE: Final = {topic.code: topic for topic in TOPICS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One declared setting. `least` and `most` bound whole, number and share (both included); `unit` stands behind
    the field; `choices` are (code, words) for choice and choices; `blank` lets a text be empty."""

    code: str
    topic: str
    label: str | Promise
    kind: SettingKind
    default: Any
    least: int | Decimal | None = None
    most: int | Decimal | None = None
    unit: str | Promise = ""
    choices: tuple[tuple[str, str | Promise], ...] = ()
    help: str | Promise = ""
    blank: bool = False

    def __post_init__(self) -> None:
        if self.topic not in TOPIC_BY_CODE:
            raise ValueError(f"setting {self.code} names no topic: {self.topic}")
        if self.read(self.write(self.default)) != self.default:
            raise ValueError(f"setting {self.code} has a default that is none of its values")

    def clean(self, typed: Any) -> Any:
        """The value meant by what was typed or given. Raises `CannotReadSetting`."""
        if isinstance(typed, str):
            typed = typed.strip()
        return _CLEANERS[self.kind](self, typed)

    def write(self, value: Any) -> str:
        """A value as stored text."""
        match self.kind:
            case "yes":
                return "1" if value else "0"
            case "choices":
                return ",".join(value)
            case "time":
                return f"{value:%H:%M}"
            case _:
                return str(value)

    def read(self, stored: str) -> Any:
        """The value of a stored text. Raises `CannotReadSetting` where bounds or choices no longer allow it."""
        if self.kind == "choices":
            return self.clean([code for code in stored.split(",") if code])
        return self.clean(stored)

    def words(self, value: Any) -> str:
        """A value as a person reads it, with its unit."""
        return _WORDS.get(self.kind, _counted)(self, value)


def _whole(setting: Setting, typed: Any) -> int:
    try:
        value = int(str(typed))
    except ValueError as error:
        raise CannotReadSetting(_("请填写整数。"), field="value") from error
    _bounded(setting, value)
    return value


def _number(setting: Setting, typed: Any) -> Decimal:
    try:
        value = Decimal(str(typed).removesuffix("%").replace(",", ""))
    except InvalidOperation as error:
        raise CannotReadSetting(_("请填写数字。"), field="value") from error
    if not value.is_finite():
        raise CannotReadSetting(_("请填写数字。"), field="value")
    _bounded(setting, value)
    return value


def _bounded(setting: Setting, value: int | Decimal) -> None:
    least, most = setting.least, setting.most
    if least is not None and value < least:
        raise CannotReadSetting(_("不能小于 %(least)s。") % {"least": least}, field="value")
    if most is not None and value > most:
        raise CannotReadSetting(_("不能大于 %(most)s。") % {"most": most}, field="value")


def _yes(setting: Setting, typed: Any) -> bool:
    return typed in (True, "1", "on", "true", "yes")


def _text(setting: Setting, typed: Any) -> str:
    value = str(typed)
    if not value and not setting.blank:
        raise CannotReadSetting(_("请填写。"), field="value")
    if len(value) > LONGEST_TEXT:
        raise CannotReadSetting(_("最多 %(length)d 个字符。") % {"length": LONGEST_TEXT}, field="value")
    return value


def _choice(setting: Setting, typed: Any) -> str:
    if typed not in dict(setting.choices):
        raise CannotReadSetting(_("没有这个选项。"), field="value")
    return str(typed)


def _choices(setting: Setting, typed: Any) -> tuple[str, ...]:
    wanted = set(typed if isinstance(typed, Iterable) and not isinstance(typed, str) else [typed])
    if wanted - set(dict(setting.choices)):
        raise CannotReadSetting(_("没有这个选项。"), field="value")
    return tuple(code for code, _words in setting.choices if code in wanted)


def _time(setting: Setting, typed: Any) -> dt.time:
    if isinstance(typed, dt.time):
        return typed.replace(second=0, microsecond=0)
    try:
        return dt.time.fromisoformat(str(typed)).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError as error:
        raise CannotReadSetting(_("请按 08:30 的格式填写时间。"), field="value") from error


_CLEANERS: Final = {
    "whole": _whole,
    "number": _number,
    "share": _number,
    "yes": _yes,
    "text": _text,
    "choice": _choice,
    "choices": _choices,
    "time": _time,
}


def _counted(setting: Setting, value: Any) -> str:
    plain = f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
    return f"{plain} {setting.unit}".strip()


def _labelled(setting: Setting, *codes: str) -> str:
    labels = dict(setting.choices)
    return _("、").join(str(labels.get(code, code)) for code in codes) or _("无")


_WORDS: Final[Mapping[str, Callable[[Setting, Any], str]]] = {
    "yes": lambda setting, value: _("是") if value else _("否"),
    "choice": _labelled,
    "choices": lambda setting, value: _labelled(setting, *value),
    "time": lambda setting, value: f"{value:%H:%M}",
    "share": lambda setting, value: f"{value.normalize():f}%",
    "text": lambda setting, value: str(value) or _("未填"),
}
