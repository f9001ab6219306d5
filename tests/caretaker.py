"""Ends the processes of a test run and removes its folder, however the run ends: normally, by Ctrl-C or by kill -9.

Every process of a run inherits the name of the run's folder in its environment. A caretaker process, in its own
session, waits until the pipe from the run closes, and then ends all processes that still have that name.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

VARIABLE = "TEST_RUN_FOLDER"
_MEMORY = Path("/dev/shm")  # in memory, if possible: many tests writing to one disk wait for each other
_GRACE = 3.0  # seconds for processes to end by themselves, and again after a signal
_LOOK = 0.1  # seconds


@contextmanager
def run() -> Iterator[Path]:
    """The folder of this run; creates it with a caretaker, unless a parent process has."""
    if VARIABLE in os.environ:
        yield Path(os.environ[VARIABLE])
        return
    folder = Path(tempfile.mkdtemp(prefix="sawt-tests-", dir=_MEMORY if os.access(_MEMORY, os.W_OK) else None))
    folder.chmod(0o711)  # PostgreSQL, which does not run as root, uses a folder inside
    command = [sys.executable, __file__, str(folder)]
    caretaker = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)
    os.environ[VARIABLE] = str(folder)
    try:
        yield folder
    finally:
        del os.environ[VARIABLE]
        for child in psutil.Process().children():  # those of multiprocessing would only end with this process
            if child.pid != caretaker.pid:
                _stop(child, "kill")
        caretaker.communicate()


def folder() -> Path:
    """The folder of this process's run."""
    return Path(os.environ[VARIABLE])


def left_over(folder: str) -> list[psutil.Process]:
    """The processes with the folder's name in their environment, except this one."""
    return [each for each in psutil.process_iter() if each.pid != os.getpid() and _carries(each, folder)]


def _carries(process: psutil.Process, folder: str) -> bool:
    try:
        return process.environ().get(VARIABLE) == folder and process.status() != psutil.STATUS_ZOMBIE
    except (psutil.Error, OSError):  # another user's, or ended
        return False


def _wait(folder: str, within: float) -> bool:
    """Wait at most `within` seconds for the run's processes to end; returns whether they did."""
    until = time.monotonic() + within
    while left_over(folder):
        if time.monotonic() > until:
            return False
        time.sleep(_LOOK)
    return True


def _tidy(folder: str) -> None:
    for postmaster in Path(folder).glob("*/postmaster.pid"):
        _stop_postgres(int(postmaster.read_text().split()[0]))
    if not _wait(folder, _GRACE):
        for way in ("terminate", "kill"):
            for process in left_over(folder):
                _stop(process, way)
            if _wait(folder, _GRACE):
                break
    shutil.rmtree(folder, ignore_errors=True)


def _stop(process: psutil.Process, way: str) -> None:
    with contextlib.suppress(psutil.Error):
        getattr(process, way)()


def _stop_postgres(pid: int) -> None:
    """Stop a server by immediate shutdown, since its data are deleted; its process title hides the environment."""
    with contextlib.suppress(psutil.Error):
        server = psutil.Process(pid)
        server.send_signal(signal.SIGQUIT)
        server.wait(_GRACE)


if __name__ == "__main__":
    sys.stdin.buffer.read()
    _tidy(sys.argv[1])
