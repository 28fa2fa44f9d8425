"""The form of an ABC analysis: period, measure, scope, thresholds and rules."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from panshi.calc.value.abc import Ties
from panshi.domains.analytics.models import MeasureChoice, TiesChoice
from panshi.domains.analytics.services import AbcQuestion, whole_year_before
from panshi.engines.analytics.values import Measure
from panshi.ground.identity.models import Unit
from panshi.web.generic.forms import DayInput, PanshiForm

HUNDRED: Final = Decimal(100)


class AbcForm(PanshiForm):
    """Parameters of an analysis; thresholds are typed in percent."""

    first_on = forms.DateField(label=_("起始日期"), widget=DayInput)
    last_on = forms.DateField(label=_("截止日期"), widget=DayInput)
    measure = forms.ChoiceField(label=_("指标"), choices=MeasureChoice.choices)
    unit = forms.ChoiceField(label=_("组织（含下级）"), required=False)
    regions = forms.MultipleChoiceField(label=_("区域"), required=False)
    product_lines = forms.MultipleChoiceField(label=_("产品线"), required=False)
    a = forms.DecimalField(
        label=_("A 类累计占比（%）"), min_value=Decimal(1), max_value=HUNDRED, decimal_places=2
    )
    b = forms.DecimalField(
        label=_("B 类累计占比（%）"), min_value=Decimal(1), max_value=HUNDRED, decimal_places=2
    )
    ties = forms.ChoiceField(label=_("销售额相同时"), choices=TiesChoice.choices)
    cancelled_prefix = forms.CharField(
        label=_("作废单据前缀"), required=False, max_length=20, help_text=_("以此开头的单据不计入，可留空")
    )
    sales_only = forms.BooleanField(label=_("剔除退货和红字（只计正数行）"), required=False)

    def __init__(
        self,
        *args: Any,
        units: Sequence[Unit],
        regions: Sequence[str],
        product_lines: Sequence[str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields
        choice["unit"].choices = [("", _("全部")), *((str(unit.pk), unit.name) for unit in units)]  # type: ignore[attr-defined]
        choice["regions"].choices = [(name, name) for name in regions]  # type: ignore[attr-defined]
        choice["product_lines"].choices = [(name, name) for name in product_lines]  # type: ignore[attr-defined]
        for name, held in (("regions", regions), ("product_lines", product_lines)):
            if not held:
                del choice[name]

    def question(self) -> AbcQuestion:
        """What was asked, as the service wants it."""
        given = self.cleaned_data
        return AbcQuestion(
            first_on=given["first_on"],
            last_on=given["last_on"],
            measure=Measure(given["measure"]),
            regions=tuple(given.get("regions") or ()),
            product_lines=tuple(given.get("product_lines") or ()),
            unit_id=int(given["unit"]) if given["unit"] else None,
            sales_only=given["sales_only"],
            cancelled_prefix=given["cancelled_prefix"],
            a=given["a"] / HUNDRED,
            b=given["b"] / HUNDRED,
            ties=Ties(given["ties"]),
        )


def usual(on: dt.date) -> dict[str, Any]:
    """What is asked most: the last twelve whole months, revenue, 80 and 95 %."""
    question = whole_year_before(on)
    return {
        "first_on": question.first_on,
        "last_on": question.last_on,
        "measure": question.measure.value,
        "a": Decimal(80),
        "b": Decimal(95),
        "ties": question.ties.value,
    }
