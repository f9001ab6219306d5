"""`sawt agent`: let in agents of associations, who answer for people on their own phone."""

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
from sawt.cli.cli_input import As, agreed, well_formed
from sawt.cli.listing import Pages, listing
from sawt.cli.printing import Printer
from sawt.context import keyring
from sawt.database import take

agent = typer.Typer(no_args_is_help=True, help="Agents of associations, who answer for people one after another.")
_out, _err = Printer(), Printer(stderr=True)


@agent.command()
def create(
    name: Annotated[str, typer.Argument(help="the agent, or the association")],
    who: As,
    limit: Annotated[int, typer.Option(help="people a day, at most")] = 30,
    province: Annotated[str | None, typer.Option(help="where they help: a name, or an HCP code like 01.571")] = None,
) -> None:
    """Let an agent in; the code is shown this once."""
    wanted = well_formed(lambda: AgentIn(name=name, limit=limit, province=province))
    made, code = take(lambda session: service.create(session, wanted, who=who, keyring=keyring(), now=now()))
    _err.print(f"Agent {made.id} begins by writing: AGENT and this code, which is not shown again.")
    _out.print(code)  # to be copied whole


@agent.command("list")
@listing
def list_agents(pages: Pages) -> None:
    """List agents, the newest first."""
    pages.show(
        lambda asked: take(lambda session: _list(session, asked)),
        ("number", "name", "state", "province", "a day at most", "today", "phones", "refused"),
        lambda row: row,
    )


@agent.command()
def end(number: Annotated[int, typer.Argument(help="the agent's number")], who: As) -> None:
    """Let an agent in no more."""
    found = take(lambda session: service.end(session, number, who=who, now=now()))
    _err.print(f"Agent {found.id} is {found.state}.")


@agent.command()
def free(number: Annotated[int, typer.Argument(help="the agent's number")], who: As) -> None:
    """Let another phone use the code: the next that writes it. One phone holds it at a time."""
    found = take(lambda session: staff_actions.free(session, number, who=who, now=now()))
    _err.print(f"The code of agent {found.id} is held by whoever writes it next.")


@agent.command()
def void(
    number: Annotated[int, typer.Argument(help="the agent's number")],
    code: Annotated[str, typer.Argument(help="the open consultation's code")],
    who: As,
    phone: Annotated[
        int | None, typer.Option(min=1, help="only what was typed on this phone, the first being 1")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="without asking")] = False,
) -> None:
    """Take back what an agent typed: it counts no more, and its receipts say so. It cannot be undone."""
    agreed(f"Take back what agent {number} typed in {code}? It cannot be undone.", yes=yes)
    taken = take(lambda session: staff_actions.void(session, number, code=code, phone=phone, who=who, now=now()))
    _err.print(f"Ballots taken back: {taken}. To let the agent in no more: sawt agent end {number}")


async def _list(session: AsyncSession, asked: PageRequest) -> PageRows[tuple[str, ...]]:
    today = await service.people_today(session, now=now())
    return (await service.listed(session, asked)).map(lambda each: _row(each, today.get(each.id, 0)))


def _row(each: Agent, people: int) -> tuple[str, ...]:
    counts = map(str, (each.daily, people, each.phones, each.refused))
    return (str(each.id), each.name, each.state, place(each.province, none=""), *counts)
