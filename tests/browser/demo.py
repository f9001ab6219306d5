"""Runs the real `sawt demo` as a separate process, and the real `sawt results`."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from dataclasses import dataclass, field
from pathlib import Path

from api.results.schemas import Results
from tests.server import free_socket

_SAWT = str(Path(sys.executable).with_name("sawt"))
_READY = "Sawt is listening."
_PATIENCE = 60.0  # seconds to start or to stop on a busy machine


def _free_port() -> int:
    with free_socket() as probe:
        return int(probe.getsockname()[1])


@dataclass
class Demo:
    """A demonstration in a folder, on a fixed port, which can be ended and restarted."""

    folder: Path
    port: int = field(default_factory=_free_port)
    _process: Process | None = None

    @property
    def phones(self) -> str:
        """The address of the page with the phones."""
        return f"http://127.0.0.1:{self.port}/rehearsal/phones"

    async def start(self) -> None:
        """Run `sawt demo` and wait until it is ready."""
        quick = {"SAWT_REPEATED_WITHIN": "0", "SAWT_PARTS_WITHIN": "0"}  # clicks come without a pause for reading
        where = ("--port", str(self.port), "--folder", str(self.folder))
        process = await _sawt("demo", *where, cwd=self.folder.parent, **quick)
        assert process.stdout is not None
        self._process = process
        async with asyncio.timeout(_PATIENCE):
            first = await process.stdout.readline()
            if not first.decode().startswith(_READY):
                raise AssertionError((first + await process.stdout.read()).decode())

    async def interrupt(self) -> tuple[int, str]:
        """Press Ctrl-C and wait for the end; returns the exit code and the output since the start."""
        assert self._process is not None
        self._process.send_signal(signal.SIGINT)
        async with asyncio.timeout(_PATIENCE):
            printed, _ = await self._process.communicate()
        return self._process.returncode or 0, printed.decode()

    async def end(self) -> None:
        """Ensure that its processes have ended."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.communicate()

    async def results(self) -> Results:
        """The counts of `sawt results plan --json`, with the demonstration's own token."""
        secrets = (self.folder / "demo-secrets").read_text(encoding="ascii").splitlines()
        token = dict(line.split("=", 1) for line in secrets)["api_token"]
        service = {"SAWT_URL": f"http://127.0.0.1:{self.port}", "SAWT_TOKEN": token}
        process = await _sawt("results", "plan", "--json", cwd=self.folder.parent, **service)
        async with asyncio.timeout(_PATIENCE):
            printed, _ = await process.communicate()
        assert process.returncode == 0, printed.decode()
        return Results.model_validate_json(printed)


async def _sawt(*words: str, cwd: Path, **more: str) -> Process:
    environment = {**os.environ, **more}
    return await asyncio.create_subprocess_exec(_SAWT, *words, cwd=cwd, env=environment, stdout=PIPE, stderr=STDOUT)
