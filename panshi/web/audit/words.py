"""What an event holds, in words: the names of its facts, and people, units and codes instead of ids."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from panshi.domains.accounts.models import Account
from panshi.domains.people.models import Contact
from panshi.ground.audit.kinds import all_kinds
from panshi.ground.audit.reports import Happening
from panshi.ground.base.viewer import Viewer
from panshi.ground.files.models import File
from panshi.ground.identity.models import Person, Unit
from panshi.ground.identity.roles import BY_CODE

FACTS: Final[Mapping[str, Promise]] = {
    "accounts": gettext_lazy("客户数"),
    "answer": gettext_lazy("答复"),
    "kept": gettext_lazy("未恢复"),
    "loser_id": gettext_lazy("被并客户"),
    "merge_id": gettext_lazy("合并编号"),
    "moved": gettext_lazy("转入记录"),
    "proposal_id": gettext_lazy("建议编号"),
    "request": gettext_lazy("申请单号"),
    "winner_id": gettext_lazy("保留客户"),
    "after": gettext_lazy("之后"),
    "analysis_id": gettext_lazy("分析编号"),
    "as_of": gettext_lazy("截至"),
    "batch_id": gettext_lazy("批次编号"),
    "before": gettext_lazy("之前"),
    "changed": gettext_lazy("升降级"),
    "code": gettext_lazy("编码"),
    "columns": gettext_lazy("列"),
    "conditions": gettext_lazy("条件"),
    "contact_id": gettext_lazy("联系人编号"),
    "corrected": gettext_lazy("更正行"),
    "created": gettext_lazy("新建"),
    "currency": gettext_lazy("币种"),
    "decision": gettext_lazy("处理方式"),
    "duplicate_ids": gettext_lazy("疑似重复的客户编号"),
    "fields": gettext_lazy("字段"),
    "first_on": gettext_lazy("起始日期"),
    "form": gettext_lazy("格式"),
    "group_id": gettext_lazy("集团编号"),
    "last_on": gettext_lazy("截止日期"),
    "ledger_version": gettext_lazy("台账版本"),
    "left_on": gettext_lazy("离职日期"),
    "left_out_accounts": gettext_lazy("未入账的客户"),
    "listed": gettext_lazy("列表"),
    "mode": gettext_lazy("导入方式"),
    "new": gettext_lazy("新增行"),
    "next_contact_on": gettext_lazy("下次联系"),
    "on": gettext_lazy("日期"),
    "owner_id": gettext_lazy("负责人"),
    "parent_id": gettext_lazy("上级编号"),
    "period_from_on": gettext_lazy("起始日期"),
    "period_to_on": gettext_lazy("截止日期"),
    "person_id": gettext_lazy("人员"),
    "rejected": gettext_lazy("被拒"),
    "removed": gettext_lazy("移除行"),
    "restored": gettext_lazy("恢复行"),
    "role": gettext_lazy("角色"),
    "rows": gettext_lazy("行数"),
    "since_on": gettext_lazy("从"),
    "source": gettext_lazy("来源"),
    "source_id": gettext_lazy("来源编号"),
    "split": gettext_lazy("分在两个文件的单据"),
    "step": gettext_lazy("步骤"),
    "unchanged": gettext_lazy("未变"),
    "expires_on": gettext_lazy("有效期至"),
    "cases": gettext_lazy("测试用例数"),
    "from_on": gettext_lazy("生效日"),
    "key": gettext_lazy("标识"),
    "reason": gettext_lazy("理由"),
    "scopes": gettext_lazy("授权范围"),
    "token_id": gettext_lazy("令牌"),
    "acted_for_id": gettext_lazy("代谁办理"),
    "by_code": gettext_lazy("按编号"),
    "cause": gettext_lazy("起因"),
    "contact_by_on": gettext_lazy("最晚联系日"),
    "cycle": gettext_lazy("轮次"),
    "enters": gettext_lazy("进入"),
    "entries": gettext_lazy("条数"),
    "extra": gettext_lazy("增加额度"),
    "from_person_id": gettext_lazy("原负责人"),
    "holds": gettext_lazy("保持"),
    "is_in": gettext_lazy("在其中"),
    "is_key": gettext_lazy("重点客户"),
    "key_class": gettext_lazy("大客户类别"),
    "lapsed": gettext_lazy("到期"),
    "looked_at": gettext_lazy("查看数"),
    "mentioned_ids": gettext_lazy("提到的人"),
    "node": gettext_lazy("节点"),
    "flow": gettext_lazy("路线"),
    "note_id": gettext_lazy("说明编号"),
    "off": gettext_lazy("放假日"),
    "order": gettext_lazy("次序"),
    "origin": gettext_lazy("由来"),
    "ours": gettext_lazy("本公司"),
    "outcome": gettext_lazy("结果"),
    "period_on": gettext_lazy("期间"),
    "person_ids": gettext_lazy("人员"),
    "place": gettext_lazy("位置"),
    "pool_id": gettext_lazy("公海"),
    "process": gettext_lazy("流程"),
    "proposed": gettext_lazy("已建议"),
    "protected_until_on": gettext_lazy("保护到"),
    "record_kind": gettext_lazy("记录种类"),
    "records": gettext_lazy("记录数"),
    "refused": gettext_lazy("拒绝数"),
    "released": gettext_lazy("释放"),
    "request_id": gettext_lazy("申请"),
    "returned": gettext_lazy("退回数"),
    "rule_id": gettext_lazy("规则"),
    "series": gettext_lazy("编号系列"),
    "shipped": gettext_lazy("随产品提供"),
    "span": gettext_lazy("范围"),
    "state": gettext_lazy("状态"),
    "straight": gettext_lazy("直接返回"),
    "subjects": gettext_lazy("事项数"),
    "substitute_id": gettext_lazy("代理人"),
    "table_version": gettext_lazy("决策表版本"),
    "task_id": gettext_lazy("任务"),
    "task_ids": gettext_lazy("任务"),
    "timer": gettext_lazy("计时"),
    "to_id": gettext_lazy("交给"),
    "to_node": gettext_lazy("退回到"),
    "undone": gettext_lazy("已撤销"),
    "warned": gettext_lazy("预警数"),
    "work": gettext_lazy("上班日"),
    "year": gettext_lazy("年份"),
    "unit_id": gettext_lazy("组织"),
    "until_on": gettext_lazy("到"),
    "updated": gettext_lazy("更新"),
    "looked": gettext_lazy("在页面里查看"),
    "number": gettext_lazy("版本"),
    "of": gettext_lazy("由哪一版"),
    "record": gettext_lazy("所属记录"),
    "record_id": gettext_lazy("所属记录编号"),
    "sha256": gettext_lazy("内容指纹"),
    "size": gettext_lazy("大小"),
    "type": gettext_lazy("类型"),
    "version": gettext_lazy("版本"),
    "way": gettext_lazy("方式"),
    "what": gettext_lazy("内容"),
}
"""What each declared fact of an event is called."""

_MODELS: Final[Mapping[str, type[Model]]] = {
    "accounts.": Account,
    "files.": File,
    "people.contact": Contact,
    "identity.unit": Unit,
    "identity.person": Person,
}
"""Whose fields the changes of an event speak of, by the beginning of its kind."""

_OTHERS: Final[Mapping[str, Promise]] = {
    "address": gettext_lazy("网络地址"),
    "duplicate_reason": gettext_lazy("确认不是重复客户的理由"),
    "reason": gettext_lazy("理由"),
    "tags": gettext_lazy("标签"),
}
"""Values kept apart from an event that are no field of a record."""


@dataclass(frozen=True, slots=True)
class Changed:
    """One changed field: its name in words, its value before and after."""

    label: str
    before: str
    after: str


def may_read(one: Happening, viewer: Viewer) -> bool:
    """Whether the viewer may know what an event holds, not only that it happened.

    Holding `audit.view` does not open accounts: what hangs from one is told to those who see it, and a kind that
    needs a permission (bank details) to those who hold it for this account.
    """
    kind = all_kinds().get(one.kind)
    permission = kind.permission if kind else "audit.view"
    if one.account_id is None:
        return viewer.may(permission)
    rows = Account.objects.visible_to(viewer).filter(pk=one.account_id)
    return rows.filter(pk__in=Account.objects.visible_to(viewer, permission).values("pk")).exists()


def facts(one: Happening, viewer: Viewer) -> list[tuple[str, str]]:
    """The payload of an event as (name, value) in words."""
    return [
        (str(FACTS.get(name, name)), _value(one, name, value, viewer))
        for name, value in one.payload.items()
        if value is not None and value not in ("", [])
    ]


def changed(one: Happening) -> list[Changed]:
    """What an event changed, field by field."""
    return [
        Changed(field_words(one.kind, name), before, after) for name, (before, after) in one.changes.items()
    ]


def subject(one: Happening, viewer: Viewer) -> str:
    """The person or unit an event of identity speaks of; "" for others."""
    if one.subject_id is None or not one.kind.startswith("identity."):
        return ""
    model = Unit if one.kind.startswith("identity.unit") else Person
    return _name(model, one.subject_id, viewer)


def field_words(kind: str, name: str) -> str:
    """A field in words, read from the model the kind speaks of."""
    model = next((model for start, model in _MODELS.items() if kind.startswith(start)), None)
    fields = {field.name: field for field in model._meta.get_fields()} if model else {}
    return str(getattr(fields.get(name), "verbose_name", _OTHERS.get(name, name)))


def _value(one: Happening, name: str, value: Any, viewer: Viewer) -> str:
    if isinstance(value, list):
        return _("、").join(field_words(one.kind, str(part)) for part in value)
    if name in {"person_id", "owner_id"}:
        return _name(Person, value, viewer)
    if name == "unit_id":
        return _name(Unit, value, viewer)
    if name == "role" and value in BY_CODE:
        return str(BY_CODE[value].name)
    return str(value)


def _name(model: type[Person | Unit], key: object, viewer: Viewer) -> str:
    if not isinstance(key, int):
        return str(key)
    rows = Unit.objects.visible_to(viewer) if model is Unit else Person.objects.visible_to(viewer)
    return rows.filter(pk=key).values_list("name", flat=True).first() or f"#{key}"
