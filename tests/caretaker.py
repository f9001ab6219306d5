"""Ends what a test run started, and removes its folder, however the run ends: by itself, by Ctrl-C or by kill -9.

Every process of a run inherits the name of the run's folder in its environment. A caretaker waits, in a session of its
own, until the pipe from the run closes, and then ends whatever still carries that name.
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
_MEMORY = Path("/dev/shm")  # where there is one; a disk that many tests write to at once makes all of them wait
_GRACE = 3.0  # seconds in which processes may end by themselves, and again after they were asked to
_LOOK = 0.1  # seconds


@contextmanager
def run() -> Iterator[Path]:
    """The folder of this run, made with a caretaker where no process above this one has made it."""
    if VARIABLE in os.environ:
        yield Path(os.environ[VARIABLE])
        return
    folder = Path(tempfile.mkdtemp(prefix="sawt-tests-", dir=_MEMORY if os.access(_MEMORY, os.W_OK) else None))
    folder.chmod(0o711)  # PostgreSQL, which refuses to be root, works in a folder inside
    command = [sys.executable, __file__, str(folder)]
    caretaker = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)
    os.environ[VARIABLE] = str(folder)
    try:
        yield folder
    finally:
        del os.environ[VARIABLE]
        caretaker.communicate()


def folder() -> Path:
    """The folder of the run that this process is part of."""
    return Path(os.environ[VARIABLE])


def left_over(folder: str) -> list[psutil.Process]:
    """The processes that carry the folder's name, but for this one."""
    return [each for each in psutil.process_iter() if each.pid != os.getpid() and _carries(each, folder)]


def _carries(process: psutil.Process, folder: str) -> bool:
    try:
        return process.environ().get(VARIABLE) == folder and process.status() != psutil.STATUS_ZOMBIE
    except (psutil.Error, OSError):  # it is somebody else's, or gone
        return False


def _ended(folder: str, within: float) -> bool:
    """Whether all that carries the name has ended within so many seconds."""
    until = time.monotonic() + within
    while left_over(folder):
        if time.monotonic() > until:
            return False
        time.sleep(_LOOK)
    return True


def _tidy(folder: str) -> None:
    for postmaster in Path(folder).glob("*/postmaster.pid"):
        _stop_postgres(int(postmaster.read_text().split()[0]))
    if not _ended(folder, _GRACE):
        for way in ("terminate", "kill"):
            for process in left_over(folder):
                _stop(process, way)
            if _ended(folder, _GRACE):
                break
    shutil.rmtree(folder, ignore_errors=True)


def _stop(process: psutil.Process, way: str) -> None:
    with contextlib.suppress(psutil.Error):
        getattr(process, way)()


def _stop_postgres(pid: int) -> None:
    """Stop a server at once, by its immediate shutdown: its data goes away with it. Its own titles hide its name."""
    with contextlib.suppress(psutil.Error):
        server = psutil.Process(pid)
        server.send_signal(signal.SIGQUIT)
        server.wait(_GRACE)


if __name__ == "__main__":
    sys.stdin.buffer.read()
    _tidy(sys.argv[1])
