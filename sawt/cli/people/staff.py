"""`sawt staff`: manage staff accounts: the first account, invitations and rights."""

from __future__ import annotations

from typing import Annotated, Literal

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from api.clock import now
from api.staff import acts, service
from api.staff.schemas import AccountOut, GrantIn, InviteIn, ResetIn, RightOut, account_out, link_of
from sawt.cli.cli_format import place, when
from sawt.cli.cli_input import As, confirm, validated
from sawt.cli.listing import Pages, listing
from sawt.cli.printing import Printer
from sawt.context import keyring
from sawt.database import transact
from sawt.settings import configured

staff = typer.Typer(no_args_is_help=True, help="Who works here: accounts, and what each may do.")
_out, _err = Printer(), Printer(stderr=True)

Name = Annotated[str, typer.Argument(help="as they sign in")]
Rights = Annotated[list[str], typer.Argument(help="permissions, or roles such as editor or approver")]
Where = Annotated[str | None, typer.Option(help="a name, or an HCP code like 01.571; else the whole Region")]
Shown = Annotated[str | None, typer.Option("--display-name", help="as their pages greet them")]
Speaks = Annotated[Literal["ar", "fr"], typer.Option(help="of their pages")]
Role = Annotated[list[str] | None, typer.Option(help="a permission or a role; repeat it for more")]


@staff.command()
def create(name: Name, display_name: Shown = None, language: Speaks = "fr") -> None:
    """Create the first account, which has all rights. Print the link by which its owner sets it up."""
    given = validated(lambda: InviteIn(name=name, display_name=display_name, language=language))
    _say_link(name, transact(lambda session: _first(session, given)))


@staff.command()
def invite(
    name: Name, who: As, role: Role = None, province: Where = None, display_name: Shown = None, language: Speaks = "fr"
) -> None:
    """Invite a new staff member. Print the link for them, which is valid for two days."""
    given = validated(
        lambda: InviteIn(
            name=name, display_name=display_name, language=language, permissions=role or [], province=province
        )
    )
    _, token = transact(lambda session: acts.invite(session, given, who=who, keyring=keyring(), now=now()))
    _say_link(name, token)


@staff.command("list")
@listing
def list_accounts(pages: Pages) -> None:
    """List staff accounts, and what each may do."""
    pages.show(
        lambda asked: transact(lambda session: service.listed(session, asked)),
        ("name", "state", "rights", "since", "made by"),
        lambda each: _row(account_out(each)),
        nothing="none yet: sawt staff create NAME",
    )


@staff.command()
def disable(name: Name, who: As, yes: Annotated[bool, typer.Option("--yes", help="without asking")] = False) -> None:
    """Disable an account at once. 'sawt staff reset' enables it again."""
    confirm(f"Let {name} in no more?", yes=yes)
    transact(lambda session: acts.disable(session, name, who=who, now=now()))
    _err.print(f"{name} is disabled.")


@staff.command()
def reset(
    name: Name,
    who: As,
    factor: Annotated[bool, typer.Option("--factor", help="the second factor too: its owner has lost it")] = False,
) -> None:
    """Remove a password. Print the link by which the account's owner sets a new one, valid for two days."""
    given = ResetIn(factor=factor)
    _, token = transact(lambda session: acts.reset(session, name, given, who=who, keyring=keyring(), now=now()))
    _say_link(name, token)


@staff.command()
def grant(name: Name, rights: Rights, who: As, province: Where = None) -> None:
    """Grant rights to somebody else."""
    given = validated(lambda: GrantIn(permissions=rights, province=province))
    found = transact(lambda session: acts.grant(session, name, given, who=who, now=now()))
    _err.print(f"{name} has now: {shown(account_out(found).rights)}.")


@staff.command()
def revoke(name: Name, rights: Rights, who: As, province: Where = None) -> None:
    """Revoke rights."""
    given = validated(lambda: GrantIn(permissions=rights, province=province))
    found = transact(lambda session: acts.revoke(session, name, given, who=who, now=now()))
    _err.print(f"{name} has now: {shown(account_out(found).rights) or 'no right'}.")


def shown(rights: list[RightOut]) -> str:
    """Return rights in one line. Rights for the whole Region are listed without a place."""
    return ", ".join(
        f"{each.permission} ({place(each.province)})" if each.province else each.permission for each in rights
    )


async def _first(session: AsyncSession, given: InviteIn) -> str:
    names = given.display_name or given.name, given.language
    made = await service.create_first(
        session, given.name, display_name=names[0], language=names[1], keyring=keyring(), now=now()
    )
    return made[1]


def _say_link(name: str, token: str) -> None:
    _err.print(f"For {name} alone; it works once, within two days, and is not shown again:")
    _out.print(link_of(token, configured().public_url))  # to be copied whole


def _row(each: AccountOut) -> tuple[str, ...]:
    return (each.name, each.state, shown(each.rights), when(each.made_at), each.made_by)
