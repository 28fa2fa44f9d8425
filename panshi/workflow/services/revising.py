"""Back to the applicant: everything else pauses until the request is handed in again."""

from panshi.workflow import events
from panshi.workflow.models import RequestState, Return, Task, TaskKind, TaskState, Timer
from panshi.workflow.services.course import Course
from panshi.workflow.services.opening import own_task


def back_to_applicant(course: Course, task: Task, *, straight: bool, remark: str) -> None:
    """Pause the request and ask its applicant to put it right; with `straight` it returns to `task` afterwards."""
    request = course.request
    if straight:
        Return.objects.create(
            request=request, task=task, node=task.node, to_node="", cycle=request.cycle, at=course.at
        )
    Task.objects.filter(request=request, state=TaskState.OPEN).update(state=TaskState.PAUSED)
    Timer.objects.filter(request=request, open=True).update(open=False)
    request.state, request.remark = RequestState.RETURNED, remark
    own_task(course, TaskKind.REVISE, [request.applicant_id], name=str(TaskKind.REVISE.label))
    course.tell(events.TOLD_RETURNED, [request.applicant_id], remark=remark or task.name)
