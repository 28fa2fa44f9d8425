"""What of workflow holds files: a request; whoever sees it may look at them and add to them."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from panshi.ground.files.holders import Holder
from panshi.workflow.models import Request

REQUEST_FILES: Final = Holder(
    kind="request",
    label=_("申请"),
    change="",
    visible=Request.objects.visible_to,
    titles=lambda ids: dict(Request.objects.filter(pk__in=ids).values_list("pk", "number")),
    account_of=lambda request_id: None,
)
"""Files of a request belong to its parties, not to everybody who sees the account it is about."""
