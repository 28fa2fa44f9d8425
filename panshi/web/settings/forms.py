"""Forms of the settings: a value with its reason, a custom field, a dictionary, a number format, a notice."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from panshi.ground.identity.roles import ROLES
from panshi.ground.settings.models import CustomField, FieldKind
from panshi.ground.settings.registry import Setting
from panshi.web.generic.forms import PanshiForm

CHOOSING = frozenset({FieldKind.CHOICE, FieldKind.CHOICES})


class ReasonForm(PanshiForm):
    """Why a setting changes; kept in its history."""

    why = forms.CharField(
        label=_("理由"), max_length=200, help_text=_("写进历史，以后的人看得到。"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip


class ValueForm(ReasonForm):
    """A new value of one setting, in the control of its kind."""

    def __init__(self, *args: Any, setting: Setting, value: Any, **kwargs: Any) -> None:
        shown = _plain(setting, value)
        super().__init__(*args, initial={"value": shown}, **kwargs)
        self.fields = {"value": _control(setting)} | self.fields


def _plain(setting: Setting, value: Any) -> Any:
    """A value as its control begins with it."""
    if setting.kind == "time":
        return f"{value:%H:%M}"
    if setting.kind == "yes":
        return "1" if value else "0"
    if setting.kind == "choices":
        return list(value)
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value


def _control(setting: Setting) -> forms.Field:
    common: dict[str, Any] = {"label": str(setting.label), "help_text": str(setting.help), "required": False}
    match setting.kind:
        case "yes":
            return forms.ChoiceField(
                choices=[("1", _("是")), ("0", _("否"))], widget=forms.RadioSelect, **common
            )
        case "choice":
            return forms.ChoiceField(choices=list(setting.choices), **common)
        case "choices":
            boxes = forms.CheckboxSelectMultiple
            return forms.MultipleChoiceField(choices=list(setting.choices), widget=boxes, **common)
        case "time":
            return forms.CharField(widget=forms.TextInput(attrs={"type": "time"}), **common)
        case "text":
            return forms.CharField(max_length=500, **common)
        case _:
            attrs = {"inputmode": "numeric" if setting.kind == "whole" else "decimal"}
            return forms.CharField(max_length=40, widget=forms.TextInput(attrs=attrs), **common)


class FieldForm(PanshiForm):
    """A custom field: what it is called, what it holds, who must fill it in and who may see it."""

    label = forms.CharField(label=_("名称"), max_length=40)
    label_en = forms.CharField(label=_("英文名称"), max_length=60, required=False)
    kind = forms.ChoiceField(label=_("类型"), choices=FieldKind.choices, help_text=_("建好后不能改类型。"))
    dictionary = forms.ChoiceField(
        label=_("从哪个字典选"), required=False, help_text=_("单选、多选用；没有合适的先去新建字典。")
    )
    group = forms.CharField(
        label=_("分组"), max_length=40, required=False, help_text=_("同组的字段放在档案的同一张卡片里。")
    )
    group_en = forms.CharField(label=_("分组的英文名称"), max_length=60, required=False)
    help = forms.CharField(label=_("填写说明"), max_length=200, required=False)
    help_en = forms.CharField(label=_("英文填写说明"), max_length=200, required=False)
    unit = forms.CharField(
        label=_("单位"), max_length=12, required=False, help_text=_("数字用，例如“条”“吨/年”。")
    )
    default = forms.CharField(
        label=_("默认值"),
        max_length=200,
        required=False,
        help_text=_("新记录没有填写时用；选择类写值的代码或名称。"),
    )
    required = forms.BooleanField(
        label=_("必填"), required=False, help_text=_("老记录仍然有效，下次修改这一组时才要求补填。")
    )
    unique = forms.BooleanField(label=_("不能重复"), required=False, help_text=_("只用于文本和数字。"))
    at_creation = forms.BooleanField(label=_("新建时就填写"), required=False)
    permission = forms.ChoiceField(
        label=_("谁能看见"),
        required=False,
        choices=[("", _("能看见记录的人")), ("accounts.money", _("能看开票与银行信息的人"))],
    )
    roles = forms.MultipleChoiceField(
        label=_("或者只给这些角色"), required=False, choices=[(role.code, role.name) for role in ROLES],
        widget=forms.CheckboxSelectMultiple, help_text=_("选了角色，其他人就看不见，除非上面的权限允许。"),
    )  # fmt: skip
    code = forms.CharField(
        label=_("代码"), max_length=40, required=False,
        help_text=_("接口和导入文件用；留空按名称的拼音生成，建好后不能改。"),
    )  # fmt: skip

    def __init__(
        self,
        *args: Any,
        field: CustomField | None = None,
        lists: Sequence[tuple[str, str]] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if field is not None:
            for name in ("kind", "dictionary", "code"):
                del self.fields[name]
            if field.kind not in {FieldKind.NUMBER}:
                del self.fields["unit"]
            if field.kind not in {FieldKind.TEXT, FieldKind.NUMBER}:
                del self.fields["unique"]
        else:
            chosen = self.fields["dictionary"]
            assert isinstance(chosen, forms.ChoiceField)
            chosen.choices = [("", ""), *lists]

    def parts(self) -> dict[str, Any]:
        """What the services take as values: without what is fixed for good."""
        return {
            name: value for name, value in self.values().items() if name not in {"kind", "dictionary", "code"}
        }


class DictionaryForm(PanshiForm):
    """What a list of choices is called."""

    label = forms.CharField(label=_("名称"), max_length=60)
    label_en = forms.CharField(label=_("英文名称"), max_length=60, required=False)
    about = forms.CharField(label=_("说明"), max_length=200, required=False)


class ChoiceForm(PanshiForm):
    """One value of a list."""

    label = forms.CharField(label=_("名称"), max_length=60)
    label_en = forms.CharField(label=_("英文名称"), max_length=60, required=False)
    code = forms.CharField(
        label=_("代码"), max_length=40, required=False, help_text=_("留空按名称的拼音生成，建好后不能改。")
    )

    def __init__(self, *args: Any, known: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if known:
            del self.fields["code"]


class ReplaceForm(PanshiForm):
    """Which value takes the place of another."""

    other = forms.ChoiceField(label=_("换成"))

    def __init__(self, *args: Any, others: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["other"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", ""), *others]


class NumberingForm(ReasonForm):
    """How new records are numbered."""

    prefix = forms.CharField(label=_("前缀"), max_length=12, required=False)  # type: ignore[assignment]
    width = forms.IntegerField(label=_("数字位数"), min_value=1, max_value=12)
    next_number = forms.IntegerField(label=_("下一个号"), min_value=1)
    field_order = ("prefix", "width", "next_number", "why")


class CalendarForm(PanshiForm):
    """The State Council's notice of one year, typed or as a table."""

    notice = forms.CharField(
        label=_("通知名称或文号"), max_length=200,
        help_text=_("例如：国务院办公厅关于 2027 年部分节假日安排的通知"),
    )  # fmt: skip
    days = forms.CharField(
        label=_("放假和调休"), required=False, max_length=20_000,
        help_text=_("每行一天或一段：日期，放假或上班，名称。例如 1月1日至1月3日 放假 元旦"),
        widget=forms.Textarea(attrs={"rows": 14, "class": "mono"}),
    )  # fmt: skip
    file = forms.FileField(
        label=_("或者上传表格"), required=False, help_text=_("XLSX 或 CSV，三列：日期、放假或上班、名称。")
    )
