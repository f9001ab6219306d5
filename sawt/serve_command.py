"""`sawt serve`: residents and staff, by one process or by several."""

from __future__ import annotations

from typing import Annotated

import typer

from api import logs
from sawt.compose import compose
from sawt.proofs import require_proofs
from sawt.serve import bind, serve_many
from sawt.serve import serve as serve_app
from sawt.settings import configured

Host = Annotated[str, typer.Option(help="address to listen on")]
Port = Annotated[int, typer.Option(help="port to listen on", min=1, max=65535)]


def serve(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    processes: Annotated[int, typer.Option(help="server processes", min=1, max=64)] = 1,
) -> None:
    """Serve residents and staff until stopped."""
    settings = configured()
    logs.configure(settings.log_level)
    if processes > 1:
        require_proofs(settings)  # here, in one sentence, and not by each of the processes
        serve_many(host, port, processes)
        return
    service = compose(settings)
    serve_app(service.app, bind(host, port))
