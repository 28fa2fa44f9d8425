"""Whose import a page is about, and the frame of the wizard around it."""

from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from panshi.domains.accounts.models import ImportBatch
from panshi.domains.accounts.reports.imports.kinds import reading_of
from panshi.web.request import PanshiRequest


def own_batch(request: PanshiRequest, pk: int) -> ImportBatch:
    """My own import; 404 for anybody else's."""
    request.viewer.require("accounts.import")
    rows = ImportBatch.objects.visible_to(request.viewer).filter(pk=pk, by_id=request.viewer.person_id)
    batch: ImportBatch | None = rows.first()
    if batch is None:
        raise Http404
    reading_of(batch.kind).require(request.viewer)
    return batch


def around(batch: ImportBatch | None, at: int, kind: str = "") -> dict[str, Any]:
    """What the wizard's frame shows at a step; done steps can be gone back to."""
    reading = reading_of(batch.kind if batch is not None else kind)
    mapping = reverse("imports:map", args=[batch.pk]) if batch is not None else ""
    return {
        "title": _("导入%(kind)s") % {"kind": reading.label},
        "reading": reading,
        "steps": [
            (_("选择文件"), f"{reverse('imports:upload')}?kind={reading.name}"),
            (_("对应各列"), mapping),
            (_("预览"), ""),
            (_("结果"), ""),
        ],
        "at": at,
        "batch": batch,
    }
