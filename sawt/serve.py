"""Serving an application: one process on a socket of ours, or several that share it."""

from __future__ import annotations

import socket

import uvicorn
from fastapi import FastAPI

from api import logs
from api.errors import Invalid
from api.settings import Settings
from sawt.compose import compose

_GRACE = 5  # seconds for requests under way when the service is stopped


def bind(host: str, port: int) -> socket.socket:
    """A socket to serve on. Raises Invalid, in words, where there is none."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((host, port))
        found.listen(2048)
    except OSError as error:
        found.close()
        raise Invalid(f"cannot listen on {host}:{port}: {error.strerror}. Is another service using the port?") from None
    return found


def application() -> FastAPI:
    """The application of one worker process, from its environment."""
    settings = Settings()
    logs.configure(settings.log_level)
    return compose(settings).app


def serve(app: FastAPI, on: socket.socket) -> None:
    """Serve until SIGINT or SIGTERM."""
    config = uvicorn.Config(
        app, log_config=None, access_log=False, timeout_graceful_shutdown=_GRACE, server_header=False
    )
    uvicorn.Server(config).run(sockets=[on])


def serve_many(host: str, port: int, processes: int) -> None:
    """Serve by several processes; each builds its own application."""
    bind(host, port).close()
    uvicorn.run(
        "sawt.serve:application",
        factory=True,
        host=host,
        port=port,
        workers=processes,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=_GRACE,
        server_header=False,
    )
