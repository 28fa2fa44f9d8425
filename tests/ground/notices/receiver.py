"""A real mail server on this machine that takes letters, refuses them, dawdles or dies, as a test asks."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller


class Receiver:
    """Takes mail in; `refuse` answers each recipient so, `die_at` breaks the connection off at that letter."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.refuse = ""
        self.die_at: int | None = None
        self.delay = 0.0

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if self.refuse:
            return self.refuse
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        await asyncio.sleep(self.delay)
        if self.die_at == len(self.letters):
            self.die_at = None
            server.transport.abort()
            return "421 gone"
        self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 taken"

    def bodies(self) -> list[str]:
        """The text part of each letter."""
        found = (letter.get_body(("plain",)) for letter in self.letters)
        return [part.get_content() if part else "" for part in found]


def free_port() -> int:
    """A port nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def listening(receiver: Receiver, port: int) -> Iterator[str]:
    """Let the receiver listen; answers the URL of the setting."""
    controller = Controller(receiver, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield f"smtp://127.0.0.1:{port}"
    finally:
        controller.stop()
