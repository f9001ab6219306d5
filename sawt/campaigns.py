"""`sawt campaign`: create, preview and take campaigns through their life."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table

from api.campaigns import service
from api.campaigns.report import report
from api.campaigns.routes import StepName, take_step
from api.campaigns.schemas import CampaignIn, Preview, Report
from api.clock import MOROCCO, now
from api.db import Database
from api.errors import Invalid
from api.settings import Settings
from sawt.compose import kit
from sawt.database import with_db

campaign = typer.Typer(no_args_is_help=True, help="Send something to many people, with care.")
_out, _err = Console(), Console(stderr=True)

Id = Annotated[int, typer.Argument(help="the campaign's number")]
As = Annotated[str, typer.Option("--as", help="who does this; it is recorded")]
AsJson = Annotated[bool, typer.Option("--json", help="machine-readable")]
Yes = Annotated[bool, typer.Option("--yes", help="without asking")]


@campaign.command()
def create(
    file: Annotated[Path, typer.Argument(help="its description as JSON; - for standard input")], who: As
) -> None:
    """Keep a new draft: name, purpose, consultation or texts, audience."""
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
        given = CampaignIn.model_validate_json(text)
    except OSError as error:
        raise Invalid(f"cannot read {file}: {error.strerror}") from None
    except ValidationError as error:
        raise Invalid(
            "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        ) from None
    made = asyncio.run(with_db(lambda db: _create(db, given, who)))
    _err.print(f"Campaign {made} is kept as a draft. Next: sawt campaign preview {made}")
    print(made)  # noqa: T201 - its number, for scripts


@campaign.command("list")
def list_campaigns() -> None:
    """List all campaigns, the newest first."""
    table = Table("number", "name", "purpose", "state", "author", "launched")
    for row in asyncio.run(with_db(_list)):
        table.add_row(*row)
    _out.print(table)


@campaign.command()
def preview(number: Id, as_json: AsJson = False) -> None:
    """Say who would get it, who would not and why, what it costs, how long it takes."""
    found = asyncio.run(with_db(lambda db: _preview(db, number)))
    if as_json:
        print(found.model_dump_json(indent=2))  # noqa: T201
        return
    _show(found)


@campaign.command("report")
def show_report(number: Id, as_json: AsJson = False) -> None:
    """Say what became of its messages. Handed over is not delivered."""
    found: Report = asyncio.run(with_db(lambda db: _report(db, number)))
    if as_json:
        print(found.model_dump_json(indent=2))  # noqa: T201
        return
    _counts(f"{found.name}: {found.state}, {found.total} messages", found.states)
    _counts("reasons", found.reasons)
    for group, rows in found.by.items():
        for name, states in rows.items():
            _counts(f"{group}: {name}", states)


@campaign.command()
def schedule(
    number: Id, at: Annotated[datetime, typer.Argument(help="Moroccan time: 2026-12-01T10:00")], who: As
) -> None:
    """Launch it by itself at a moment to come."""
    moment = at if at.tzinfo else at.replace(tzinfo=MOROCCO)
    _say(number, asyncio.run(with_db(lambda db: _step(db, number, "schedule", who, moment))))


@campaign.command()
def launch(number: Id, who: As, yes: Yes = False) -> None:
    """Begin to send, after saying to how many people and at what price."""
    if not yes:
        found = asyncio.run(with_db(lambda db: _preview(db, number)))
        _show(found)
        if not sys.stdin.isatty():
            raise Invalid("nobody is there to say yes: use --yes")
        typer.confirm(f"Send this to {found.recipients} people?", abort=True)
    _say(number, asyncio.run(with_db(lambda db: _step(db, number, "launch", who, None))))


def _plain(step: StepName, words: str) -> None:
    def take(number: Id, who: As) -> None:
        _say(number, asyncio.run(with_db(lambda db: _step(db, number, step, who, None))))

    campaign.command(step, help=words)(take)


_WORDS: Mapping[StepName, str] = {
    "submit": "Ask for approval.",
    "approve": "Approve it; above a number of people somebody else than its author does.",
    "pause": "Hold back what is still queued, at the exact place.",
    "resume": "Go on where it was paused.",
    "cancel": "End it; what was handed over cannot be taken back.",
    "revise": "Back to a draft.",
    "clone": "A new draft with the same name, texts and audience.",
}
for _step_name, _step_words in _WORDS.items():
    _plain(_step_name, _step_words)


async def _create(db: Database, given: CampaignIn, who: str) -> int:
    async with db.transaction() as session:
        return (await service.create(session, given, who=who, now=now())).id


async def _list(db: Database) -> list[tuple[str, ...]]:
    async with db.transaction() as session:
        return [
            (str(each.id), each.name, each.purpose, each.state, each.author, _when(each.launched_at))
            for each in await service.every(session)
        ]


async def _preview(db: Database, number: int) -> Preview:
    async with db.transaction() as session:
        return await service.preview(session, number, kit=kit(Settings()), now=now())


async def _report(db: Database, number: int) -> Report:
    async with db.transaction() as session:
        return await report(session, number)


async def _step(db: Database, number: int, step: StepName, who: str, at: datetime | None) -> str:
    async with db.transaction() as session:
        await take_step(session, number, step, kit=kit(Settings()), who=who, at=at, now=now())
        return (await service.get(session, number)).state


def _when(moment: datetime | None) -> str:
    return f"{moment.astimezone(MOROCCO):%d/%m/%Y %H:%M}" if moment else ""


def _say(number: int, state: str) -> None:
    _err.print(f"Campaign {number} is {state}.")


def _show(found: Preview) -> None:
    _counts(f"{found.recipients} people would get it", {**found.by_channel, **found.by_language, **found.by_province})
    _counts("would not get it", found.excluded)
    price = "unknown" if found.price is None else f"{found.price} {found.currency} (price of {found.priced_on})"
    _out.print(f"SMS segments: {found.total_segments} {json.dumps(found.segments)}  price: {price}", highlight=False)
    done = f"{found.done_at.astimezone(MOROCCO):%d/%m/%Y %H:%M}" if found.done_at else "never, at these hours"
    _out.print(f"Sending takes {found.seconds:.0f} s; begun now it is done by {done}.", highlight=False)
    for words in found.blockers:
        _out.print(f"[red]stands against it:[/red] {words}", highlight=False)
    for words in found.warnings:
        _out.print(f"[yellow]mind:[/yellow] {words}", highlight=False)


def _counts(title: str, counts: Mapping[str, int]) -> None:
    table = Table(title=title, title_justify="left", show_header=False)
    for name, count in counts.items():
        table.add_row(name, str(count))
    _out.print(table)
