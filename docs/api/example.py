"""Follow what happens in Panshi and keep a customer in step: everything an integration usually needs, in one file.

    PANSHI_URL=https://panshi.example PANSHI_TOKEN=pst_… python example.py

Needs Python 3.11 and nothing else. The token wants the scopes accounts:read, accounts:write, log:write and events:read.
"""

import json
import os
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any


class Problem(Exception):
    """The server said no. `type` never changes and is what to decide by; `detail` is for people."""

    def __init__(self, status: int, said: dict[str, Any], wait: int) -> None:
        super().__init__(f"{status} {said.get('detail', '')} {said.get('errors', '')}")
        self.status, self.said, self.wait = status, said, wait
        self.type = str(said.get("type", "")).removeprefix("urn:panshi:problem:")


class Panshi:
    """A small client: requests with the token, problems as exceptions, patience when asked for it."""

    def __init__(self, url: str, token: str) -> None:
        self.url, self.token = url.rstrip("/"), token

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[Any, str]:
        """One request; answers the body and its ETag. Waits as long as `Retry-After` says, three times."""
        for attempt in range(4):
            try:
                return self._once(method, path, body, headers)
            except Problem as problem:
                if problem.status not in {409, 429} or attempt == 3:
                    raise
                time.sleep(problem.wait)
        raise AssertionError

    def _once(self, method: str, path: str, body: Any, headers: dict[str, str]) -> tuple[Any, str]:
        request = urllib.request.Request(self.url + path, method=method)  # noqa: S310
        request.add_header("Authorization", f"Bearer {self.token}")
        request.add_header("Accept-Language", "en")
        for name, value in headers.items():
            request.add_header(name.replace("_", "-"), value)
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
                text = answer.read()
                return (json.loads(text) if text else None), answer.headers.get("ETag", "")
        except urllib.error.HTTPError as error:
            said = json.loads(error.read() or b"{}")
            raise Problem(error.code, said, int(error.headers.get("Retry-After", "1"))) from error

    def every(self, path: str) -> Iterator[dict[str, Any]]:
        """All records of a list, page after page."""
        following: str | None = path
        while following:
            page, _etag = self.ask("GET", following)
            yield from page["items"]
            following = page["next"]


def open_customer(panshi: Panshi, *, our_number: str, name: str) -> dict[str, Any]:
    """Open an account once, however often this is run: the key makes the server remember."""
    body = {"name": name, "override_reason": "opened by the ERP"}
    account, _etag = panshi.ask("POST", "/api/v1/accounts", body, Idempotency_Key=f"erp-{our_number}")
    return dict(account)


def change_customer(panshi: Panshi, key: int, changes: dict[str, Any]) -> dict[str, Any]:
    """Change an account. If somebody else was quicker, read again and try again: nothing of theirs is lost."""
    while True:
        _known, etag = panshi.ask("GET", f"/api/v1/accounts/{key}?fields=version")
        try:
            return dict(panshi.ask("PATCH", f"/api/v1/accounts/{key}", changes, If_Match=etag)[0])
        except Problem as problem:
            if problem.type != "stale":
                raise


def follow(panshi: Panshi, after: int) -> tuple[list[dict[str, Any]], int]:
    """What happened since the last time. Keep the number that comes back."""
    events: list[dict[str, Any]] = []
    while True:
        page, _etag = panshi.ask("GET", f"/api/v1/events?after={after}")
        events += page["items"]
        after = page["after"]
        if not page["more"]:
            return events, after


def main() -> int:
    """Open, change, write a line, list, follow."""
    panshi = Panshi(os.environ["PANSHI_URL"], os.environ["PANSHI_TOKEN"])
    account = open_customer(panshi, our_number="4711", name="青石轴承有限公司")
    again = open_customer(panshi, our_number="4711", name="青石轴承有限公司")
    assert account["id"] == again["id"], "the same request twice opens one account"
    changed = change_customer(panshi, account["id"], {"website": "https://qingshi.example"})
    panshi.ask("POST", "/api/v1/log", {"account_id": account["id"], "text": "Asked for the yearly plan"})
    names = [one["name"] for one in panshi.every("/api/v1/accounts?fields=name&limit=200")]
    events, after = follow(panshi, after=0)
    told = f"{changed['code']} {changed['website']}; {len(names)} accounts; {len(events)} events, next after {after}"
    sys.stdout.write(told + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
