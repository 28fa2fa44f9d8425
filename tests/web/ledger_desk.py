"""Sales operations at their desk: the ledger's pages driven as a browser would, with the jobs done in between.

Forms are sent with what stands in the page, so that a field nobody showed is a field nobody sends.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from html.parser import HTMLParser

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from panshi.ground.work.models import Job, JobState
from panshi.ground.work.running import run_job

HEADINGS = ("客户编码", "客户名称", "单据号", "日期", "产品", "数量", "金额")
FRAGMENT = {"HX-Request": "true"}


class FormReader(HTMLParser):
    """What a browser would send of all forms of a page together."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self._select, self._many = "", False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "select":
            self._select, self._many = given.get("name") or "", "multiple" in given
        elif (
            tag == "option"
            and self._select
            and ("selected" in given or (not self._many and self._select not in self.values))
        ):
            self.values[self._select] = given.get("value") or ""
        elif tag == "input" and given.get("name") and given.get("type") not in {"checkbox", "radio", "file"}:
            self.values[given["name"] or ""] = given.get("value") or ""


def filled(page: str) -> dict[str, str]:
    """The values that stand in a page's forms."""
    reader = FormReader()
    reader.feed(page)
    return reader.values


def said(answer: HttpResponse) -> str:
    """An answer as text, streamed or not."""
    if answer.streaming:
        return b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return answer.content.decode()


def as_csv(rows: Sequence[Sequence[object]], encoding: str = "gb18030") -> bytes:
    """A file as an ERP in China writes it."""
    stream = io.StringIO()
    csv.writer(stream).writerows([HEADINGS, *rows])
    return stream.getvalue().encode(encoding)


def work_off() -> None:
    """Do everything that was asked for, as the work process would."""
    while (waiting := Job.objects.filter(state=JobState.WAITING).order_by("pk").first()) is not None:
        assert run_job(waiting.pk), f"{waiting.kind} failed and waits to be tried again"


@dataclass(frozen=True)
class Desk:
    """One person's browser at the pages of the ledger and of its analyses."""

    browser: Client

    def upload(self, content: bytes, *, name: str = "台账.csv", source: str = "ERP") -> int:
        """Upload a file and let it be inspected; the batch's key."""
        file = SimpleUploadedFile(name, content)
        answer = self.browser.post(reverse("ledger:upload"), {"source": source, "file": file})
        assert answer.status_code == 302, said(answer)
        work_off()
        return int(answer["Location"].strip("/").rpartition("/")[2])

    def page(self, batch: int) -> str:
        """The batch's page at the step where it stands."""
        answer = self.browser.get(reverse("ledger:detail", args=[batch]))
        assert answer.status_code == 200
        return said(answer)

    def unknown(self, batch: int) -> str:
        """The unknown accounts, as the page loads them."""
        return said(self.browser.get(reverse("ledger:unknown", args=[batch]), headers=FRAGMENT))

    def check(self, batch: int) -> str:
        """Accept the columns as guessed and let the file be checked; the page that says what was found."""
        address = reverse("ledger:columns", args=[batch])
        values = filled(said(self.browser.get(address)))
        answer = self.browser.post(address, values)
        assert answer.status_code == 302, said(answer)
        work_off()
        return self.page(batch)

    def act(self, name: str, *keys: int, follow: bool = True, **values: object) -> HttpResponse:
        """Press a button of the ledger's pages and let the work be done."""
        answer = self.browser.post(reverse(f"ledger:{name}", args=keys), values)
        work_off()
        return answer

    def bring_in(self, content: bytes, **more: str) -> int:
        """The whole way for a file whose unknown accounts are all to become archives."""
        batch = self.upload(content, **more)
        self.check(batch)
        self.act("create_all", batch)
        self.act("commit", batch)
        return batch

    def analyse(self, **changed: str) -> int:
        """Ask an ABC analysis through its form, changing what is named; its key."""
        address = reverse("analytics:ask")
        values = {**filled(said(self.browser.get(address))), **changed}
        answer = self.browser.post(address, values)
        assert answer.status_code == 302, said(answer)
        work_off()
        return int(answer["Location"].strip("/").rpartition("/")[2])
