"""`sawt tokens`: create, list and revoke the tokens of clients of the JSON API."""

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

tokens = typer.Typer(no_args_is_help=True, help="Manage tokens for clients of the JSON API.")
_out, _err = Printer(), Printer(stderr=True)


@tokens.command()
def create(
    name: Annotated[str, typer.Argument(help="the client's name in the audit record")],
    rights: Rights,
    who: As,
    province: Where = None,
    days: Annotated[int, typer.Option(help="days until the token expires")] = service.USUAL.days,
) -> None:
    """Create a token for a client, and print it. It cannot be shown again."""
    data = validated(lambda: TokenIn(name=name, permissions=rights, province=province, days=days))
    client, value = transact(lambda session: acts.make_token(session, data, who=who, now=now()))
    _err.print(f"Token {client.token.id} expires {when(client.token.expires_at)}. It is not shown again:")
    _out.print(value)  # on a line of its own, to be copied


@tokens.command("list")
@listing
def list_tokens(pages: Pages) -> None:
    """List tokens and their last use, newest first."""
    pages.show(
        lambda page: transact(lambda session: service.listed(session, page)),
        ("number", "name", "rights", "until", "used", "made by"),
        lambda client: _row(token_out(client)),
        nothing="no tokens",
    )


@tokens.command()
def revoke(number: Annotated[int, typer.Argument(help="the token's number")], who: As) -> None:
    """Revoke a token at once."""
    client = transact(lambda session: acts.revoke_token(session, number, who=who, now=now()))
    _err.print(f"Token {client.token.id} ({client.token.name}) is revoked.")


def _row(token: TokenOut) -> tuple[str, ...]:
    until = f"revoked {when(token.revoked_at)}" if token.revoked_at else when(token.expires_at)
    return (str(token.number), token.name, shown(token.rights), until, when(token.used_at), token.made_by)
