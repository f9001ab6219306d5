"""`sawt demo`: start the service with the rehearsal network (simulated phones) and the demonstration's data."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from api.runtime import logs
from api.security.crypto import Keyring
from api.settings import Settings
from sawt.cli.printing import Printer
from sawt.cli.system.serve import Port
from sawt.compose import compose
from sawt.demo import environment, loading, staff
from sawt.demo import service as rehearsed
from sawt.migrate import migrate
from sawt.serve import bind, serve
from sawt.settings import configured, keys_of
from sawt.vault import database

_out = Printer()


def demo(
    port: Port = 8000,
    folder: Annotated[Path, typer.Option(help="where to keep the demonstration's data")] = environment.FOLDER,
) -> None:
    """Serve with the rehearsal network: a web page with two feature phones and two Telegram phones."""
    socket = bind("127.0.0.1", port)
    folder = folder.absolute()
    secrets = rehearsed.prepare(folder)
    settings = configured(lambda: rehearsed.demo_settings(folder, secrets, port=port))
    environment.write(folder, rehearsed.variables(settings))
    logs.configure(settings.log_level)
    asyncio.run(_load(settings))
    service = compose(settings)
    rehearsed.rehearse(service.app, settings, journal=folder / "rehearsal.jsonl")
    keyring = keys_of(settings)
    staff.show_codes(service.app, keyring)
    serve(service.app, socket, ready=lambda: _print_addresses(settings.public_url, folder, keyring))


def _print_addresses(url: str, folder: Path, keyring: Keyring) -> None:
    usual = folder == environment.FOLDER.absolute()
    sawt = ".venv/bin/sawt --demo" if usual else f".venv/bin/sawt --demo-in {folder}"
    for line in (
        f"Sawt is listening. The phones: {url}/rehearsal/phones",
        f"In another terminal, sign in as staff: {sawt} login author",
        f"Then, the counts: {sawt} results plan    What waits for staff: {sawt} today",
        f"The JSON API: {url}/v1, described by {url}/docs and {url}/openapi.json",
        f"The token: SAWT_API_TOKEN in {environment.file_in(folder)}",
        *staff.lines(url, keyring),
        "In this demonstration each answer counts at once; in a real vote counts move hourly, in steps of 10 ballots.",
        "Ctrl-C stops it; its data are kept.",
    ):
        _out.print(line)


async def _load(settings: Settings) -> None:
    db = database(settings)
    try:
        await migrate(db)
        await loading.load(db, keyring=Keyring.parse(settings.keys.get_secret_value()))
    finally:
        await db.close()
