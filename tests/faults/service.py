"""A service that can really be killed: one uvicorn process at a time, always on the same port and database."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from asyncio.subprocess import Process
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import SecretStr

from api.settings import Settings

_ROOT = Path(__file__).resolve().parents[2]
_COMMAND = (sys.executable, "-m", "uvicorn", "--factory", "sawt.serve:application", "--app-dir", str(_ROOT))


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
        self._process: Process | None = None

    async def start(self, **changed: str) -> None:
        """Begin a life, with these settings changed for it; returns once it listens."""
        news = {f"SAWT_{name.upper()}": value for name, value in changed.items()}
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *_COMMAND, "--port", str(self._port), "--no-access-log", "--log-level", "warning",
                env={**os.environ, **self._environment, **news}, cwd=self._log.parent, stdout=log, stderr=log,
            )  # fmt: skip
        await self._listening(self._process)
        self.up.set()

    def kill(self) -> None:
        """kill -9, at once: nothing of the process runs after this line."""
        assert self._process is not None
        self.up.clear()
        os.kill(self._process.pid, signal.SIGKILL)

    async def died(self) -> None:
        """Return once the killed process is gone, and with it its sockets and its locks on files."""
        assert self._process is not None
        assert await self._process.wait() == -signal.SIGKILL, self.errors()

    async def end(self) -> None:
        """End the present life, if there is one, as an operator would."""
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
            await self._process.wait()

    def errors(self) -> list[str]:
        """What all lives complained of. Warnings are the weather's, and so is a lane that rests from it.

        Some numbers of the storm fail for a reason that is the account's.
        """
        lines = self._log.read_text(encoding="utf-8").splitlines() if self._log.exists() else []
        rests = ('"outbox.lane.rests"', '"outbox.misconfigured"', '"outbox.asked_to_wait"')
        weather = ('"level": "warning"', *rests)
        return [line for line in lines if "error" in line.lower() and not any(each in line for each in weather)]

    async def _listening(self, process: Process) -> None:
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", self._port)
            except OSError:
                assert process.returncode is None, self._log.read_text(encoding="utf-8")[-2000:]
                await asyncio.sleep(0.02)  # a port can only be asked again
            else:
                writer.close()
                await writer.wait_closed()
                return


def _plain(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return value if isinstance(value, str) else json.dumps(value, default=str)
