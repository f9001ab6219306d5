"""The server processes of one service: one that dies is started again, and where none can start the service ends."""

from __future__ import annotations

import time
from socket import socket

import structlog
from uvicorn import Config
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors.multiprocess import Multiprocess, Process

log = structlog.get_logger(__name__)

_LOOK = 0.1  # seconds between two looks for an answer
TRIES = 3  # processes in a row that may die before they answer requests


class Workers(Multiprocess):
    """uvicorn's supervisor, with an end to starting in vain.

    `failed` says that it ended by itself, since no process could start.
    """

    def __init__(self, config: Config, sockets: list[socket]) -> None:
        super().__init__(config, sockets)
        self.failed, self._in_vain = False, 0
        self._served: set[int | None] = set()  # the processes that have answered that they serve

    def keep_subprocess_alive(self) -> None:
        """Start processes again that died, or that answer no more."""
        for place, process in enumerate(self.processes):
            if self.should_exit.is_set():
                return
            if self._answers(process):
                continue
            process.kill()
            process.join()
            served = process.pid in self._served
            log.error("serve.died", process=process.pid, code=process.exitcode, served=served)
            self._in_vain += not served
            if not served and (process.exitcode == STARTUP_FAILURE or self._in_vain >= TRIES):
                self.failed = True
                self.should_exit.set()
                return
            self.processes[place] = Process(self.config, self.sockets)
            self.processes[place].start()

    def _answers(self, process: Process) -> bool:
        """Whether it lives and answers, be it that it is still starting; noted once it serves."""
        started = self._asked(process)
        if started:
            self._served.add(process.pid)
            self._in_vain = 0
        return started is not None

    def _asked(self, process: Process) -> bool | None:
        """Whether it serves already; None if it is dead, or answers nothing for too long.

        uvicorn's own question waits for an answer of the dead as long, and hears no signal meanwhile.
        """
        until = time.monotonic() + self.config.timeout_worker_healthcheck
        try:
            while process.parent_conn.poll():
                process.parent_conn.recv()  # an answer that nobody waited for
            process.parent_conn.send(b"ping")
            while not process.parent_conn.poll(_LOOK):
                if not process.process.is_alive() or time.monotonic() > until:
                    return None
                if self.signal_queue:  # it is heard first; this one is asked again
                    return False
            return bool(process.parent_conn.recv())
        except (OSError, EOFError):
            return None
