"""`sawt campaign test`, `recipients` and `watch`: test a campaign on your phone, and follow it while it runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from time import sleep
from typing import Annotated, Literal

import typer

from api.campaigns import transitions
from api.campaigns.estimate.schemas import TestIn, TestOut
from api.campaigns.reporting.recipient import Recipient
from api.campaigns.reporting.schemas import Report
from api.clock import MOROCCO, now
from api.errors import Unavailable
from api.outbox.states import DeliveryState
from sawt.cli import service
from sawt.cli.cli_format import counted, place
from sawt.cli.cli_input import InLanguage, OnChannel, To, validated
from sawt.cli.listing import Pages, listing
from sawt.cli.output_files import Overwrite, display_name, open_output
from sawt.cli.outreach.csv_file import copy_rows
from sawt.cli.printing import Printer
from sawt.cli.service import path

following = typer.Typer(no_args_is_help=True)
_out, _err = Printer(), Printer(stderr=True)

Id = Annotated[int, typer.Argument(help="the campaign's number")]
Channel = Annotated[Literal["sms", "telegram"] | None, typer.Option(help="only this channel")]
EVERY = 1.0  # seconds between two looks at a campaign
_SHOWN = ("resident", "address", "channel", "road", "language", "province", "state", "reason", "parts", "settled_at")


@following.command("test")
def try_text(number: Id, to: To, channel: OnChannel = None, language: InLanguage = None) -> None:
    """Send a campaign's text to your phone, marked as a test."""
    data = validated(lambda: TestIn(to=to, channel=channel, language=language))
    for each in service.post(list[TestOut], path("campaigns", number, "test"), data):
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
    wanted = {"state": state, "reason": reason, "channel": channel}
    if file is None:
        pages.show(
            service.listed(Recipient, path("campaigns", number, "recipients"), **wanted),
            _SHOWN,
            lambda each: [_cell(each, name) for name in _SHOWN],
        )
        return
    with (
        service.stream(path("campaigns", number, "recipients.csv"), **wanted) as pieces,
        open_output(file, overwrite=overwrite) as out,
    ):
        count = copy_rows(pieces, out)
    _err.print(f"{counted(count, 'recipient is', 'recipients are')} written to {display_name(file)}.")


@following.command()
def watch(number: Id) -> None:
    """Show how many messages are in each state, after each change, until the campaign ends. Ctrl-C stops watching."""
    for report in changes(path("campaigns", number, "report")):
        counts = ", ".join(f"{count} {state}" for state, count in report.states.items())
        _out.print(f"{now().astimezone(MOROCCO):%H:%M:%S} {report.state}: {counts or 'nothing yet'}")


def changes(where: str) -> Iterator[Report]:
    """Yield a campaign's report now and after each change, until the campaign ends. Waits while the service is away.

    Raises SawtError if the first report cannot be read, or if the service refuses a later one.
    """
    last = service.get(Report, where)
    yield last
    while last.state not in transitions.OVER:
        sleep(EVERY)
        try:
            current = service.get(Report, where)
        except Unavailable:
            continue
        if current != last:
            last = current
            yield last


def _cell(each: Recipient, name: str) -> str:
    if name == "settled_at":
        return f"{each.settled_at.astimezone(MOROCCO):%d/%m %H:%M}" if each.settled_at else ""
    if name == "province":
        return place(each.province, none="")
    value = getattr(each, name)
    return "" if value is None else str(value)
