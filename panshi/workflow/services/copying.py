"""Copies for information: who gets them, once each."""

from collections.abc import Iterable

from panshi.ground.base.viewer import person_key
from panshi.workflow import events
from panshi.workflow.models import ActKind, Copy
from panshi.workflow.services.course import Course


def copy_to(
    course: Course, people: Iterable[int], *, by_definition: bool = False, text: str = ""
) -> list[int]:
    """Send copies to those who have none yet; answers who got one."""
    wanted = set(people)
    known = set(
        Copy.objects.filter(request=course.request, person_id__in=wanted).values_list("person_id", flat=True)
    )
    added = sorted(wanted - known)
    Copy.objects.bulk_create(
        [Copy(request=course.request, person_id=pk, by_id=course.person_id, at=course.at) for pk in added],
        ignore_conflicts=True,
    )
    for pk in added:
        course.act(
            ActKind.COPIED, person_id=None if by_definition else course.person_id, target_id=pk, text=text
        )
    course.admit(person_key(pk) for pk in added)
    course.tell(events.TOLD_COPIED, added)
    if added:
        course.record(events.COPIED, person_ids=added)
    return added
