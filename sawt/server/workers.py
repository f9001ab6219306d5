"""The server processes of one service. A process that dies is replaced; if none can start, the service stops."""

from __future__ import annotations

import time
from socket import socket

import structlog
from uvicorn import Config
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors.multiprocess import Multiprocess, Process

log = structlog.get_logger(__name__)

_LOOK = 0.1  # seconds between two checks for a reply
TRIES = 3  # processes in a row that may die before serving any request


class Workers(Multiprocess):
    """uvicorn's supervisor of processes. If the processes cannot start, it stops and sets `failed` to True."""

    def __init__(self, config: Config, sockets: list[socket]) -> None:
        super().__init__(config, sockets)
        self.failed, self._in_vain = False, 0
        self._served: set[int | None] = set()  # processes that reported that they serve

    def keep_subprocess_alive(self) -> None:
        """Replace processes that died or no longer reply."""
        for place, process in enumerate(self.processes):
            if self.should_exit.is_set():
                return
            if self._answers(process):
                continue
            process.kill()
            process.join()
            served = process.pid in self._served
            log.error("serve.worker_died", process=process.pid, code=process.exitcode, served=served)
            self._in_vain += not served
            if not served and (process.exitcode == STARTUP_FAILURE or self._in_vain >= TRIES):
                self.failed = True
                self.should_exit.set()
                return
            self.processes[place] = Process(self.config, self.sockets)
            self.processes[place].start()

    def _answers(self, process: Process) -> bool:
        """Return whether a process is alive and replies."""
        started = self._ping(process)
        if started:
            self._served.add(process.pid)
            self._in_vain = 0
        return started is not None  # it may still be starting

    def _ping(self, process: Process) -> bool | None:
        """Return whether a process already serves requests; None if it is dead or does not reply in time."""
        # uvicorn's own ping waits the full time even for a dead process, and handles no signal meanwhile
        until = time.monotonic() + self.config.timeout_worker_healthcheck
        try:
            while process.parent_conn.poll():
                process.parent_conn.recv()  # a late reply to an earlier ping
            process.parent_conn.send(b"ping")
            while not process.parent_conn.poll(_LOOK):
                if not process.process.is_alive() or time.monotonic() > until:
                    return None
                if self.signal_queue:  # handle the signal first, and ping again later
                    return False
            return bool(process.parent_conn.recv())
        except (OSError, EOFError):
            return None
