"""A service that can really be killed: one uvicorn process at a time, on the same port and database."""

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

    Nothing listens on our socket, so connections are refused while the service is dead; yet the kernel assigns the
    port to no other process.
    """
    with socket.socket() as reservation:
        reservation.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        reservation.bind(("127.0.0.1", 0))
        port: int = reservation.getsockname()[1]
        yield port


class Service:
    """A service and its lives. `up` is set while it listens."""

    def __init__(self, settings: Settings, *, port: int, log: Path) -> None:
        """`log` takes the output of all lives; the process runs in its folder, away from any .env file."""
        self.up = asyncio.Event()
        self.settings = settings
        self._environment = {f"SAWT_{name.upper()}": _plain(value) for name, value in settings if value is not None}
        self._port, self._log = port, log
        self._life: Life | None = None

    async def start(self, **changed: str) -> None:
        """Begin a life with these settings changed, and wait until it listens."""
        changes = {f"SAWT_{name.upper()}": value for name, value in changed.items()}
        self._life = await begin(self._port, self._log, {**self._environment, **changes})
        await self._listening(self._life)
        self.up.set()

    def kill(self) -> None:
        """kill -9: nothing of the process runs after this line."""
        assert self._life is not None
        self.up.clear()
        self._life.signal(signal.SIGKILL)

    async def died(self) -> None:
        """Wait until the killed process is gone, with its sockets and file locks."""
        assert self._life is not None
        assert await self._life.ended == -signal.SIGKILL, self.errors()

    async def end(self) -> None:
        """End the current life, if any, as an operator would."""
        if self._life is not None:
            self._life.signal(signal.SIGTERM)
            await self._life.ended

    def errors(self) -> list[str]:
        """Errors logged in all lives. Warnings and resting lanes are expected from the network's faults.

        Some numbers of the storm fail for a reason on the account's side.
        """
        lines = self._log.read_text(encoding="utf-8").splitlines() if self._log.exists() else []
        rests = ('"outbox.lane_paused"', '"outbox.misconfigured"', '"outbox.asked_to_wait"')
        weather = ('"level": "warning"', *rests)
        return [line for line in lines if "error" in line.lower() and not any(each in line for each in weather)]

    async def _listening(self, life: Life) -> None:
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", self._port)
            except OSError:
                assert not life.ended.done(), self._log.read_text(encoding="utf-8")[-2000:]
                await asyncio.sleep(0.02)  # the port can only be polled
            else:
                writer.close()
                await writer.wait_closed()
                return


def _plain(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return value if isinstance(value, str) else json.dumps(value, default=str)
