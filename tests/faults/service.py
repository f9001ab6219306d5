"""A service that can really be killed: one uvicorn process at a time, always on the same port and database."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import SecretStr

from api.settings import Settings
from tests.faults.life import Life, begin


@contextmanager
def reserved_port() -> Iterator[int]:
    """A port that stays ours between two lives of a service.

    Nobody listens on our socket, so connections are refused while the service is dead, yet the kernel gives the port to
    no client of this machine.
    """
    with socket.socket() as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
        yield port


class Service:
    """A service and its lives. `up` is set while it listens."""

    def __init__(self, settings: Settings, *, port: int, log: Path) -> None:
        """`log` takes what all lives write; the process runs in its folder, away from any .env file."""
        self.up = asyncio.Event()
        self.settings = settings
        self._environment = {f"SAWT_{name.upper()}": _plain(value) for name, value in settings if value is not None}
        self._port, self._log = port, log
        self._life: Life | None = None

    async def start(self, **changed: str) -> None:
        """Begin a life, with these settings changed for it; returns once it listens."""
        news = {f"SAWT_{name.upper()}": value for name, value in changed.items()}
        self._life = await begin(self._port, self._log, {**self._environment, **news})
        await self._listening(self._life)
        self.up.set()

    def kill(self) -> None:
        """kill -9, at once: nothing of the process runs after this line."""
        assert self._life is not None
        self.up.clear()
        self._life.signal(signal.SIGKILL)

    async def died(self) -> None:
        """Return once the killed process is gone, and with it its sockets and its locks on files."""
        assert self._life is not None
        assert await self._life.ended == -signal.SIGKILL, self.errors()

    async def end(self) -> None:
        """End the present life, if there is one, as an operator would."""
        if self._life is not None:
            self._life.signal(signal.SIGTERM)
            await self._life.ended

    def errors(self) -> list[str]:
        """What all lives complained of. Warnings are the weather's, and so is a lane that rests from it.

        Some numbers of the storm fail for a reason that is the account's.
        """
        lines = self._log.read_text(encoding="utf-8").splitlines() if self._log.exists() else []
        rests = ('"outbox.lane.rests"', '"outbox.misconfigured"', '"outbox.asked_to_wait"')
        weather = ('"level": "warning"', *rests)
        return [line for line in lines if "error" in line.lower() and not any(each in line for each in weather)]

    async def _listening(self, life: Life) -> None:
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", self._port)
            except OSError:
                assert not life.ended.done(), self._log.read_text(encoding="utf-8")[-2000:]
                await asyncio.sleep(0.02)  # a port can only be asked again
            else:
                writer.close()
                await writer.wait_closed()
                return


def _plain(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return value if isinstance(value, str) else json.dumps(value, default=str)
