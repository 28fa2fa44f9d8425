"""Columns of our own activity table by their Chinese and English headings.

The first heading of each column is the one we write ourselves.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "id": ("编号", "id", "序号", "活动编号", "任务编号", "no", "activity", "活动", "code"),
    "name": ("名称", "name", "活动名称", "任务名称", "任务", "task", "task name", "description"),
    "duration": ("工期", "duration", "持续时间", "历时", "days", "天数"),
    "predecessors": (
        "前置活动",
        "predecessors",
        "前置任务",
        "紧前活动",
        "紧前工作",
        "predecessor",
        "depends on",
    ),
    "parent": ("上级", "parent", "所属", "上级任务", "summary", "摘要任务"),
    "milestone": ("里程碑", "milestone"),
    "start": ("开始", "start", "最早开始", "开始时间", "开始日期", "start date"),
    "constraint": ("限制类型", "constraint", "约束", "限制", "约束类型", "constraint type"),
    "constraint_date": ("限制日期", "constraint date", "约束日期"),
    "deadline": ("期限", "deadline", "截止日期", "due"),
    "actual_start": ("实际开始", "actual start", "实际开始时间"),
    "actual_finish": ("实际完成", "actual finish", "实际完成时间"),
    "remaining": ("剩余工期", "remaining", "remaining duration"),
    "optimistic": ("乐观", "optimistic", "乐观时间", "a"),
    "most_likely": ("最可能", "most likely", "最可能时间", "m"),
    "pessimistic": ("悲观", "pessimistic", "悲观时间", "b"),
    "resources": ("资源", "resources", "资源名称", "resource", "resource names", "负责人"),
}

_COLUMN_OF = {heading: column for column, headings in COLUMNS.items() for heading in headings}


def column_of(heading: str) -> str | None:
    """Column a heading means, None for one we do not know; width, case, spaces and underscores do not count."""
    plain = unicodedata.normalize("NFKC", heading).casefold().replace("_", " ")
    return _COLUMN_OF.get(" ".join(plain.split()))
