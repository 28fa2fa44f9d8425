"""The lists of the people room as data: contacts, and the contact log."""

from typing import Any, Final

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from panshi.domains.accounts.models import TouchKind
from panshi.domains.people.models import Contact, LogEntry
from panshi.ground.base.viewer import Viewer
from panshi.web.generic.columns import ChoiceColumn, Column, DayColumn, LinkColumn, TitleColumn
from panshi.web.generic.custom_lists import custom_extra
from panshi.web.generic.filters import Case, CaseFilter, ChoiceFilter, TextFilter
from panshi.web.generic.lists import Act, ListPage, View
from panshi.web.generic.places import PersonFilter
from panshi.web.generic.ranges import DayFilter
from panshi.web.generic.searching import found_by


def _contacts(viewer: Viewer) -> "QuerySet[Any]":
    rows: QuerySet[Any] = Contact.objects.visible_to(viewer)
    return rows


def _log(viewer: Viewer) -> "QuerySet[Any]":
    rows: QuerySet[Any] = LogEntry.objects.visible_to(viewer).standing()
    return rows


CONTACTS: Final = ListPage(
    name="contacts",
    title=_("联系人"),
    model=Contact,
    rows=_contacts,
    permission="people.view",
    columns=(
        TitleColumn(name="name", label=_("姓名"), reads=("name",), sort=("pinyin",)),
        Column(name="title", label=_("职务"), reads=("title",)),
        Column(name="department", label=_("部门"), reads=("department",), phone=3),
        LinkColumn(
            name="account", label=_("客户"), reads=("account__name", "account_id"), url_name="accounts:detail"
        ),
        Column(name="mobile", label=_("手机"), reads=("mobile",)),
        Column(name="phone", label=_("电话"), reads=("phone",), phone=3),
        Column(name="email", label=_("邮箱"), reads=("email",), phone=3),
        Column(name="wechat", label=_("微信"), reads=("wechat",), default=False, phone=3),
        DayColumn(name="left", label=_("离职日期"), reads=("left_on",), default=False, phone=3),
    ),
    filters=(
        CaseFilter(
            name="state", label=_("在职情况"),
            cases=(
                Case("present", _("在职"), lambda asking: Q(left_on=None)),
                Case("left", _("已离职"), lambda asking: Q(left_on__isnull=False)),
                Case("primary", _("主要联系人"), lambda asking: Q(primary=True)),
            ),
        ),
        PersonFilter(
            name="owner", label=_("客户负责人"), field="account__owner_id", source="accounts:pick_people",
            nobody=_("无负责人"),
        ),
        TextFilter(name="role", label=_("职务"), field="title"),
    ),
    views=(
        View("all", _("全部"), ()),
        View("mine", _("我的客户"), (("owner", "me"),)),
        View("primary", _("主要联系人"), (("state", "primary"),)),
    ),
    sort="name",
    record="people:edit",
    record_in_drawer=True,
    search=found_by("contact"),
    search_hint=_("姓名、拼音、电话"),
    export_url="people:list_export",
    export_permission="accounts.export",
    extra=custom_extra("contact", Contact, account_path="account"),
    acts=(Act(_("导入"), "imports:upload_contacts", icon="table-import", permission="accounts.import"),),
    empty=(_("还没有联系人"), _("在客户页面的“联系人”里添加，写跟进时就能选到。")),
)  # fmt: skip

LOG: Final = ListPage(
    name="log",
    title=_("跟进记录"),
    model=LogEntry,
    rows=_log,
    permission="people.view",
    columns=(
        DayColumn(name="on", label=_("日期"), reads=("on",), sort=("on",), descending=True, phone=1),
        LinkColumn(
            name="account", label=_("客户"), reads=("account__name", "account_id"), url_name="accounts:detail"
        ),
        ChoiceColumn(name="kind", label=_("方式"), reads=("kind",), choices=TouchKind.choices),
        Column(name="text", label=_("内容"), reads=("text",), wide=True),
        Column(name="contact", label=_("联系人"), reads=("contact__name",)),
        DayColumn(name="next", label=_("下次联系"), reads=("next_contact_on",)),
        Column(name="note", label=_("下次联系事项"), reads=("next_contact_note",), default=False, phone=3),
    ),
    filters=(
        DayFilter(name="on", label=_("日期"), field="on"),
        ChoiceFilter(name="kind", label=_("方式"), field="kind", choices=TouchKind.choices),
        PersonFilter(
            name="by", label=_("记录人"), field="by_id", source="accounts:pick_people", nobody=_("系统")
        ),
        TextFilter(name="text", label=_("内容"), field="text"),
    ),
    views=(
        View("all", _("全部"), ()),
        View("mine", _("我写的"), (("by", "me"),)),
        View("week", _("最近 7 天"), (("on.from", "-7"),)),
    ),
    sort="-on",
    label="account__name",
    export_url="people:log_export",
    export_permission="accounts.export",
    acts=(
        Act(_("导入"), "imports:upload_log", icon="table-import", permission="accounts.import"),
        Act(_("写跟进"), "people:log_anywhere", icon="plus", permission="people.edit", primary=True, drawer=True),
    ),
    empty=(_("还没有跟进记录"), _("电话、微信、见面之后写一行，并约好下次联系，工作台会提醒。")),
)  # fmt: skip
