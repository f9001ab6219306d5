"""Service processes, forked from one that has imported everything, because imports take longer than most lives."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from unittest import mock

import uvicorn

# What a service imports because of its settings, and its servers on start, imported here once.
import sawt.channels.telegram
import sawt.channels.twilio
import sawt.serve  # noqa: F401

_ROOT = Path(__file__).resolve().parents[2]
_IMPORTED_IN = os.getpid()
_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload([__name__])
_one_by_one = Lock()


class Life:
    """A process. `ended` is its exit code, or the negative signal that ended it."""

    def __init__(self, process: multiprocessing.context.ForkServerProcess) -> None:
        """Watch a process that was just started."""
        self.ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._process = process
        asyncio.get_running_loop().add_reader(process.sentinel, self._end)

    def signal(self, number: int) -> None:
        """Send a signal if it still runs."""
        if not self.ended.done() and self._process.pid is not None:
            os.kill(self._process.pid, number)

    def _end(self) -> None:
        asyncio.get_running_loop().remove_reader(self._process.sentinel)
        self._process.join()
        self.ended.set_result(self._process.exitcode or 0)


async def begin(port: int, log: Path, environment: Mapping[str, str]) -> Life:
    """Start a service on this port as uvicorn's command does, in the folder of `log`, which takes its output."""
    process = _forks.Process(target=_live, args=(port, log, dict(environment)), daemon=True)
    await asyncio.to_thread(_start, process)
    return Life(process)


def _start(process: multiprocessing.context.ForkServerProcess) -> None:
    """Start it; the first call starts the fork server, which must find the same modules."""
    with _one_by_one, mock.patch.dict(os.environ, {"PYTHONPATH": str(_ROOT)}):
        process.start()


def _live(port: int, log: Path, environment: dict[str, str]) -> None:
    with log.open("ab") as file:
        for output in (1, 2):
            os.dup2(file.fileno(), output)
    assert os.getpid() != _IMPORTED_IN, "the server of forks did not import this module"
    os.environ.update(environment)
    os.chdir(log.parent)
    uvicorn.run("sawt.serve:application", factory=True, port=port, access_log=False, log_level="warning")
