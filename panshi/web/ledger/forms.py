"""Forms of the ledger room: the upload, the mapping of columns, and saying which account an unknown one is."""

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from panshi.calc.periods import DayOrder
from panshi.domains.ledger.reports import Choice
from panshi.web.generic.forms import PanshiForm
from panshi.web.generic.pickers import PickerField

KINDS: Final = ".csv .txt .xlsx .xls .parquet"
DAY_ORDERS: Final = (
    ("", _("年-月-日，或自动判断")),
    (DayOrder.DAY_FIRST.value, _("日/月/年")),
    (DayOrder.MONTH_FIRST.value, _("月/日/年")),
)


class UploadForm(PanshiForm):
    """Which system the file comes from, and the file."""

    source = forms.CharField(
        label=_("来源系统"), max_length=60, help_text=_("例如“ERP 销售明细”。同一来源会记住列的对应关系。")
    )
    file = forms.FileField(label=_("文件"), allow_empty_file=False)


class MappingForm(PanshiForm):
    """Which column holds which field of a line."""

    def __init__(self, *args: Any, choices: Sequence[Choice], headings: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        options = [("", "–"), *((heading, heading) for heading in headings)]
        self.mapped = [choice.field.value for choice in choices]
        for choice in choices:
            self.fields[choice.field.value] = forms.ChoiceField(
                label=str(choice.label), choices=options, required=False, initial=choice.heading
            )
        self.fields["default_currency"] = forms.RegexField(
            r"^[A-Za-z]{3}$", label=_("默认币种"), required=False,
            error_messages={"invalid": _("请填三个字母的币种代码，例如 CNY。")},
        )  # fmt: skip
        self.fields["day_order"] = forms.ChoiceField(label=_("日期写法"), choices=DAY_ORDERS, required=False)

    def columns(self) -> dict[str, str]:
        """Field → column, as the service wants it."""
        return {name: self.cleaned_data[name] for name in self.mapped if self.cleaned_data.get(name)}


class MatchForm(PanshiForm):
    """Which of our accounts an unknown one is."""

    account = PickerField(reverse_lazy("accounts:pick_accounts"), lambda key: key, label=_("对应的客户"))
