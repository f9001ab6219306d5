"""Starts a real Kannel on free loopback ports, asks for its status, and ends it by its process ids."""

from __future__ import annotations

import asyncio
import contextlib
import re
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from tests.kannel import config
from tests.kannel.debian import Programs

PATIENCE = 60.0  # seconds; much more than needed


class Boxes:
    """A gateway: bearerbox, with the links to message centres and the queue, and smsbox, which talks to Sawt."""

    def __init__(self, programs: Programs, folder: Path, ports: dict[str, int]) -> None:
        self._programs, self._folder = programs, folder
        self._file = config.write(folder, ports)
        self.smsc_port = ports["smsc"]
        self.sendsms = f"http://127.0.0.1:{ports['sendsms']}/cgi-bin/sendsms"
        self._admin = f"http://127.0.0.1:{ports['admin']}"
        self._running: dict[Path, Process] = {}

    async def start(self) -> None:
        """Start the boxes that do not run, and wait until they do."""
        for program, sign in ((self._programs.bearerbox, "Status: running"), (self._programs.smsbox, "smsbox:")):
            if program not in self._running:
                with (self._folder / program.name).open("ab") as log_file:
                    self._running[program] = await asyncio.create_subprocess_exec(
                        program,
                        "-v",
                        "0",
                        self._file,
                        stdin=DEVNULL,
                        stdout=log_file,
                        stderr=log_file,
                        cwd=self._folder,
                    )
            await self.until_status(sign)

    async def crash(self) -> None:
        """Kill both boxes, as a power failure would."""
        while self._running:
            _, process = self._running.popitem()
            process.kill()
            await process.wait()

    async def stop(self) -> None:
        """Shut down both boxes."""
        await self.ask("shutdown")  # a first TERM may be ignored while texts wait
        for process in self._running.values():
            await ended(process)

    async def ask(self, what: str) -> str:
        """A response of bearerbox's administration; "" if it does not listen."""
        try:
            async with httpx.AsyncClient(trust_env=False) as http:
                return (await http.get(f"{self._admin}/{what}", params={"password": config.PASSWORD})).text
        except httpx.TransportError:
            return ""

    async def queued(self) -> int:
        """The number of SMS that wait for a message centre."""
        match = re.search(r"^SMS: .*sent \d+ \((\d+) queued\)", await self.ask("status.txt"), re.MULTILINE)
        return int(match[1]) if match else -1

    async def until_status(self, sign: str) -> None:
        """Wait until bearerbox's status contains this text."""

        async def has() -> bool:
            return sign in await self.ask("status.txt")

        await until(has, lambda: f"{sign!r} in bearerbox's status")

    def log(self, file: str) -> str:
        """A box's log: "bearerbox" and "smsbox" at the most verbose level, "….log" as set in docs/kannel.md."""
        return (self._folder / file).read_text(encoding="utf-8", errors="replace")


@asynccontextmanager
async def running(programs: Programs, folder: Path, ports: dict[str, int]) -> AsyncIterator[Boxes]:
    """A gateway during the block."""
    boxes = Boxes(programs, folder, ports)
    try:
        await boxes.start()
        yield boxes
    finally:
        await boxes.stop()


async def until(holds: Callable[[], Awaitable[bool]], what: Callable[[], str]) -> None:
    """Poll until `holds` is true. Fails after `PATIENCE`, naming `what`."""
    try:
        async with asyncio.timeout(PATIENCE):
            while not await holds():  # noqa: ASYNC110 (other processes set no event of ours)
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(f"{what()}: not within {PATIENCE} s") from None


async def ended(process: Process) -> None:
    """End a process of ours, by force if needed."""
    for end in (process.terminate, process.kill):
        with contextlib.suppress(ProcessLookupError):
            end()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), 3)
            return
