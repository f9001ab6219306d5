"""Serve an application on a socket, in one process or in several that share the socket."""

from __future__ import annotations

import contextlib
import gc
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

_GRACE = 5  # seconds for requests in progress when the service is stopped
_START = 60  # seconds for a worker to answer before uvicorn kills it; a busy machine needs many


def bind(host: str, port: int) -> socket.socket:
    """Return a listening socket. Raises WrongSetup if the address cannot be used."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Name the protocol: otherwise asyncio leaves Nagle's algorithm on, and every answer is delayed by 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(2048)
    except OSError as error:
        listener.close()
        hint = "If another service uses this port, choose another one with --port 8123"
        raise WrongSetup(f"cannot listen on {host}:{port}: {error.strerror}. {hint}") from None
    return listener


def application() -> FastAPI:
    """Build the application for a worker process, with settings from the environment.

    On failure, log the reason and exit.
    """
    logs.configure("INFO")
    try:
        settings = configured()
        logs.configure(settings.log_level)
        app = compose(settings).app
        _freeze_heap()
        return app
    except SawtError as error:
        log.error("serve.failed", why=str(error))
    except Exception as error:
        log.error("serve.failed", **describe(error))
    sys.exit(STARTUP_FAILURE)


def serve(app: FastAPI, on: socket.socket, *, ready: Callable[[], None] | None = None) -> None:
    """Serve requests until SIGINT or SIGTERM; call `ready` once requests are accepted."""
    _freeze_heap()
    config = uvicorn.Config(
        app,
        http=GuardedProtocol,
        ws="none",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=_GRACE,
        server_header=False,
    )
    with contextlib.suppress(KeyboardInterrupt):  # uvicorn has shut down cleanly, and raises the signal again
        _Server(config, ready).run(sockets=[on])


class _Server(uvicorn.Server):
    """A server that calls a function once it has started."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None] | None) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self._ready is not None and not self.should_exit:
            self._ready()


def _freeze_heap() -> None:
    """Exempt all existing objects from garbage collection.

    They are modules, models and routes, which live until the process ends. Visiting them at each collection would make
    the process pause, and messages would be sent late.
    """
    gc.collect()
    gc.freeze()


def serve_many(on: socket.socket, processes: int) -> None:
    """Serve with several processes, each with its own application. Raises WrongSetup if the processes cannot start."""
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
        raise WrongSetup("The server processes cannot start: see the log lines above")
