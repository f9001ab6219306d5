"""`sawt staff`: create the first account, invite people, and grant or revoke rights."""

from __future__ import annotations

from typing import Annotated, Literal

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from api.clock import now
from api.staff import service as accounts
from api.staff.schemas import AccountOut, GrantIn, InviteIn, LinkOut, ResetIn, RightOut, link_of
from sawt.cli import service
from sawt.cli.cli_format import place, when
from sawt.cli.cli_input import confirm, validated
from sawt.cli.listing import Pages, listing
from sawt.cli.printing import Printer
from sawt.cli.service import path
from sawt.context import keyring
from sawt.database import transact
from sawt.settings import configured

staff = typer.Typer(no_args_is_help=True, help="Manage staff accounts and their rights.")
_out, _err = Printer(), Printer(stderr=True)

Name = Annotated[str, typer.Argument(help="the name to sign in with")]
Rights = Annotated[list[str], typer.Argument(help="permissions, or roles such as editor or approver")]
Where = Annotated[str | None, typer.Option(help="a province: name or HCP code (01.571); by default the whole Region")]
Shown = Annotated[str | None, typer.Option("--display-name", help="name shown on their pages")]
Speaks = Annotated[Literal["ar", "fr"], typer.Option(help="language of their pages")]
Role = Annotated[list[str] | None, typer.Option(help="a permission or a role; can be repeated")]


@staff.command()
def create(name: Name, display_name: Shown = None, language: Speaks = "fr") -> None:
    """Create the first account, with every right; print its one-time link. Needs the database and the keys."""
    data = validated(lambda: InviteIn(name=name, display_name=display_name, language=language))
    token = transact(lambda session: _create_first(session, data))
    _print_link(name, link_of(token, configured().public_url))


@staff.command()
def invite(
    name: Name, role: Role = None, province: Where = None, display_name: Shown = None, language: Speaks = "fr"
) -> None:
    """Invite somebody; print a link for that person, valid for two days."""
    data = validated(
        lambda: InviteIn(
            name=name, display_name=display_name, language=language, permissions=role or [], province=province
        )
    )
    invited = service.post(LinkOut, "/staff", data)
    _print_link(invited.name, invited.link)


@staff.command("list")
@listing
def list_accounts(pages: Pages) -> None:
    """List staff accounts and their rights."""
    pages.show(
        service.listed(AccountOut, "/staff"),
        ("name", "state", "rights", "since", "made by"),
        _row,
        nothing="no accounts yet: run sawt staff create NAME",
    )


@staff.command()
def disable(
    name: Name, yes: Annotated[bool, typer.Option("--yes", help="do not ask for confirmation")] = False
) -> None:
    """Disable an account at once; 'sawt staff reset' enables it again."""
    confirm(f"Disable the account {name}?", yes=yes)
    account = service.post(AccountOut, path("staff", name, "disable"))
    _err.print(f"{account.name} is disabled.")


@staff.command()
def reset(
    name: Name,
    factor: Annotated[
        bool, typer.Option("--factor", help="also renew the second factor, if its owner has lost it")
    ] = False,
) -> None:
    """Remove somebody's password; print a link to set a new one, valid for two days."""
    link = service.post(LinkOut, path("staff", name, "reset"), ResetIn(factor=factor))
    _print_link(link.name, link.link)


@staff.command()
def grant(name: Name, rights: Rights, province: Where = None) -> None:
    """Grant rights to another staff member."""
    data = validated(lambda: GrantIn(permissions=rights, province=province))
    account = service.post(AccountOut, path("staff", name, "grant"), data)
    _err.print(f"{account.name} now has: {shown(account.rights)}.")


@staff.command()
def revoke(name: Name, rights: Rights, province: Where = None) -> None:
    """Revoke rights of a staff member."""
    data = validated(lambda: GrantIn(permissions=rights, province=province))
    account = service.post(AccountOut, path("staff", name, "revoke"), data)
    _err.print(f"{account.name} now has: {shown(account.rights) or 'no rights'}.")


def shown(rights: list[RightOut]) -> str:
    """Return rights on one line. A right for one province is followed by the province, in brackets."""
    return ", ".join(
        f"{each.permission} ({place(each.province)})" if each.province else each.permission for each in rights
    )


async def _create_first(session: AsyncSession, data: InviteIn) -> str:
    """Create the first account. Return the token of its one-time link."""
    display_name = data.display_name or data.name
    _, token = await accounts.create_first(
        session, data.name, display_name=display_name, language=data.language, keyring=keyring(), now=now()
    )
    return token


def _print_link(name: str, link: str) -> None:
    _err.print(f"Link for {name} only. It works once, within two days, and is not shown again:")
    _out.print(link)  # on a line of its own, to be copied


def _row(account: AccountOut) -> tuple[str, ...]:
    return (account.name, account.state, shown(account.rights), when(account.made_at), account.made_by)
