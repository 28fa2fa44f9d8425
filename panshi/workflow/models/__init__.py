"""Tables of workflow: processes and their versions, requests with subjects and parties, tasks with seats, what people
did, and the clock's rows."""

from panshi.workflow.models.absence import Absence, QuickOpinion
from panshi.workflow.models.acts import Act, ActKind, Copy, ValueChange
from panshi.workflow.models.definitions import Process, ProcessVersion, Source, VersionState
from panshi.workflow.models.requests import OPEN_STATES, Party, Request, RequestState, RunState, Subject
from panshi.workflow.models.returns import Performed, Return
from panshi.workflow.models.tasks import Origin, Outcome, Seat, SeatState, Task, TaskKind, TaskState
from panshi.workflow.models.timers import Timer, TimerKind

__all__ = [
    "OPEN_STATES",
    "Absence",
    "Act",
    "ActKind",
    "Copy",
    "Origin",
    "Outcome",
    "Party",
    "Performed",
    "Process",
    "ProcessVersion",
    "QuickOpinion",
    "Request",
    "RequestState",
    "Return",
    "RunState",
    "Seat",
    "SeatState",
    "Source",
    "Subject",
    "Task",
    "TaskKind",
    "TaskState",
    "Timer",
    "TimerKind",
    "ValueChange",
    "VersionState",
]
