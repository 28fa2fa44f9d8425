"""Which of our accounts a row means: by code, then social credit code, then the name if only one bears it. For files of
what hangs from accounts."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from panshi.calc.naming import matching_name
from panshi.calc.uscc import compact
from panshi.domains.accounts.models import Account, FormerName
from panshi.domains.accounts.reports.imports.cells import ReadRow
from panshi.domains.accounts.reports.imports.kinds import ImportField
from panshi.domains.accounts.reports.imports.known import CHUNK
from panshi.domains.accounts.reports.imports.rows import Checked
from panshi.ground.base.viewer import Viewer
from panshi.ground.settings.fields import PREFIX

CODE, USCC, NAME = "account_code", "account_uscc", "account_name"
ACCOUNT_HEADINGS: Final[Mapping[str, tuple[str, ...]]] = {
    CODE: ("客户编号", "客户编码", "客户代码", "客户号", "accountcode", "customercode", "accountno", "customerno"),
    USCC: ("统一社会信用代码", "信用代码", "税号", "uscc", "creditcode", "taxid"),
    NAME: ("客户名称", "客户", "公司名称", "公司", "单位", "客户全称", "account", "customer", "company",
           "accountname", "customername", "companyname"),
}  # fmt: skip
SHOWN: Final = 3


def account_fields() -> list[ImportField]:
    """The columns that say whose row it is; one of them is enough."""
    return [
        ImportField(CODE, gettext_lazy("客户编号"), note=gettext_lazy("三列之一即可，优先按编号识别")),
        ImportField(USCC, gettext_lazy("统一社会信用代码"), note=gettext_lazy("三列之一即可")),
        ImportField(NAME, gettext_lazy("客户名称"), note=gettext_lazy("重名的客户请写编号")),
    ]


def read_texts(
    number: int, cells: tuple[str, ...], mapping: Mapping[str, int], *, clear: str, fixed: Iterable[str]
) -> ReadRow:
    """One row as texts by field: those of `fixed` as references, which cannot be emptied."""
    row, held = ReadRow(number, cells, {}, {}, {}), frozenset((CODE, USCC, NAME, *fixed))
    for name, position in mapping.items():
        text = cells[position] if position < len(cells) else ""
        if not text:
            continue
        if text == clear and name in held:
            row.problems[name] = _("不能清空")
        elif name.startswith(PREFIX):
            row.custom[name] = "" if text == clear else text
        elif name in held:
            row.references[name] = text
        else:
            row.values[name] = "" if text == clear else text
    return row


class Whose:
    """The accounts that rows may mean, of those the importer sees; a bounded number of queries."""

    def __init__(self, rows: Sequence[ReadRow], *, by: Viewer, permission: str) -> None:
        self._by, self._permission = by, permission
        self._codes = self._find("code", {str(row.references.get(CODE, "")) for row in rows})
        self._usccs = self._find("uscc", {compact(str(row.references.get(USCC, ""))) for row in rows})
        keys = {matching_name(str(row.references.get(NAME, "")))[:200] for row in rows}
        self._names = self._find("name_key", keys)
        self._former = self._once_called(keys - set(self._names))
        ids = {pk for found in (self._codes, self._usccs, self._names, self._former) for pks in found.values()
               for pk in pks}  # fmt: skip
        self._writable = self._within(ids)

    def settle(self, row: Checked) -> int | None:
        """The account of a row; rejects the row where none or several are meant."""
        references = row.read.references
        code, uscc, name = (str(references.get(each, "")) for each in (CODE, USCC, NAME))
        if not code and not uscc and not name:
            row.reject(_("没有写明是哪家客户"))
            return None
        found = self._codes.get(code) if code else None
        found = found or (self._usccs.get(compact(uscc)) if uscc else None)
        if not found and name and not code and not uscc:
            key = matching_name(name)[:200]
            found = self._names.get(key) or self._former.get(key)
        if not found:
            row.reject(_("没有找到客户“%(text)s”") % {"text": (code or uscc or name)[:40]})
        elif len(found) > 1:
            row.reject(self._several(name, found))
        elif found[0] not in self._writable:
            row.reject(_("超出您的权限范围"))
        else:
            return found[0]
        return None

    def _several(self, name: str, ids: Sequence[int]) -> str:
        rows = Account.objects.filter(pk__in=ids).order_by("code").values_list("code", "name")
        told = _("、").join(f"{code} {called}" for code, called in rows[:SHOWN])
        return _("有 %(count)d 家客户名为“%(name)s”，请写客户编号：%(candidates)s") % {
            "count": len(ids),
            "name": name[:40],
            "candidates": told,
        }

    def _find(self, field: str, texts: set[str]) -> dict[str, list[int]]:
        seen: QuerySet[Account] = Account.objects.visible_to(self._by).standing()
        found: dict[str, list[int]] = defaultdict(list)
        wanted = sorted(texts - {""})
        for start in range(0, len(wanted), CHUNK):
            rows = seen.filter(**{f"{field}__in": wanted[start : start + CHUNK]})
            for text, pk in rows.order_by("pk").values_list(field, "pk"):
                found[text].append(pk)
        return found

    def _once_called(self, keys: set[str]) -> dict[str, list[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        wanted = sorted(keys - {""})
        for start in range(0, len(wanted), CHUNK):
            rows = FormerName.objects.visible_to(self._by).filter(name_key__in=wanted[start : start + CHUNK])
            for key, pk in rows.filter(account__merged_into=None).values_list("name_key", "account_id"):
                if pk not in found[key]:
                    found[key].append(pk)
        return found

    def _within(self, ids: set[int]) -> set[int]:
        if self._by.sees_all(self._permission):
            return ids
        keys, found = sorted(ids), set[int]()
        for start in range(0, len(keys), CHUNK):
            rows = Account.objects.visible_to(self._by, self._permission)
            found |= set(rows.filter(pk__in=keys[start : start + CHUNK]).values_list("pk", flat=True))
        return found
