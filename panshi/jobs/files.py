"""Files by the clock: previews of new pictures, and the nightly sweep of bytes nobody holds."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from panshi.ground.files.keeping import make_previews, sweep_orphans
from panshi.ground.files.services import PREVIEW
from panshi.ground.work.kinds import Schedule, job
from panshi.ground.work.progress import Progress


@job(PREVIEW, title=_("生成图片预览"))
def preview(progress: Progress, *, sha256: str) -> Mapping[str, Any]:
    """Make the pictures of one content."""
    return {"made": int(make_previews(sha256=sha256))}


@job("files.sweep", title=_("清理无主的文件内容"), schedule=Schedule(dt.time(4, 10)))
def sweep(progress: Progress, *, due_on: str) -> Mapping[str, Any]:
    """Remove what no file holds."""
    return {"files": sweep_orphans(at=timezone.now(), check=progress.check)}
