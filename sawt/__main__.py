"""The command `sawt`: serve, migrate, demo, and a group of commands for each thing staff deal with."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from pydantic import ValidationError
from pydantic_settings import SettingsError
from rich.console import Console
from sqlalchemy.ext.asyncio import AsyncSession

from api.campaigns import steps
from api.clock import now
from api.consultations import service as consultations
from api.errors import NotFound, SawtError
from api.results import service as results_service
from api.results.schemas import Results
from api.settings import Settings
from sawt.agents import agent
from sawt.attending import attending
from sawt.campaigns import campaign
from sawt.commitments import commitment
from sawt.compose import kit
from sawt.consultations import consultation
from sawt.database import take
from sawt.desk import desk
from sawt.doubles import doubling
from sawt.findings import faults
from sawt.following import following
from sawt.ideas import idea
from sawt.lanes import lanes
from sawt.meetings import meeting
from sawt.operating import operating
from sawt.proposals import proposal
from sawt.residents import resident
from sawt.road_commands import roads
from sawt.rounds import round_
from sawt.tables import tables
from sawt.today import today
from sawt.words import messages, words

cli = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False, help=__doc__)
cli.add_typer(operating)
campaign.add_typer(following)
meeting.add_typer(attending)
resident.add_typer(doubling)
cli.add_typer(campaign, name="campaign")
cli.add_typer(commitment, name="commitment")
cli.add_typer(consultation, name="consultation")
cli.add_typer(agent, name="agent")
cli.add_typer(desk, name="desk")
cli.add_typer(idea, name="idea")
cli.add_typer(lanes, name="lanes")
cli.add_typer(meeting, name="meeting")
cli.add_typer(roads, name="roads")
cli.add_typer(messages, name="messages")
cli.add_typer(proposal, name="proposal")
cli.add_typer(resident, name="resident")
cli.add_typer(round_, name="round")
cli.add_typer(words, name="words")
cli.command()(today)
_out, _err = Console(), Console(stderr=True)

Code = Annotated[str, typer.Argument(help="the consultation's code")]


@cli.command()
def invite(code: Code) -> None:
    """Queue an invitation to every consenting resident who was not asked yet."""
    queued = take(lambda session: _invite(session, code))
    total = sum(queued.values())
    words = ", ".join(f"{channel}: {count}" for channel, count in queued.items())
    _out.print(f"Invitations queued: {total} ({words}).")


@cli.command()
def results(
    code: Annotated[str | None, typer.Argument(help="the consultation's code; the newest by default")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="machine-readable")] = False,
) -> None:
    """Count the answers per option, province, language and channel."""
    found = take(lambda session: _results(session, code))
    if as_json:
        typer.echo(found.model_dump_json(indent=2))  # rich would wrap and colour it
        return
    for table in tables(found):
        _out.print(table)


def main() -> None:
    """Run a command; what goes wrong is one sentence and exit code 1."""
    try:
        cli()
    except SawtError as error:
        _err.print(f"[red]{error}[/red]", highlight=False, soft_wrap=True)
        sys.exit(1)
    except (ValidationError, SettingsError) as error:
        names = ", ".join(dict.fromkeys(each.what for each in faults(error)))
        _err.print(f"[red]Not well formed: {names}. Try: sawt doctor[/red]", highlight=False, soft_wrap=True)
        sys.exit(1)


async def _invite(session: AsyncSession, code: str) -> dict[str, int]:
    _, queued = await steps.invite(session, code, kit=kit(Settings()), who="sawt invite", now=now())
    return queued


async def _results(session: AsyncSession, code: str | None) -> Results:
    if code is None:
        found = await consultations.every(session)
        if not found:
            raise NotFound("There is no consultation yet.")
        code = found[0][0].code
    return await results_service.results(session, code)


if __name__ == "__main__":
    main()
