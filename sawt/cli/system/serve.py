"""`sawt serve`: run the service in one or several processes."""

from __future__ import annotations

import asyncio
from typing import Annotated

import structlog
import typer
from sqlalchemy import make_url

from api.errors import Unavailable
from api.runtime import logs
from sawt.cli.system.migrate import upgrade
from sawt.compose import compose
from sawt.database import only_check, with_db
from sawt.preconditions import require_folder
from sawt.provider_proofs import require_settings
from sawt.serve import bind, serve_many
from sawt.serve import serve as serve_app
from sawt.settings import configured

log = structlog.get_logger(__name__)

Host = Annotated[str, typer.Option(help="address to listen on")]
Port = Annotated[int, typer.Option(help="port to listen on", min=1, max=65535)]


def serve(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    processes: Annotated[int, typer.Option(help="server processes", min=1, max=64)] = 1,
    migrate: Annotated[bool, typer.Option("--migrate", help="upgrade the database schema first")] = False,
) -> None:
    """Serve residents and staff until stopped."""
    settings = configured()
    logs.configure(settings.log_level)
    require_folder(make_url(settings.database_url))  # before creating a rehearsal's vault beside the database
    require_settings(settings)  # fail here once, not in each process
    if migrate:
        asyncio.run(with_db(upgrade, migrated=False))
    try:
        asyncio.run(with_db(only_check))
    except Unavailable:  # start anyway: the database is checked again when it returns
        log.warning("serve.database_away")
    if processes > 1:
        serve_many(bind(host, port), processes)
        return
    service = compose(settings)
    serve_app(service.app, bind(host, port))
