"""Every refusal of the expression engine as a sentence that says how to mend it."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from panshi.engines.expressions import Kind

KINDS: Final[Mapping[str, Promise]] = {
    Kind.TEXT: _("文本"),
    Kind.NUMBER: _("数字"),
    Kind.MONEY: _("金额"),
    Kind.DATE: _("日期"),
    Kind.BOOLEAN: _("是/否"),
    Kind.CHOICE: _("选项"),
    Kind.LIST: _("列表"),
    "nothing": _("空值"),
}

POLICIES: Final[Mapping[str, Promise]] = {
    "first": _("取第一条符合的"),
    "unique": _("只能有一条符合"),
    "collect": _("取全部符合的"),
}

_SENTENCES: Final[Mapping[str, Promise]] = {
    "cell_number": _("“{value}”不是数字。可写 20、>= 20、[1..10]、500万、20%。"),
    "cell_date": _("“{value}”不是日期。请写成 2026-01-31。"),
    "cell_truth": _("“{value}”不是“是”或“否”。"),
    "cell_choice": _("“{value}”不在可选值里：{choices}。"),
    "cell_compare": _("这一列不能比大小（{value}）。请写要匹配的值，用逗号分开。"),
    "cell_range": _("范围“{value}”是空的：下限要小于上限。"),
    "cell_void": _("“{value}”什么也匹配不了。"),
    "cell_gap": _("“{value}”里有多余的逗号。"),
    "cell_items": _("一格最多 {most} 个值。"),
    "cell_length": _("一格最多 {most} 个字。"),
    "thousands": _("“{value}”看不出是千位分隔符还是两个值：千位分隔符请去掉，两个值请在逗号后加空格。"),
    "money_places": _("“{value}”：金额最多两位小数。"),
    "quote": _("“{value}”的引号不成对。"),
    "number_size": _("数字太大，整数部分最多 {digits} 位。"),
    "number_places": _("小数最多 {places} 位。"),
    "too_long": _("公式太长，最多 {most} 个字。"),
    "too_deep": _("括号嵌套太深，最多 {most} 层。"),
    "too_many_parts": _("公式太长，最多 {most} 个部分。"),
    "empty": _("公式是空的。"),
    "character": _("第 {at} 个字“{part}”不能出现在公式里。"),
    "unexpected": _("第 {at} 个字处的“{part}”位置不对。"),
    "unfinished": _("公式没有写完。"),
    "unknown_name": _("没有名为“{name}”的条件。"),
    "unknown_function": _("没有名为“{name}”的函数。"),
    "types": _("“{operator}”两边类型不合：左边是{left}，右边是{right}。"),
    "operand": _("“{operator}”要的是{wanted}，这里是{found}。"),
    "yields": _("结果应是{wanted}，公式得到的是{found}。"),
    "arguments": _("函数 {function} 的参数个数不对（{count} 个）。"),
    "exponent": _("乘方的次数只能是 0 到 {most} 的整数。"),
    "range_order": _("范围的下限 {low} 大于上限 {high}。"),
    "range_alone": _("范围只能写在 in 后面。"),
    "date_literal": _('日期请写成 date("2026-01-31")。'),
    "round_places": _("round 的位数只能是 0 到 {most}。"),
    "length_of": _("len 只能用于条件名。"),
    "no_value": _("公式没有得到可用的值。"),
    "not_a_condition": _("公式的结果不是“是”或“否”。"),
    "unreadable": _("公式无法识别。"),
    "bad_number": _("“{value}”不是数字。"),
    "bad_date": _("“{value}”不是日期，请写成 2026-01-31。"),
    "bad_text": _("“{value}”不是文本。"),
    "bad_truth": _("“{value}”不是“是”或“否”。"),
    "bad_list": _("“{value}”不是列表。"),
    "text_size": _("文本太长，最多 {most} 个字。"),
    "list_size": _("列表太长，最多 {most} 项。"),
    "empty_value": _("“{name}”没有值，无法计算。"),
    "division": _("除数为零，无法计算。"),
    "overflow": _("计算结果太大。"),
    "failed": _("无法计算。"),
    "no_such_value": _("没有给出“{name}”。"),
    "value_missing": _("“{name}”没有值。"),
    "value_choice": _("“{name}”的值“{value}”不在可选值里。"),
    "several_rows": _("第 {rows} 行同时符合，而这张表只能有一条符合。"),
    "no_columns": _("至少要有一列条件和一列结果。"),
    "many_columns": _("最多 {most} 列。"),
    "no_rows": _("至少要有一行规则。"),
    "many_rows": _("最多 {most} 行。"),
    "row_width": _("这一行的格数与列数不符。"),
    "column_name": _("列名“{name}”不能用：只能用汉字、字母、数字和下划线，不能以数字开头，最多 40 个字。"),
    "column_twice": _("列名“{name}”重复了。"),
    "column_kind": _("列“{name}”的类型不能用在这里。"),
    "column_choices": _("选项列“{name}”要列出可选值，不能重复或为空，最多 200 个。"),
    "bad_table": _("表里有 {count} 处错误。"),
    "not_a_table": _("内容不是一张决策表。"),
    "no_decision_table": _("文件里应有一张决策表，实际有 {count} 张。"),
    "many_cases": _("最多 {most} 个测试用例。"),
}


class _Brought(dict[str, str]):
    """Parameters of a sentence; one a refusal did not bring is left open rather than failing the page."""

    def __missing__(self, name: str) -> str:
        return "…"


def sentence(code: str, params: Mapping[str, str | int]) -> str:
    """The sentence for a refusal, in the reader's language."""
    words = {name: _word(name, value) for name, value in params.items()}
    known = str(_SENTENCES.get(code, _("内容有误（{code}）。")))
    text = known.format_map(_Brought({"code": code, **words}))
    if "name" in words and "{name}" not in known:
        return str(_("{name}：{text}")).format(name=words["name"], text=text)
    return text


def _word(name: str, value: str | int) -> str:
    if name in ("left", "right", "wanted", "found"):
        return str(KINDS.get(str(value), value))
    return str(value)
