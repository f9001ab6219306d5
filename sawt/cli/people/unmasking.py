"""`sawt resident unmask` and `unmaskings`: show a phone number in full for a stated reason, and list who did so."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from api.actors import Action
from api.clock import now
from api.workflows import unmasking
from sawt.cli.cli_format import when
from sawt.cli.cli_input import As
from sawt.cli.listing import Pages, listing
from sawt.cli.printing import Printer
from sawt.context import keyring
from sawt.database import transact

unmasked = typer.Typer(no_args_is_help=True)
_out, _err = Printer(), Printer(stderr=True)


@unmasked.command()
def unmask(
    number: Annotated[int, typer.Argument(help="the resident's number, as in `sawt resident show`")],
    reason: Annotated[str, typer.Option(help="why you need it; the record keeps this")],
    by: As,
    channel: Annotated[Literal["sms", "telegram"], typer.Option(help="the channel of the address")] = "sms",
) -> None:
    """Show one phone number in full. The viewer and the reason are recorded."""
    shown = transact(
        lambda session: unmasking.unmask(
            session, number, channel=channel, reason=reason, action=Action(by, now()), keyring=keyring()
        )
    )
    _out.print(shown.address)
    _err.print(f"Clear the screen by {when(shown.until)}.")


@unmasked.command()
@listing
def unmaskings(pages: Pages) -> None:
    """List who saw whose full number and why, newest first."""
    pages.show(
        lambda asked: transact(lambda session: unmasking.listed(session, asked)),
        ("when", "who", "whose", "on", "reason"),
        lambda each: (when(each.at), each.who, each.subject, each.about or "", each.reason or ""),
    )
