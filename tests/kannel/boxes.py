"""A real Kannel on free loopback ports: started, asked how it is, and ended by its own process ids."""

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

PATIENCE = 60.0  # seconds; far more than anything here takes


class Boxes:
    """A gateway: bearerbox, which holds the links to message centres and the queue, and smsbox, which speaks to us."""

    def __init__(self, programs: Programs, folder: Path, ports: dict[str, int]) -> None:
        self._programs, self._folder = programs, folder
        self._file = config.write(folder, ports)
        self.smsc_port = ports["smsc"]
        self.sendsms = f"http://127.0.0.1:{ports['sendsms']}/cgi-bin/sendsms"
        self._admin = f"http://127.0.0.1:{ports['admin']}"
        self._running: dict[Path, Process] = {}

    async def start(self) -> None:
        """Start what does not run, and wait until it does."""
        for program, sign in ((self._programs.bearerbox, "Status: running"), (self._programs.smsbox, "smsbox:")):
            if program not in self._running:
                with (self._folder / program.name).open("ab") as told:
                    self._running[program] = await asyncio.create_subprocess_exec(
                        program, "-v", "0", self._file, stdin=DEVNULL, stdout=told, stderr=told, cwd=self._folder
                    )
            await self.until_status(sign)

    async def crash(self) -> None:
        """End all that runs as a power cut would."""
        while self._running:
            _, process = self._running.popitem()
            process.kill()
            await process.wait()

    async def stop(self) -> None:
        """End all that runs."""
        await self.ask("shutdown")  # a first TERM may be passed over while texts wait
        for process in self._running.values():
            await ended(process)

    async def ask(self, what: str) -> str:
        """What bearerbox answers to its administrator; nothing where it does not listen."""
        try:
            async with httpx.AsyncClient(trust_env=False) as http:
                return (await http.get(f"{self._admin}/{what}", params={"password": config.PASSWORD})).text
        except httpx.TransportError:
            return ""

    async def queued(self) -> int:
        """How many SMS wait for a message centre."""
        found = re.search(r"^SMS: .*sent \d+ \((\d+) queued\)", await self.ask("status.txt"), re.MULTILINE)
        return int(found[1]) if found else -1

    async def until_status(self, sign: str) -> None:
        """Wait until bearerbox says this of itself."""

        async def has() -> bool:
            return sign in await self.ask("status.txt")

        await until(has, lambda: f"{sign!r} in bearerbox's status")

    def said(self, file: str) -> str:
        """What a box wrote: "bearerbox" and "smsbox" at their most talkative, "….log" as docs/kannel.md sets it."""
        return (self._folder / file).read_text(encoding="utf-8", errors="replace")


@asynccontextmanager
async def running(programs: Programs, folder: Path, ports: dict[str, int]) -> AsyncIterator[Boxes]:
    """A gateway while the block runs."""
    boxes = Boxes(programs, folder, ports)
    try:
        await boxes.start()
        yield boxes
    finally:
        await boxes.stop()


async def until(holds: Callable[[], Awaitable[bool]], what: Callable[[], str]) -> None:
    """Look again and again until it holds. Fails after `PATIENCE`, naming `what`."""
    try:
        async with asyncio.timeout(PATIENCE):
            while not await holds():  # noqa: ASYNC110 (other processes set no event of ours)
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(f"{what()}: not within {PATIENCE} s") from None


async def ended(process: Process) -> None:
    """End a process of ours, by force where it does not go."""
    for end in (process.terminate, process.kill):
        with contextlib.suppress(ProcessLookupError):
            end()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), 3)
            return
