"""`sawt campaign`: create, preview and take campaigns through their life."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from api.campaigns import actions, service
from api.campaigns.action_dispatch import ActionName, take_action
from api.campaigns.audience.selection import INVITE, REMIND
from api.campaigns.reporting.report import report
from api.campaigns.reporting.schemas import Preview, Report
from api.campaigns.schemas import CampaignIn
from api.clock import now
from api.consultations.models import Consultation, ConsultationState
from sawt.cli.cli_format import counted, when
from sawt.cli.cli_input import As, At, agreed, parsed, written
from sawt.cli.examples import add_example
from sawt.cli.listing import Pages, listing
from sawt.cli.outreach.campaign_pages import pages as shown
from sawt.cli.outreach.campaign_preview import counts, question, show_preview
from sawt.cli.outreach.campaign_reports import following
from sawt.cli.printing import YELLOW, Printer
from sawt.context import ruled
from sawt.database import take

campaign = typer.Typer(no_args_is_help=True, help="Send something to many people, with care.")
campaign.add_typer(following)
campaign.add_typer(shown)
add_example(campaign, "campaign")
_out, _err = Printer(), Printer(stderr=True)

Id = Annotated[int, typer.Argument(help="the campaign's number")]
AsJson = Annotated[bool, typer.Option("--json", help="machine-readable")]
Yes = Annotated[bool, typer.Option("--yes", help="without asking")]


@campaign.command()
def create(
    file: Annotated[Path, typer.Argument(help="its description, JSON or TOML; - for standard input")], who: As
) -> None:
    """Keep a new draft: name, purpose, consultation or texts, audience, quotas, waves."""
    given = parsed(CampaignIn, written(file))
    made, closed = take(lambda session: _create(session, given, who))
    _err.print(f"Campaign {made} is kept as a draft. Next: sawt campaign preview {made}")
    if closed:
        _err.print(f" {given.consultation} is closed: this campaign cannot be launched.", mark="mind:", colour=YELLOW)
    _out.print(str(made))  # its number, for scripts


@campaign.command("list")
@listing
def list_campaigns(pages: Pages) -> None:
    """List campaigns: what waits for staff first, the oldest first; then the others, the newest first."""
    pages.show(
        lambda asked: take(lambda session: service.every(session, asked)),
        ("number", "name", "purpose", "state", "author", "launched"),
        lambda each: (str(each.id), each.name, each.purpose, each.state, each.author, when(each.launched_at)),
    )


@campaign.command()
def preview(number: Id, as_json: AsJson = False) -> None:
    """Say who would get it, who would not and why, what it costs, how long it takes."""
    found = take(lambda session: _preview(session, number))
    if as_json:
        _out.json(found.model_dump_json(indent=2))
        return
    show_preview(found)


@campaign.command("report")
def show_report(number: Id, as_json: AsJson = False) -> None:
    """Say what became of its messages. Handed over is not delivered."""
    found: Report = take(lambda session: _report(session, number))
    if as_json:
        _out.json(found.model_dump_json(indent=2))
        return
    counts(f"{found.name}: {found.state}, {counted(found.total, 'message')}", found.states)
    counts("reasons", found.reasons)
    for group, rows in found.by.items():
        for name, states in rows.items():
            counts(f"{group}: {name}", states)


@campaign.command()
def schedule(number: Id, at: At, who: As) -> None:
    """Launch it by itself at a moment to come."""
    _say(*take(lambda session: _step(session, number, "schedule", who, at)))


@campaign.command()
def launch(number: Id, who: As, yes: Yes = False) -> None:
    """Begin to send, after saying to how many people and at what price."""
    if not yes:
        found = take(lambda session: _preview(session, number))
        show_preview(found)
        agreed(question(found))
    _say(*take(lambda session: _step(session, number, "launch", who, None)))


@campaign.command()
def budget(number: Id, amount: Annotated[float, typer.Argument(help="of money, in all", min=0)], who: As) -> None:
    """Set what it may spend; what waits for money goes on at the next resume."""
    _say(number, take(lambda session: _budget(session, number, amount, who)))


def _plain(step: ActionName, words: str) -> None:
    def step_taken(number: Id, who: As) -> None:
        found, state = take(lambda session: _step(session, number, step, who, None))
        _say(found, state)
        if found != number:
            _out.print(str(found))  # the number of the new draft, for scripts

    campaign.command(step, help=words)(step_taken)


_WORDS: Mapping[ActionName, str] = {
    "submit": "Ask for approval.",
    "unschedule": "Launch it at no moment by itself; it stays approved.",
    "approve": "Approve it; above a number of people somebody else than its author does.",
    "pause": "Hold back what is still queued, at the exact place.",
    "resume": "Go on where it was paused.",
    "cancel": "End it; what was handed over cannot be taken back.",
    "revise": "Back to a draft.",
    "clone": "A new draft with the same name, texts, audience, quotas and waves.",
    "resend": "A new draft that says the same to those only whom it failed to reach.",
}
for _step_name, _step_words in _WORDS.items():
    _plain(_step_name, _step_words)


async def _create(session: AsyncSession, given: CampaignIn, who: str) -> tuple[int, bool]:
    """The number of the draft, and whether it asks people for what is closed."""
    made = await service.create(session, given, who=who, now=now())
    asked = await session.get(Consultation, made.consultation_id) if made.purpose in (INVITE, REMIND) else None
    return made.id, asked is not None and asked.state == ConsultationState.CLOSED


async def _preview(session: AsyncSession, number: int) -> Preview:
    return await service.preview(session, number, kit=await ruled(session), now=now())


async def _report(session: AsyncSession, number: int) -> Report:
    return await report(session, number, prices=(await ruled(session)).rules.prices)


async def _step(session: AsyncSession, number: int, step: ActionName, who: str, at: datetime | None) -> tuple[int, str]:
    found = await take_action(session, number, step, kit=await ruled(session), who=who, at=at, now=now())
    return found.id, found.state


async def _budget(session: AsyncSession, number: int, amount: float, who: str) -> str:
    found = await actions.budget(session, number, amount=amount, kit=await ruled(session), who=who, now=now())
    return found.state


def _say(number: int, state: str) -> None:
    _err.print(f"Campaign {number} is {state}.")
