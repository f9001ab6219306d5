"""Serving an application: one process on a socket of ours, or several that share it."""

from __future__ import annotations

import contextlib
import socket
import sys
from collections.abc import Callable

import structlog
import uvicorn
from fastapi import FastAPI
from uvicorn.config import STARTUP_FAILURE

from api.errors import SawtError, WrongSetup
from api.runtime import logs
from api.runtime.failures import describe
from sawt.compose import compose
from sawt.server.connection_limits import GuardedProtocol
from sawt.server.workers import Workers
from sawt.settings import configured

log = structlog.get_logger(__name__)

_GRACE = 5  # seconds for requests under way when the service is stopped
_START = 60  # seconds for a worker to answer; uvicorn ends one that takes longer, such as on a machine under load


def bind(host: str, port: int) -> socket.socket:
    """A socket to serve on. Raises WrongSetup, in words, where there is none."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named as TCP, or asyncio leaves Nagle's algorithm on, and every answer waits 40 ms for an acknowledgement.
    found = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((host, port))
        found.listen(2048)
    except OSError as error:
        found.close()
        way = "If another service uses the port, choose one: --port 8123"
        raise WrongSetup(f"cannot listen on {host}:{port}: {error.strerror}. {way}") from None
    return found


def application() -> FastAPI:
    """The application of one worker process, from its environment. Ends the process, and logs why, if it cannot be."""
    logs.configure("INFO")
    try:
        settings = configured()
        logs.configure(settings.log_level)
        return compose(settings).app
    except SawtError as error:
        log.error("serve.failed", why=str(error))
    except Exception as error:
        log.error("serve.failed", **describe(error))
    sys.exit(STARTUP_FAILURE)


def serve(app: FastAPI, on: socket.socket, *, ready: Callable[[], None] | None = None) -> None:
    """Serve until SIGINT or SIGTERM; `ready` is called once requests are taken."""
    config = uvicorn.Config(
        app,
        http=GuardedProtocol,
        ws="none",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=_GRACE,
        server_header=False,
    )
    with contextlib.suppress(KeyboardInterrupt):  # uvicorn has ended in order, and repeats the signal to its caller
        _Server(config, ready).run(sockets=[on])


class _Server(uvicorn.Server):
    """A server that says when it has started."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None] | None) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self._ready is not None and not self.should_exit:
            self._ready()


def serve_many(on: socket.socket, processes: int) -> None:
    """Serve by several processes; each builds its own application. Raises WrongSetup if none of them can start."""
    config = uvicorn.Config(
        "sawt.serve:application",
        factory=True,
        http=GuardedProtocol,
        ws="none",
        workers=processes,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=_GRACE,
        timeout_worker_healthcheck=_START,
        server_header=False,
    )
    workers = Workers(config, [on])
    workers.run()
    if workers.failed:
        raise WrongSetup("A server process cannot start, so none was started again: its last lines above say why")
