"""`sawt serve`, `demo`, `migrate`, `keys`, `doctor`: what whoever runs Sawt does on its machine."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from pydantic_settings import SettingsError
from rich.console import Console
from rich.markup import escape

from api import logs
from api.crypto import Keyring
from api.db import Database
from api.settings import Settings
from sawt import demo as rehearsed
from sawt import demo_data
from sawt.compose import compose
from sawt.database import with_db
from sawt.doctor import examine
from sawt.findings import Finding, faults
from sawt.migrate import migrate as run_migrations
from sawt.serve import bind, serve_many
from sawt.serve import serve as serve_app

operating = typer.Typer(no_args_is_help=True)
_out, _err = Console(), Console(stderr=True)

Host = Annotated[str, typer.Option(help="address to listen on")]
Port = Annotated[int, typer.Option(help="port to listen on", min=1, max=65535)]


@operating.command()
def serve(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    processes: Annotated[int, typer.Option(help="server processes", min=1, max=64)] = 1,
) -> None:
    """Serve residents and staff until stopped."""
    settings = Settings()
    logs.configure(settings.log_level)
    if processes > 1:
        serve_many(host, port, processes)
        return
    service = compose(settings)
    serve_app(service.app, bind(host, port))


@operating.command()
def migrate() -> None:
    """Bring the database's tables to the newest form."""
    asyncio.run(with_db(run_migrations, migrated=False))
    _err.print("The tables are the newest.")


@operating.command()
def demo(
    port: Port = 8000,
    folder: Annotated[Path, typer.Option(help="where what is said is kept")] = Path("var"),
) -> None:
    """Serve with the rehearsal network: two feature phones and two Telegram phones on a page."""
    socket = bind("127.0.0.1", port)
    folder = folder.absolute()
    settings = rehearsed.demo_settings(folder, rehearsed.prepare(folder), port=port)
    logs.configure(settings.log_level)
    asyncio.run(_load_demo(settings))
    service = compose(settings)
    rehearsed.rehearse(service.app, settings, journal=folder / "rehearsal.jsonl")
    serve_app(service.app, socket, ready=lambda: _say_where(settings.public_url))


@operating.command()
def keys() -> None:
    """Make a new set of keys, to be kept secret and backed up (SAWT_KEYS)."""
    typer.echo(Keyring.generate())  # a value to be copied whole


@operating.command()
def doctor() -> None:
    """Say whether every setting is there and right, and what is missing."""
    try:
        wrong = asyncio.run(_examine(Settings()))
    except (ValidationError, SettingsError) as error:
        wrong = sum(_show(each) for each in faults(error))
    raise typer.Exit(1 if wrong else 0)


def _say_where(url: str) -> None:
    for line in (
        f"Sawt is listening. The phones: {url}/rehearsal/phones",
        f"The counts: .venv/bin/sawt results plan    The JSON API: {url}/v1, described by {url}/openapi.json",
        "Ctrl-C stops it; what was said is kept.",
    ):
        _out.print(line, soft_wrap=True, highlight=False)


async def _load_demo(settings: Settings) -> None:
    db = Database(settings.database_url)
    try:
        await run_migrations(db)
        await demo_data.load(db, keyring=Keyring.parse(settings.keys.get_secret_value()))
    finally:
        await db.close()


async def _examine(settings: Settings) -> int:
    return sum([_show(finding) async for finding in examine(settings)])


def _show(finding: Finding) -> bool:
    """Print what was found; says whether it is wrong."""
    mark = {True: "[green]ok[/green]", False: "[red]wrong[/red]", None: "[dim]off[/dim]"}[finding.ok]
    _out.print(f"{mark:<20} {escape(f'{finding.what}: {finding.words}')}", highlight=False, soft_wrap=True)
    return finding.ok is False
