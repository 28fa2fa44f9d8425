"""Reads of workflow: the inbox, one request's page, what can be started, figures, and what managers see."""

from panshi.workflow.reports.administration import (
    CheckedDraft,
    ProcessPage,
    absences,
    check_draft,
    process_page,
    processes,
    queue,
    quick_opinions,
    stuck,
)
from panshi.workflow.reports.desks import PersonWaiting, waiting_at, waiting_by_person
from panshi.workflow.reports.inbox import (
    CAP,
    Counts,
    applied_for,
    copied,
    counts,
    handled,
    overseen,
    to_do,
)
from panshi.workflow.reports.possible import BackTo, PossibleActs
from panshi.workflow.reports.shown import (
    AboutRow,
    NodeShown,
    RequestPage,
    Shown,
    StoryLine,
    Waiting,
)
from panshi.workflow.reports.starting import (
    StartForm,
    requests_about,
    running_about,
    start_form,
    startable,
)
from panshi.workflow.reports.statistics import ProcessFigures, StepFigures, process_figures
from panshi.workflow.reports.story import request_page

__all__ = [
    "CAP",
    "AboutRow",
    "BackTo",
    "CheckedDraft",
    "Counts",
    "NodeShown",
    "PersonWaiting",
    "PossibleActs",
    "ProcessFigures",
    "ProcessPage",
    "RequestPage",
    "Shown",
    "StartForm",
    "StepFigures",
    "StoryLine",
    "Waiting",
    "absences",
    "applied_for",
    "check_draft",
    "copied",
    "counts",
    "handled",
    "overseen",
    "process_figures",
    "process_page",
    "processes",
    "queue",
    "quick_opinions",
    "request_page",
    "requests_about",
    "running_about",
    "start_form",
    "startable",
    "stuck",
    "to_do",
    "waiting_at",
    "waiting_by_person",
]
