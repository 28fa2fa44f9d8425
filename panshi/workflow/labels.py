"""What the columns and settings of a process are called: for problems, the editor, and the differences of versions."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

LABELS: Final[Mapping[str, Promise]] = {
    "name": gettext_lazy("步骤名称"),
    "kind": gettext_lazy("步骤方式"),
    "who": gettext_lazy("谁处理"),
    "condition": gettext_lazy("条件"),
    "sign": gettext_lazy("会签"),
    "percent": gettext_lazy("同意百分比"),
    "days": gettext_lazy("工作日"),
    "hours": gettext_lazy("工作小时"),
    "remind": gettext_lazy("提前几个工作日提醒"),
    "overdue": gettext_lazy("超期时"),
    "comment": gettext_lazy("意见"),
    "reject": gettext_lazy("驳回后"),
    "own": gettext_lazy("轮到申请人自己时"),
    "repeat": gettext_lazy("前面已同意过的人"),
    "delegate": gettext_lazy("转交"),
    "sendback": gettext_lazy("退回前面的步骤"),
    "fields": gettext_lazy("表单字段"),
    "action": gettext_lazy("执行的操作"),
    "copy": gettext_lazy("通过后抄送"),
    "refused": gettext_lazy("决定被退回时交给"),
    "label": gettext_lazy("字段名称"),
    "required": gettext_lazy("必填"),
    "source": gettext_lazy("取值来源"),
    "choices": gettext_lazy("选项"),
    "help": gettext_lazy("填写说明"),
    "default": gettext_lazy("默认值"),
    "field": gettext_lazy("字段代码"),
    "field_kind": gettext_lazy("类型"),
    "duration": gettext_lazy("等待"),
}
"""Words by the code of a column or setting."""


def label_of(name: str) -> str:
    """A column or setting in words; what is not known stays as written."""
    return str(LABELS.get(name, name))
