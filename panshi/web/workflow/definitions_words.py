"""What the settings of a process are called: one place for the editor, the version pages and the differences."""

from collections.abc import Iterable, Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from panshi.ground.identity.roles import ROLES
from panshi.workflow.bindings import actions
from panshi.workflow.forms import Field
from panshi.workflow.naming import STANDING, part_words, who_words

Words = Mapping[str, Promise]

STEP_KINDS: Final[Words] = {
    "approve": gettext_lazy("审批"),
    "do": gettext_lazy("办理"),
    "inform": gettext_lazy("抄送"),
    "action": gettext_lazy("自动执行"),
}
YES_NO: Final[Words] = {"yes": gettext_lazy("可以"), "no": gettext_lazy("不可以")}
CHOICES: Final[Mapping[str, Words]] = {
    "kind": STEP_KINDS,
    "sign": {
        "single": gettext_lazy("一人处理"),
        "all": gettext_lazy("全部同意"),
        "any": gettext_lazy("任一人决定"),
        "percent": gettext_lazy("按比例同意"),
        "veto": gettext_lazy("一票否决"),
    },
    "overdue": {
        "none": gettext_lazy("不处理"),
        "remind": gettext_lazy("提醒处理人"),
        "escalate": gettext_lazy("升级到上级"),
        "approve": gettext_lazy("自动同意"),
        "reject": gettext_lazy("自动驳回"),
    },
    "comment": {
        "": gettext_lazy("不要求"),
        "reject": gettext_lazy("驳回时必填"),
        "always": gettext_lazy("总是必填"),
    },
    "reject": {
        "": gettext_lazy("结束申请"),
        "route": gettext_lazy("结束申请"),
        "end": gettext_lazy("结束申请，图上不画"),
        "return": gettext_lazy("退回申请人修改"),
    },
    "own": {
        "superior": gettext_lazy("改由上级审批"),
        "queue": gettext_lazy("交给流程管理员"),
        "allow": gettext_lazy("允许自己审批"),
    },
    "repeat": {"ask": gettext_lazy("仍要审批"), "pass": gettext_lazy("自动通过")},
    "delegate": YES_NO,
    "sendback": YES_NO,
}
"""The words of settings that are chosen from a list."""

FIELD_KINDS: Final[Words] = {
    "text": gettext_lazy("单行文字"),
    "long": gettext_lazy("多行文字"),
    "number": gettext_lazy("数字"),
    "money": gettext_lazy("金额"),
    "date": gettext_lazy("日期"),
    "choice": gettext_lazy("单选"),
    "multi": gettext_lazy("多选"),
    "person": gettext_lazy("人员"),
    "account": gettext_lazy("客户"),
    "file": gettext_lazy("附件"),
    "note": gettext_lazy("说明文字"),
}
SOURCES: Final[Words] = {"own": gettext_lazy("申请人填写"), "subject": gettext_lazy("取自申请对象")}


def pairs(words: Words) -> list[tuple[str, str]]:
    """Codes with their words, for the editor; of two codes with the same words the first."""
    found: dict[str, str] = {}
    for code, label in words.items():
        found.setdefault(str(label), code)
    return [(code, label) for label, code in found.items()]


def people_choices(form: Iterable[Field]) -> list[tuple[str, str]]:
    """Everybody a step can name, except single people: those stand by sign-in name."""
    codes = [*STANDING]
    codes += [f"unit:{role.code}" for role in ROLES] + [f"role:{role.code}" for role in ROLES]
    codes += [f"field:{field.name}" for field in form if field.kind == "person"]
    return [(code, part_words(code, form)) for code in codes]


def action_pairs() -> list[tuple[str, str]]:
    """Every registered action of service tasks."""
    return [(name, str(each.label)) for name, each in actions().items()]


def setting_words(name: str, value: str, form: Iterable[Field] = ()) -> str:
    """A setting's value as people read it."""
    if name in ("who", "copy", "refused"):
        return who_words(value, form)
    if name in CHOICES:
        return str(CHOICES[name].get(value, value))
    if name == "action":
        return dict(action_pairs()).get(value, value)
    return value
