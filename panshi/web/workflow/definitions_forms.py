"""Forms of definitions: begin a process, change what it is called, publish a draft, take a BPMN file in."""

from django import forms
from django.utils.translation import gettext_lazy as _

from panshi.web.generic.forms import PanshiForm


class CreateForm(PanshiForm):
    """What a new process is called."""

    name = forms.CharField(label=_("名称"), max_length=80)
    key = forms.CharField(
        label=_("代号"),
        max_length=60,
        help_text=_("小写字母、数字和下划线，例如 travel_request；建好后不能改。"),
    )
    category = forms.CharField(
        label=_("流程分类"),
        max_length=40,
        required=False,
        help_text=_("发起申请时按分类排列，例如 行政、客户。"),
    )
    description = forms.CharField(
        label=_("说明"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("什么时候用这个流程；发起人会看到。"),
    )


class ChangeForm(PanshiForm):
    """What a process is called, and whether it can be started."""

    name = forms.CharField(label=_("名称"), max_length=80)
    category = forms.CharField(label=_("流程分类"), max_length=40, required=False)
    description = forms.CharField(label=_("说明"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    enabled = forms.BooleanField(
        label=_("可以发起"), required=False, help_text=_("关闭后不能再发起新的申请，已发起的继续走完。")
    )


class PublishForm(PanshiForm):
    """What is new in the version."""

    note = forms.CharField(
        label=_("发布说明"),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("改了什么、为什么改。以后查版本时会看到。"),
    )


class FileForm(PanshiForm):
    """A BPMN 2.0 file to become the draft."""

    file = forms.FileField(
        label=_("BPMN 文件"),
        widget=forms.ClearableFileInput(attrs={"accept": ".bpmn,.xml"}),
        help_text=_("BPMN 2.0；有不支持的内容时会逐项说明，什么都不会发布。"),
    )
