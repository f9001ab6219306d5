"""`sawt resident unmask` and `unmaskings`: show a phone number in full for a stated reason, and list who did so."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from api.workflows.resident_schemas import UnmaskedOut, UnmaskIn, UnmaskingOut
from sawt.cli import service
from sawt.cli.cli_format import when
from sawt.cli.cli_input import validated
from sawt.cli.listing import Pages, listing
from sawt.cli.printing import Printer

unmasked = typer.Typer(no_args_is_help=True)
_out, _err = Printer(), Printer(stderr=True)


@unmasked.command()
def unmask(
    number: Annotated[int, typer.Argument(help="the resident's number, as in `sawt resident show`")],
    reason: Annotated[str, typer.Option(help="why you need it; the record keeps this")],
    channel: Annotated[Literal["sms", "telegram"], typer.Option(help="the channel of the address")] = "sms",
) -> None:
    """Show one phone number in full. The viewer and the reason are recorded."""
    data = validated(lambda: UnmaskIn(channel=channel, reason=reason))
    shown = service.post(UnmaskedOut, f"/residents/{number}/unmask", data)
    _out.print(shown.address)
    _err.print(f"Clear the screen by {when(shown.until)}.")


@unmasked.command()
@listing
def unmaskings(pages: Pages) -> None:
    """List who saw whose full number and why, newest first."""
    pages.show(
        service.listed(UnmaskingOut, "/residents/unmaskings"),
        ("when", "who", "whose", "on", "reason"),
        lambda each: (when(each.at), each.who, each.subject, each.channel or "", each.reason or ""),
    )
