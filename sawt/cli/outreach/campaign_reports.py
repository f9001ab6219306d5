"""`sawt campaign test`, `recipients`, `watch`: try a campaign on a phone of yours, and follow it while it runs."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, Literal

import typer

from api.campaigns.estimate import trial
from api.campaigns.estimate.trial import TestIn, TestOut
from api.campaigns.reporting import progress, recipients
from api.campaigns.reporting.recipient import Recipient
from api.campaigns.reporting.recipients import RecipientFilter
from api.clock import MOROCCO, now
from api.db import Database
from api.outbox.states import DeliveryState
from api.text import spreadsheet
from sawt.cli.cli_format import counted, place
from sawt.cli.cli_input import As, InLanguage, OnChannel, To, well_formed
from sawt.cli.listing import Pages, listing
from sawt.cli.output_files import Overwrite, opened, shown
from sawt.cli.printing import Printer, Writable
from sawt.context import keyring, ruled
from sawt.database import take, with_db

following = typer.Typer(no_args_is_help=True)
_out, _err = Printer(), Printer(stderr=True)

Id = Annotated[int, typer.Argument(help="the campaign's number")]
Channel = Annotated[Literal["sms", "telegram"] | None, typer.Option(help="only this one")]
_SHOWN = ("resident", "address", "channel", "road", "language", "province", "state", "reason", "parts", "settled_at")


@following.command("test")
def try_text(
    number: Id,
    to: To,
    who: As,
    channel: OnChannel = None,
    language: InLanguage = None,
) -> None:
    """Send its text to a phone of yours, marked as a test; the service must be running."""
    given = well_formed(lambda: TestIn(to=to, channel=channel, language=language))
    sent = asyncio.run(with_db(lambda db: send_test(db, number, given, who)))
    for each in sent:
        parts = f", {counted(each.parts, 'SMS segment')}" if each.channel == "sms" else ""
        _err.print(f"A test in {each.language} is queued on {each.road}{parts}.")


@following.command("recipients")
@listing
def list_recipients(
    pages: Pages,
    number: Id,
    state: Annotated[DeliveryState | None, typer.Option(help="only those in this state")] = None,
    reason: Annotated[str | None, typer.Option(help="only those with this reason")] = None,
    channel: Channel = None,
    file: Annotated[Path | None, typer.Option("--csv", help="write them to this file; - for standard output")] = None,
    overwrite: Overwrite = False,
) -> None:
    """Say who got it and who did not, one by one and why; numbers are masked."""
    wanted = RecipientFilter(state, reason, channel)
    if file is None:
        pages.show(
            lambda asked: take(
                lambda session: recipients.page(session, number, wanted, keyring=keyring(), page_request=asked)
            ),
            _SHOWN,
            lambda each: [_cell(each, name) for name in _SHOWN],
        )
        return
    with opened(file, overwrite=overwrite) as out:
        count = asyncio.run(with_db(lambda db: write_csv(db, number, wanted, out)))
    _err.print(f"{counted(count, 'recipient is', 'recipients are')} written to {shown(file)}.")


@following.command()
def watch(number: Id) -> None:
    """Show how many messages are in which state, at each change, until it is over; Ctrl-C stops watching only."""
    asyncio.run(with_db(lambda db: _watch(db, number)))


async def send_test(db: Database, number: int, given: TestIn, who: str) -> list[TestOut]:
    """Queue a test with the settings of this installation."""
    async with db.transaction() as session:
        kit = await ruled(session)
        return await trial.send_test(session, number, given, who=who, kit=kit, keyring=keyring(), now=now())


async def write_csv(db: Database, number: int, wanted: RecipientFilter, out: Writable) -> int:
    """Write the recipients as they come; returns how many. Raises NotFound."""
    parts = await recipients.started(recipients.batches(db, number, wanted, keyring=keyring()))
    rows = -1  # the first is of names
    async for text in recipients.as_csv(parts):
        out.write(text)
        rows += spreadsheet.count(text)
    return rows


async def _watch(db: Database, number: int) -> None:
    async with db.transaction() as session:
        prices = (await ruled(session)).rules.prices
    first = await progress.read(db, number, prices=prices)
    async for found in progress.changes(db, number, prices=prices, first=first):
        counts = ", ".join(f"{count} {state}" for state, count in found.states.items())
        _out.print(f"{now().astimezone(MOROCCO):%H:%M:%S} {found.state}: {counts or 'nothing yet'}")


def _cell(each: Recipient, name: str) -> str:
    if name == "settled_at":
        return f"{each.settled_at.astimezone(MOROCCO):%d/%m %H:%M}" if each.settled_at else ""
    if name == "province":
        return place(each.province, none="")
    value = getattr(each, name)
    return "" if value is None else str(value)
