"""The command `sawt`: serve, migrate, demo, invite, campaign, lanes, results, messages, words, keys, doctor."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.console import Console

from api import logs
from api.campaigns import steps
from api.clock import now
from api.consultations import service as consultations
from api.crypto import Keyring
from api.db import Database
from api.errors import NotFound, SawtError
from api.results import service as results_service
from api.results.schemas import Results
from api.settings import Settings
from sawt import demo as rehearsed
from sawt import demo_data
from sawt.campaigns import campaign
from sawt.compose import compose, kit
from sawt.database import with_db
from sawt.doctor import examine
from sawt.lanes import lanes
from sawt.migrate import migrate as run_migrations
from sawt.serve import bind, serve_many
from sawt.serve import serve as serve_app
from sawt.tables import tables
from sawt.words import messages, words

cli = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False, help=__doc__)
cli.add_typer(campaign, name="campaign")
cli.add_typer(lanes, name="lanes")
cli.add_typer(messages, name="messages")
cli.add_typer(words, name="words")
_out, _err = Console(), Console(stderr=True)

Code = Annotated[str, typer.Argument(help="the consultation's code")]
Host = Annotated[str, typer.Option(help="address to listen on")]
Port = Annotated[int, typer.Option(help="port to listen on", min=1, max=65535)]


@cli.command()
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


@cli.command()
def migrate() -> None:
    """Bring the database's tables to the newest form."""
    asyncio.run(with_db(run_migrations, migrated=False))
    _err.print("The tables are the newest.")


@cli.command()
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


@cli.command()
def invite(code: Code) -> None:
    """Queue an invitation to every consenting resident who was not asked yet."""
    queued = asyncio.run(with_db(lambda db: _invite(db, code)))
    total = sum(queued.values())
    words = ", ".join(f"{channel}: {count}" for channel, count in queued.items())
    _out.print(f"Invitations queued: {total} ({words}).")


@cli.command()
def results(
    code: Annotated[str | None, typer.Argument(help="the consultation's code; the newest by default")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="machine-readable")] = False,
) -> None:
    """Count the answers per option, province, language and channel."""
    found = asyncio.run(with_db(lambda db: _results(db, code)))
    if as_json:
        print(found.model_dump_json(indent=2))  # noqa: T201 - rich would wrap and colour it
        return
    for table in tables(found):
        _out.print(table)


@cli.command()
def keys() -> None:
    """Make a new set of keys, to be kept secret and backed up (SAWT_KEYS)."""
    print(Keyring.generate())  # noqa: T201 - a value to be copied whole


@cli.command()
def doctor() -> None:
    """Say whether every setting is there and right, and what is missing."""
    wrong = asyncio.run(_examine(Settings()))
    raise typer.Exit(1 if wrong else 0)


def main() -> None:
    """Run a command; what goes wrong is one sentence and exit code 1."""
    try:
        cli()
    except SawtError as error:
        _err.print(f"[red]{error}[/red]", highlight=False, soft_wrap=True)
        sys.exit(1)
    except ValidationError as error:
        names = ", ".join(f"SAWT_{str(each['loc'][0]).upper()}" for each in error.errors())
        _err.print(
            f"[red]These settings are not well formed: {names}. Try: sawt doctor[/red]", highlight=False, soft_wrap=True
        )
        sys.exit(1)


def _say_where(url: str) -> None:
    for line in (
        f"Sawt is listening. The phones: {url}/rehearsal/phones",
        f"The counts: .venv/bin/sawt results    The JSON API: {url}/v1, described by {url}/openapi.json",
        "Ctrl-C stops it; what was said is kept.",
    ):
        _out.print(line, soft_wrap=True, highlight=False)


async def _load_demo(settings: Settings) -> None:
    db = Database(settings.database_url)
    try:
        await run_migrations(db)
        await demo_data.load(db)
    finally:
        await db.close()


async def _invite(db: Database, code: str) -> dict[str, int]:
    async with db.transaction() as session:
        _, queued = await steps.invite(session, code, kit=kit(Settings()), who="sawt invite", now=now())
        return queued


async def _results(db: Database, code: str | None) -> Results:
    async with db.transaction() as session:
        if code is None:
            found = await consultations.every(session)
            if not found:
                raise NotFound("There is no consultation yet.")
            code = found[0][0].code
        return await results_service.results(session, code)


async def _examine(settings: Settings) -> int:
    wrong = 0
    async for finding in examine(settings):
        mark = {True: "[green]ok[/green]", False: "[red]wrong[/red]", None: "[dim]off[/dim]"}[finding.ok]
        _out.print(f"{mark:<20} {finding.what}: {finding.words}", highlight=False, soft_wrap=True)
        wrong += finding.ok is False
    return wrong


if __name__ == "__main__":
    main()
