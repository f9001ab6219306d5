"""`sawt agent`: manage agents of associations, who use their own phone to answer on behalf of other people."""

from __future__ import annotations

from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from api.agents import service, staff_actions
from api.agents.models import Agent
from api.agents.schemas import AgentIn
from api.clock import now
from api.pagination import PageRequest, PageRows
from sawt.cli.cli_format import place
from sawt.cli.cli_input import As, confirm, validated
from sawt.cli.listing import Pages, listing
from sawt.cli.printing import Printer
from sawt.context import keyring
from sawt.database import transact

agent = typer.Typer(no_args_is_help=True, help="Manage agents of associations, who answer on behalf of people.")
_out, _err = Printer(), Printer(stderr=True)


@agent.command()
def create(
    name: Annotated[str, typer.Argument(help="name of the agent or association")],
    who: As,
    limit: Annotated[int, typer.Option(help="people a day, at most")] = 30,
    province: Annotated[str | None, typer.Option(help="where they help: a name, or an HCP code like 01.571")] = None,
) -> None:
    """Register an agent, and print the agent's code. It is shown only once."""
    wanted = validated(lambda: AgentIn(name=name, limit=limit, province=province))
    registered, code = transact(lambda session: service.create(session, wanted, who=who, keyring=keyring(), now=now()))
    _err.print(f"Agent {registered.id} starts by sending AGENT and this code, which is not shown again.")
    _out.print(code)  # on one line, to be copied


@agent.command("list")
@listing
def list_agents(pages: Pages) -> None:
    """List agents, newest first."""
    pages.show(
        lambda asked: transact(lambda session: _list(session, asked)),
        ("number", "name", "state", "province", "a day at most", "today", "phones", "refused"),
        lambda row: row,
    )


@agent.command()
def end(number: Annotated[int, typer.Argument(help="the agent's number")], who: As) -> None:
    """End an agent's access."""
    ended = transact(lambda session: service.end(session, number, who=who, now=now()))
    _err.print(f"Agent {ended.id} is {ended.state}.")


@agent.command()
def free(number: Annotated[int, typer.Argument(help="the agent's number")], who: As) -> None:
    """Release an agent's code, so that the next phone that sends it can use it.

    Only one phone at a time can use a code.
    """
    freed = transact(lambda session: staff_actions.free(session, number, who=who, now=now()))
    _err.print(f"The next phone that sends the code of agent {freed.id} can use it.")


@agent.command()
def void(
    number: Annotated[int, typer.Argument(help="the agent's number")],
    code: Annotated[str, typer.Argument(help="the open consultation's code")],
    who: As,
    phone: Annotated[int | None, typer.Option(min=1, help="only what was typed on this phone; the first is 1")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask for confirmation")] = False,
) -> None:
    """Withdraw the ballots an agent typed. They no longer count, and their receipts say so. Cannot be undone."""
    confirm(f"Withdraw the ballots that agent {number} typed in {code}? It cannot be undone.", yes=yes)
    taken = transact(lambda session: staff_actions.void(session, number, code=code, phone=phone, who=who, now=now()))
    _err.print(f"Ballots withdrawn: {taken}. To end the agent's access: sawt agent end {number}")


async def _list(session: AsyncSession, asked: PageRequest) -> PageRows[tuple[str, ...]]:
    today = await service.people_today(session, now=now())
    return (await service.listed(session, asked)).map(lambda each: _row(each, today.get(each.id, 0)))


def _row(each: Agent, people: int) -> tuple[str, ...]:
    counts = map(str, (each.daily, people, each.phones, each.refused))
    return (str(each.id), each.name, each.state, place(each.province, none=""), *counts)
