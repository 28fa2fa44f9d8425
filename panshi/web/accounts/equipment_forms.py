"""Forms of the installed base, brands and shares of wallet; what fields must be is decided by the services."""

import datetime as dt
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from panshi.domains.accounts.models import Brand, Confidence, EquipmentState
from panshi.ground.base.viewer import Viewer
from panshi.web.generic.forms import DayInput, PanshiForm

WHOLE: Final = {"inputmode": "numeric"}


def _whole(label: Any, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=12, required=False, widget=forms.TextInput(attrs=WHOLE), **more
    )


def _day(label: Any, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=20, required=False, widget=DayInput(), **more)


def known_brands(viewer: Viewer) -> list[str]:
    """The names of all brands, ours first."""
    rows = Brand.objects.visible_to(viewer).standing().order_by("-ours", "name_key")
    return list(rows.values_list("name", flat=True)[:1000])


class EquipmentForm(PanshiForm):
    """One machine at an account."""

    brand = forms.CharField(
        label=_("品牌"),
        max_length=60,
        widget=forms.TextInput(attrs={"list": "brands-known", "autocomplete": "off"}),
    )
    model = forms.CharField(label=_("型号"), max_length=80)
    serial = forms.CharField(label=_("出厂编号"), max_length=60, required=False)
    quantity = _whole(_("数量"), initial="1")
    site = forms.CharField(label=_("安装地点"), max_length=200, required=False)
    state = forms.ChoiceField(
        label=_("状态"),
        choices=[(one.value, one.label) for one in (EquipmentState.IN_USE, EquipmentState.STANDBY)],
    )
    commissioned_on = _day(_("投用日期"))
    warranty_on = _day(_("质保到期"))
    life_years = _whole(_("设计年限（年）"))
    life_hours = _whole(_("设计寿命（小时）"))
    hours = _whole(_("运行小时"))
    hours_on = _day(_("抄表日期"))
    replace_on = _day(_("应更换日期"), help_text=_("留空则按投用日期、设计年限和抄表自动推算。"))
    note = forms.CharField(
        label=_("备注"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class HoursForm(PanshiForm):
    """The running hours on a day."""

    hours = forms.IntegerField(
        label=_("运行小时"), min_value=0, max_value=2_000_000, widget=forms.TextInput(attrs=WHOLE)
    )
    on = forms.DateField(label=_("抄表日期"), widget=DayInput())


class BrandForm(PanshiForm):
    """A brand: ours or a competitor's."""

    name = forms.CharField(label=_("品牌"), max_length=60)
    ours = forms.BooleanField(label=_("本公司品牌"), required=False)
    note = forms.CharField(label=_("说明"), max_length=200, required=False)


class MergeBrandForm(PanshiForm):
    """Into which other brand one goes."""

    into = forms.ChoiceField(label=_("并入"))

    def __init__(self, *args: Any, brand: Brand, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Brand.objects.visible_to(viewer).standing().exclude(pk=brand.pk)
        field = self.fields["into"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "")] + [
            (str(pk), name) for pk, name in rows.order_by("name_key").values_list("pk", "name")
        ]


class WalletForm(PanshiForm):
    """What an account buys in a year and from whom. Our part is the ledger's where it is left empty."""

    year = forms.IntegerField(label=_("年度"), min_value=1, max_value=9999)
    product_line = forms.CharField(
        label=_("产品线"), max_length=60, required=False, help_text=_("留空为我们能供的全部产品。")
    )
    volume = forms.DecimalField(
        label=_("全年采购额"),
        max_digits=18,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    own = forms.DecimalField(
        label=_("向我方采购"), max_digits=18, decimal_places=2, required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )  # fmt: skip
    shares = forms.CharField(
        label=_("竞争对手的份额"), max_length=2000, required=False,
        widget=forms.Textarea(attrs={"rows": 5, "placeholder": _("每行一个：名称 百分比，例如\n某某机械 35")}),
        help_text=_("每行一个竞争对手和它占全年采购额的百分比；剩下的显示为“未知”。"),
    )  # fmt: skip
    confidence = forms.ChoiceField(label=_("可信度"), choices=Confidence.choices, initial=Confidence.MEDIUM)
    source = forms.CharField(
        label=_("信息来源"), max_length=200, required=False, help_text=_("例如：采购部访谈、招标公告、年报。")
    )
    note = forms.CharField(
        label=_("备注"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, on: dt.date, ledger: Decimal | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].initial = on.year
        self.fields["own"].help_text = str(
            _("留空则取台账当年的销售；指定了产品线时请填写。")
            if ledger is None
            else _("留空则取台账：%(year)d 年 %(amount)s 元。")
            % {"year": on.year, "amount": f"{ledger:,.2f}"}
        )
