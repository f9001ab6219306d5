"""An interrupted test run leaves no process, server or file behind."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE

import psutil
import pytest

from tests.caretaker import VARIABLE

RUN = """
import signal, subprocess, sys
from tests import caretaker
from tests.databases import postgres
with caretaker.run() as folder, postgres():
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
    child = subprocess.Popen([sys.executable, "-c", deaf])
    print(folder, child.pid, (folder / "postgres" / "postmaster.pid").read_text().split()[0], flush=True)
    signal.pause()
"""


def runs(pid: int) -> bool:
    """Whether a process exists and is not a zombie."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
async def test_a_run_that_is_killed_leaves_nothing(end: signal.Signals) -> None:
    apart = {name: value for name, value in os.environ.items() if name != VARIABLE}
    run = await asyncio.create_subprocess_exec(sys.executable, "-c", RUN, stdout=PIPE, env=apart)
    assert run.stdout is not None
    folder, *pids = (await run.stdout.readline()).decode().split()
    assert all(runs(int(pid)) for pid in pids)

    run.send_signal(end)
    await run.wait()

    async with asyncio.timeout(60):
        while os.path.exists(folder):  # noqa: ASYNC110, ASYNC240 - the caretaker removes it last
            await asyncio.sleep(0.05)
    assert [pid for pid in pids if runs(int(pid))] == []
