"""ABC analyses in the background: the one a person asks for, and the monthly one recorded in the archive."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from panshi.domains.analytics import services
from panshi.domains.analytics.models import AbcAnalysis
from panshi.domains.analytics.services import ABC, MONTHLY
from panshi.domains.ledger.reports import head_version
from panshi.ground.base.refusals import Refused
from panshi.ground.base.viewer import Viewer
from panshi.ground.work.kinds import Schedule, job
from panshi.ground.work.progress import Progress


@job(ABC, title=_("ABC 分析"))
def analyse_abc(progress: Progress, *, analysis_id: int) -> Mapping[str, Any]:
    """Make one analysis with the rights its person has today."""
    by = Viewer.system() if progress.asked_by_id is None else progress.viewer or Viewer(person_id=None)
    try:
        found = services.prepare_abc(AbcAnalysis.objects.get(pk=analysis_id), by=by)
        with progress.commit({"analysis_id": analysis_id}) as result:
            services.finish_abc(analysis_id=analysis_id, found=found, by=by, at=timezone.now())
    except Refused as refusal:
        services.fail_abc(
            analysis_id=analysis_id, message=refusal.message, by=Viewer.system(), at=timezone.now()
        )
        raise
    return result


@job(MONTHLY, title=_("每月 ABC 分析"), schedule=Schedule(dt.time(3, 0), day=2))
def analyse_month(progress: Progress, *, due_on: str) -> Mapping[str, Any]:
    """Class all accounts by the twelve months before and record it; nothing to do while the ledger is empty."""
    by = Viewer.system()
    services.forget_analyses(by=by, at=timezone.now())
    if head_version() is None:
        return {}
    question = services.whole_year_before(dt.date.fromisoformat(due_on))
    analysis = services.request_abc(question=question, by=by, at=timezone.now())
    found = services.prepare_abc(analysis, by=by)
    with progress.commit({"analysis_id": analysis.pk}) as result:
        services.finish_abc(analysis_id=analysis.pk, found=found, by=by, at=timezone.now())
        result["changed"] = services.record_analysis(analysis=analysis, by=by, at=timezone.now())
    return result
