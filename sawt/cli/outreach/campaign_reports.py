"""`sawt campaign test`, `recipients` and `watch`: test a campaign on your phone, and follow it while it runs."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, Literal

import typer

from api.campaigns.estimate import trial
from api.campaigns.estimate.schemas import TestIn, TestOut
from api.campaigns.reporting import progress, recipients
from api.campaigns.reporting.recipient import Recipient
from api.campaigns.reporting.recipients import RecipientFilter
from api.clock import MOROCCO, now
from api.db import Database
from api.outbox.states import DeliveryState
from api.text import spreadsheet
from sawt.cli.cli_format import counted, place
from sawt.cli.cli_input import As, InLanguage, OnChannel, To, validated
from sawt.cli.listing import Pages, listing
from sawt.cli.output_files import Overwrite, display_name, open_output
from sawt.cli.printing import Printer, Writable
from sawt.context import context_in_force, keyring
from sawt.database import transact, with_db

following = typer.Typer(no_args_is_help=True)
_out, _err = Printer(), Printer(stderr=True)

Id = Annotated[int, typer.Argument(help="the campaign's number")]
Channel = Annotated[Literal["sms", "telegram"] | None, typer.Option(help="only this channel")]
_SHOWN = ("resident", "address", "channel", "road", "language", "province", "state", "reason", "parts", "settled_at")


@following.command("test")
def try_text(
    number: Id,
    to: To,
    who: As,
    channel: OnChannel = None,
    language: InLanguage = None,
) -> None:
    """Send a campaign's text to your phone, marked as a test. The service must be running."""
    data = validated(lambda: TestIn(to=to, channel=channel, language=language))
    sent = asyncio.run(with_db(lambda db: send_test(db, number, data, who)))
    for each in sent:
        parts = f", {counted(each.parts, 'SMS segment')}" if each.channel == "sms" else ""
        _err.print(f"Queued a test in {each.language} on {each.road}{parts}.")


@following.command("recipients")
@listing
def list_recipients(
    pages: Pages,
    number: Id,
    state: Annotated[DeliveryState | None, typer.Option(help="only recipients in this state")] = None,
    reason: Annotated[str | None, typer.Option(help="only recipients with this reason")] = None,
    channel: Channel = None,
    file: Annotated[Path | None, typer.Option("--csv", help="write a CSV file; - for standard output")] = None,
    overwrite: Overwrite = False,
) -> None:
    """List who received a campaign and who did not, with the reason. Phone numbers are masked."""
    wanted = RecipientFilter(state, reason, channel)
    if file is None:
        pages.show(
            lambda asked: transact(
                lambda session: recipients.page(session, number, wanted, keyring=keyring(), page_request=asked)
            ),
            _SHOWN,
            lambda each: [_cell(each, name) for name in _SHOWN],
        )
        return
    with open_output(file, overwrite=overwrite) as out:
        count = asyncio.run(with_db(lambda db: write_csv(db, number, wanted, out)))
    _err.print(f"{counted(count, 'recipient is', 'recipients are')} written to {display_name(file)}.")


@following.command()
def watch(number: Id) -> None:
    """Show how many messages are in each state, after each change, until the campaign ends. Ctrl-C stops watching."""
    asyncio.run(with_db(lambda db: _watch(db, number)))


async def send_test(db: Database, number: int, data: TestIn, who: str) -> list[TestOut]:
    """Queue a test message, with the rules and keys of this installation."""
    async with db.transaction() as session:
        kit = await context_in_force(session)
        return await trial.send_test(session, number, data, who=who, kit=kit, keyring=keyring(), now=now())


async def write_csv(db: Database, number: int, wanted: RecipientFilter, out: Writable) -> int:
    """Write the recipients as CSV while they are read; return how many there are. Raises NotFound."""
    parts = await recipients.started(recipients.batches(db, number, wanted, keyring=keyring()))
    rows = -1  # do not count the header
    async for text in recipients.as_csv(parts):
        out.write(text)
        rows += spreadsheet.count(text)
    return rows


async def _watch(db: Database, number: int) -> None:
    async with db.transaction() as session:
        prices = (await context_in_force(session)).rules.prices
    first = await progress.read(db, number, prices=prices)
    async for status in progress.changes(db, number, prices=prices, first=first):
        counts = ", ".join(f"{count} {state}" for state, count in status.states.items())
        _out.print(f"{now().astimezone(MOROCCO):%H:%M:%S} {status.state}: {counts or 'nothing yet'}")


def _cell(each: Recipient, name: str) -> str:
    if name == "settled_at":
        return f"{each.settled_at.astimezone(MOROCCO):%d/%m %H:%M}" if each.settled_at else ""
    if name == "province":
        return place(each.province, none="")
    value = getattr(each, name)
    return "" if value is None else str(value)
