"""The calendar feed: whom to contact when, for calendar programs, under a person's secret address.

The secret stands in the query, which no log of ours keeps. It opens this and nothing else: the person's own
accounts, as far as they are seen today.
"""

import datetime as dt
import hashlib
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from icalendar import Calendar, Event

from panshi.domains.people.reports import Due, Reminder, reminders
from panshi.ground.identity.reports import viewer_of
from panshi.ground.identity.services import find_feed, note_feed_use
from panshi.ground.settings.reports import value

MOST: Final = 1000


@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """The reminders of the person whose secret this is; 404 for any other secret."""
    found = find_feed(request.GET.get("key", ""))
    if found is None:
        return HttpResponse(status=404, content_type="text/plain")
    at = timezone.now()
    on = timezone.localdate(at)
    viewer = viewer_of(found.person_id, on=on)
    note_feed_use(feed=found, by=viewer, at=at)
    days = int(value("api.calendar_days"))
    rows = reminders(viewer=viewer, on=on, owner_id=found.person_id, days=days, limit=MOST)
    with translation.override(found.person.language):
        body = written(rows)
    etag = f'W/"{hashlib.sha256(body).hexdigest()[:16]}"'
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=304, headers={"ETag": etag})
    return HttpResponse(body, content_type="text/calendar; charset=utf-8", headers={"ETag": etag})


def written(rows: list[Reminder]) -> bytes:
    """Reminders as an iCalendar file: a whole day for each, without anybody's personal data."""
    calendar = Calendar()
    calendar.add("prodid", "-//Panshi//Reminders//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _("磐石 · 客户联系"))
    calendar.add("refresh-interval", dt.timedelta(hours=1), parameters={"VALUE": "DURATION"})
    host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    for row in rows:
        event = Event()
        event.add("uid", f"contact-{row.account_id}@{host}")
        event.add("dtstamp", dt.datetime.combine(row.on, dt.time(), dt.UTC))
        event.add("dtstart", row.on)
        event.add("dtend", row.on + dt.timedelta(days=1))
        late = _("（已过期）") if row.due is Due.OVERDUE else ""
        event.add("summary", _("联系 %(account)s%(late)s") % {"account": row.account, "late": late})
        event.add("description", row.note)
        event.add("url", f"{settings.PUBLIC_URL}/accounts/{row.account_id}/")
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    made: bytes = calendar.to_ical()
    return made
