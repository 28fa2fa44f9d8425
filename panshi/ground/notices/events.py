"""Kinds of events and notices of the ground's own services: what became of work that a person asked for."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from panshi.ground.notices.kinds import NoticeKind

JOB_DONE: Final = NoticeKind("work.done", _("后台任务完成"), _("您发起的“%(title)s”已完成。"), mail=False)
JOB_FAILED: Final = NoticeKind(
    "work.failed", _("后台任务失败"), _("您发起的“%(title)s”没有完成：%(error)s"), mail=False
)
