"""`sawt agent`: manage agents of associations, who use their own phone to answer on behalf of other people."""

from __future__ import annotations

from typing import Annotated

import typer

from api.agents.schemas import AgentIn, AgentOut, NewAgent, VoidIn, VoidOut
from sawt.cli import service
from sawt.cli.cli_format import place
from sawt.cli.cli_input import confirm, validated
from sawt.cli.listing import Pages, listing
from sawt.cli.printing import Printer

agent = typer.Typer(no_args_is_help=True, help="Manage agents of associations, who answer on behalf of people.")
_out, _err = Printer(), Printer(stderr=True)

Number = Annotated[int, typer.Argument(help="the agent's number")]


@agent.command()
def create(
    name: Annotated[str, typer.Argument(help="name of the agent or association")],
    limit: Annotated[int, typer.Option(help="people a day, at most")] = 30,
    province: Annotated[str | None, typer.Option(help="where they help: a name, or an HCP code like 01.571")] = None,
) -> None:
    """Register an agent, and print the agent's code. It is shown only once."""
    wanted = validated(lambda: AgentIn(name=name, limit=limit, province=province))
    registered = service.post(NewAgent, "/agents", wanted)
    _err.print(f"Agent {registered.number} starts by sending AGENT and this code, which is not shown again.")
    _out.print(registered.code)  # on one line, to be copied


@agent.command("list")
@listing
def list_agents(pages: Pages) -> None:
    """List agents, newest first."""
    pages.show(
        service.listed(AgentOut, "/agents"),
        ("number", "name", "state", "province", "a day at most", "today", "phones", "refused"),
        _row,
    )


@agent.command()
def end(number: Number) -> None:
    """End an agent's access."""
    ended = service.post(AgentOut, f"/agents/{number}/end")
    _err.print(f"Agent {ended.number} is {ended.state}.")


@agent.command()
def free(number: Number) -> None:
    """Release an agent's code, so that the next phone that sends it can use it.

    Only one phone at a time can use a code.
    """
    freed = service.post(AgentOut, f"/agents/{number}/free")
    _err.print(f"The next phone that sends the code of agent {freed.number} can use it.")


@agent.command()
def void(
    number: Number,
    code: Annotated[str, typer.Argument(help="the open consultation's code")],
    phone: Annotated[int | None, typer.Option(min=1, help="only what was typed on this phone; the first is 1")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask for confirmation")] = False,
) -> None:
    """Withdraw the ballots an agent typed. They no longer count, and their receipts say so. Cannot be undone."""
    confirm(f"Withdraw the ballots that agent {number} typed in {code}? It cannot be undone.", yes=yes)
    wanted = validated(lambda: VoidIn(consultation=code, phone=phone))
    taken = service.post(VoidOut, f"/agents/{number}/void", wanted).taken_back
    _err.print(f"Ballots withdrawn: {taken}. To end the agent's access: sawt agent end {number}")


def _row(each: AgentOut) -> tuple[str, ...]:
    counts = map(str, (each.limit, each.today, each.phones, each.refused))
    return (str(each.number), each.name, each.state, place(each.province, none=""), *counts)
