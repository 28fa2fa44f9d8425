"""Forms of decision tables: begin one, publish, take a file in."""

import datetime as dt

from django import forms
from django.utils.translation import gettext_lazy as _

from panshi.web.generic.forms import DayInput, PanshiForm


class CreateForm(PanshiForm):
    """What a new table is called."""

    name = forms.CharField(label=_("名称"), max_length=80)
    key = forms.CharField(
        label=_("代号"),
        max_length=60,
        help_text=_("程序和流程用它来引用这张表，例如 travel_limit；建好后不能改。"),
    )
    purpose = forms.CharField(
        label=_("用途"),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("这张表决定什么，给谁用。"),
    )


class PublishForm(PanshiForm):
    """From when the draft holds, and what changed."""

    from_on = forms.DateField(
        label=_("生效日"), widget=DayInput, help_text=_("从这一天起的决定用新版；之前的决定不变。")
    )
    note = forms.CharField(
        label=_("修改说明"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("改了什么、为什么改。以后查版本时会看到。"),
    )

    @property
    def day(self) -> dt.date:
        """The day as typed."""
        day: dt.date = self.cleaned_data["from_on"]
        return day


class FileForm(PanshiForm):
    """A sheet or a JSON file to become the draft."""

    file = forms.FileField(
        label=_("文件"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv,.json"}),
        help_text=_("导出的 Excel 改好后可直接导入；也接受 CSV 和 zen 的 JSON。"),
    )
