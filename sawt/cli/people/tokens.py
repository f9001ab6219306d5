"""`sawt tokens`: manage the tokens with which clients of the JSON API sign in."""

from __future__ import annotations

from typing import Annotated

import typer

from api.clock import now
from api.staff import acts
from api.staff import tokens as service
from api.staff.schemas import TokenIn, TokenOut, token_out
from sawt.cli.cli_format import when
from sawt.cli.cli_input import As, validated
from sawt.cli.listing import Pages, listing
from sawt.cli.people.staff import Rights, Where, shown
from sawt.cli.printing import Printer
from sawt.database import transact

tokens = typer.Typer(no_args_is_help=True, help="What clients of the JSON API sign in with.")
_out, _err = Printer(), Printer(stderr=True)


@tokens.command()
def create(
    name: Annotated[str, typer.Argument(help="the client, as records write it")],
    rights: Rights,
    who: As,
    province: Where = None,
    days: Annotated[int, typer.Option(help="how long it lasts")] = service.USUAL.days,
) -> None:
    """Create a token for a client. It is shown only once."""
    given = validated(lambda: TokenIn(name=name, permissions=rights, province=province, days=days))
    made, value = transact(lambda session: acts.make_token(session, given, who=who, now=now()))
    _err.print(f"Token {made.token.id} lasts until {when(made.token.expires_at)}; it is not shown again:")
    _out.print(value)  # to be copied whole


@tokens.command("list")
@listing
def list_tokens(pages: Pages) -> None:
    """List tokens, the newest first, and when each was last used."""
    pages.show(
        lambda asked: transact(lambda session: service.listed(session, asked)),
        ("number", "name", "rights", "until", "used", "made by"),
        lambda each: _row(token_out(each)),
        nothing="none",
    )


@tokens.command()
def revoke(number: Annotated[int, typer.Argument(help="the token's number")], who: As) -> None:
    """Revoke a token at once."""
    found = transact(lambda session: acts.revoke_token(session, number, who=who, now=now()))
    _err.print(f"Token {found.token.id} ({found.token.name}) lets nobody in.")


def _row(each: TokenOut) -> tuple[str, ...]:
    until = f"revoked {when(each.revoked_at)}" if each.revoked_at else when(each.expires_at)
    return (str(each.number), each.name, shown(each.rights), until, when(each.used_at), each.made_by)
