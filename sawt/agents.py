"""`sawt agent`: let in agents of associations, who answer for people on their own phone."""

from __future__ import annotations

from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from api.agents import service
from api.agents.schemas import AgentIn
from api.clock import now
from sawt.context import keyring
from sawt.database import take
from sawt.given import As, well_formed
from sawt.printing import Printer, Table

agent = typer.Typer(no_args_is_help=True, help="Agents of associations, who answer for people one after another.")
_out, _err = Printer(), Printer(stderr=True)


@agent.command()
def create(
    name: Annotated[str, typer.Argument(help="the agent, or the association")],
    who: As,
    limit: Annotated[int, typer.Option(help="people a day, at most")] = 30,
    province: Annotated[str | None, typer.Option(help="HCP code of where they help, like 01.571")] = None,
) -> None:
    """Let an agent in; the code is shown this once."""
    wanted = well_formed(lambda: AgentIn(name=name, limit=limit, province=province, who=who))
    made, code = take(lambda session: service.create(session, wanted, keyring=keyring(), now=now()))
    _err.print(f"Agent {made.id} begins by writing: AGENT and this code, which is not shown again.")
    _out.print(code)  # to be copied whole


@agent.command("list")
def list_agents() -> None:
    """List all agents, the newest first."""
    table = Table("number", "name", "state", "province", "a day at most", "today")
    for row in take(_list):
        table.add_row(*row)
    _out.print(table)


@agent.command()
def end(number: Annotated[int, typer.Argument(help="the agent's number")]) -> None:
    """Let an agent in no more."""
    found = take(lambda session: service.end(session, number))
    _err.print(f"Agent {found.id} is {found.state}.")


async def _list(session: AsyncSession) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    today = await service.people_today(session, now=now())
    for each in await service.every(session):
        people = today.get(each.id, 0)
        rows.append((str(each.id), each.name, each.state, each.province or "", str(each.daily), str(people)))
    return rows
