"""`sawt tokens`: create, list and revoke the tokens of clients of the JSON API."""

from __future__ import annotations

from typing import Annotated

import typer

from api.staff.schemas import NewToken, TokenIn, TokenOut
from sawt.cli import service
from sawt.cli.cli_format import when
from sawt.cli.cli_input import validated
from sawt.cli.listing import Pages, listing
from sawt.cli.people.staff import Rights, Where, shown
from sawt.cli.printing import Printer
from sawt.cli.service import path

tokens = typer.Typer(no_args_is_help=True, help="Manage tokens for clients of the JSON API.")
_out, _err = Printer(), Printer(stderr=True)
_USUAL: int = TokenIn.model_fields["days"].default


@tokens.command()
def create(
    name: Annotated[str, typer.Argument(help="the client's name in the audit record")],
    rights: Rights,
    province: Where = None,
    days: Annotated[int, typer.Option(help="days until the token expires")] = _USUAL,
) -> None:
    """Create a token for a client, and print it. It cannot be shown again."""
    data = validated(lambda: TokenIn(name=name, permissions=rights, province=province, days=days))
    created = service.post(NewToken, "/tokens", data)
    _err.print(f"Token {created.number} expires {when(created.expires_at)}. It is not shown again:")
    _out.print(created.token)  # on a line of its own, to be copied


@tokens.command("list")
@listing
def list_tokens(pages: Pages) -> None:
    """List tokens and their last use, newest first."""
    pages.show(
        service.listed(TokenOut, "/tokens"),
        ("number", "name", "rights", "until", "used", "made by"),
        _row,
        nothing="no tokens",
    )


@tokens.command()
def revoke(number: Annotated[int, typer.Argument(help="the token's number")]) -> None:
    """Revoke a token at once."""
    revoked = service.post(TokenOut, path("tokens", number, "revoke"))
    _err.print(f"Token {revoked.number} ({revoked.name}) is revoked.")


def _row(token: TokenOut) -> tuple[str, ...]:
    until = f"revoked {when(token.revoked_at)}" if token.revoked_at else when(token.expires_at)
    return (str(token.number), token.name, shown(token.rights), until, when(token.used_at), token.made_by)
