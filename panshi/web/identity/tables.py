"""The list of people as data: who signs in, as what, and whether the door behind them is guarded."""

from typing import Final

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.models import Assignment, Person
from panshi.ground.identity.reports import people
from panshi.ground.identity.roles import ROLES
from panshi.web.generic.columns import ChoiceColumn, Column, TitleColumn
from panshi.web.generic.filters import Asking, Case, CaseFilter, ChoiceFilter
from panshi.web.generic.lists import Act, ListPage, View

STATES: Final = (("active", _("在用")), ("temporary", _("待改密码")), ("inactive", _("已停用")))


def _rows(viewer: Viewer) -> QuerySet[Person]:
    return people(viewer=viewer, on=timezone.localdate())


def _holding(role: str, asking: Asking) -> Q:
    held = Assignment.objects.visible_to(asking.viewer).valid(asking.on).filter(role=role)
    return Q(pk__in=held.values("person_id"))


def _without_role(asking: Asking) -> Q:
    held = Assignment.objects.visible_to(asking.viewer).valid(asking.on)
    return ~Q(pk__in=held.values("person_id"))


def _named(words: str, viewer: Viewer) -> Q:
    text = words.lower()
    return (
        Q(name__icontains=words)
        | Q(pinyin__startswith=text)
        | Q(initials__startswith=text)
        | Q(username__icontains=words)
        | Q(phone__contains=words)
    )


PEOPLE: Final = ListPage(
    name="people_of_ours",
    title=_("人员"),
    model=Person,
    rows=_rows,
    permission="identity.manage",
    columns=(
        TitleColumn(name="name", label=_("姓名"), reads=("name",), sort=("pinyin",)),
        Column(name="username", label=_("登录名"), reads=("username",), sort=("username",)),
        ChoiceColumn(name="role", label=_("角色"), reads=("role",), choices=[(role.code, role.name) for role in ROLES]),
        Column(name="unit", label=_("组织"), reads=("unit_name",)),
        Column(name="phone", label=_("电话"), reads=("phone",)),
        Column(name="email", label=_("邮箱"), reads=("email",), default=False),
        ChoiceColumn(
            name="second_factor", label=_("两步验证"), reads=("second_factor",),
            choices=[("on", _("已启用"))], tones={"on": "good"},
        ),
        ChoiceColumn(
            name="state", label=_("状态"), reads=("state",), choices=STATES,
            tones={"inactive": "bad", "temporary": "warn"}, phone=1,
        ),
    ),
    filters=(
        ChoiceFilter(name="state", label=_("状态"), field="state", choices=STATES),
        CaseFilter(
            name="role", label=_("角色"),
            cases=(
                Case("none", _("没有角色"), _without_role),
                *(Case(role.code, role.name, lambda asking, code=role.code: _holding(code, asking)) for role in ROLES),  # type: ignore[misc]
            ),
        ),
        CaseFilter(
            name="factor", label=_("两步验证"),
            cases=(
                Case("on", _("已启用"), lambda asking: Q(second_factor="on")),
                Case("off", _("未启用"), lambda asking: Q(second_factor="")),
            ),
        ),
    ),
    views=(
        View("active", _("在用"), (("state", "active"), ("state", "temporary"))),
        View("all", _("全部"), ()),
        View("idle", _("没有角色"), (("role", "none"),)),
        View("inactive", _("已停用"), (("state", "inactive"),)),
    ),
    sort="name",
    record="identity:person",
    search=_named,
    search_hint=_("姓名、拼音、登录名、电话"),
    export_url="identity:people_export",
    acts=(Act(_("新建人员"), "identity:invite", icon="user-plus", primary=True),),
    empty=(_("还没有人员"), _("新建人员并给出角色，他们就能用临时密码登录。")),
)  # fmt: skip
