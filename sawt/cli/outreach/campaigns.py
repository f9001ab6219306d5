"""`sawt campaign`: create, preview, approve, schedule and launch campaigns."""

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
from sawt.cli.cli_input import As, At, confirm, parsed, read_text
from sawt.cli.examples import add_example
from sawt.cli.listing import Pages, listing
from sawt.cli.outreach.campaign_pages import pages as page_commands
from sawt.cli.outreach.campaign_preview import counts, question, show_preview
from sawt.cli.outreach.campaign_reports import following
from sawt.cli.printing import YELLOW, Printer
from sawt.context import context_in_force
from sawt.database import transact

campaign = typer.Typer(no_args_is_help=True, help="Prepare, launch and follow messages to many people.")
campaign.add_typer(following)
campaign.add_typer(page_commands)
add_example(campaign, "campaign")
_out, _err = Printer(), Printer(stderr=True)

Id = Annotated[int, typer.Argument(help="the campaign's number")]
AsJson = Annotated[bool, typer.Option("--json", help="machine-readable")]
Yes = Annotated[bool, typer.Option("--yes", help="do not ask for confirmation")]


@campaign.command()
def create(
    file: Annotated[Path, typer.Argument(help="its description, JSON or TOML; - for standard input")], who: As
) -> None:
    """Create a draft: name, purpose, consultation or texts, audience, quotas, waves."""
    data = parsed(CampaignIn, read_text(file))
    number, closed = transact(lambda session: _create(session, data, who))
    _err.print(f"Campaign {number} is a draft. Next: sawt campaign preview {number}")
    if closed:
        _err.print(f" {data.consultation} is closed: this campaign cannot be launched.", mark="note:", colour=YELLOW)
    _out.print(str(number))  # for scripts


@campaign.command("list")
@listing
def list_campaigns(pages: Pages) -> None:
    """List campaigns. Those that need action by staff come first, oldest first; then the rest, newest first."""
    pages.show(
        lambda asked: transact(lambda session: service.every(session, asked)),
        ("number", "name", "purpose", "state", "author", "launched"),
        lambda each: (str(each.id), each.name, each.purpose, each.state, each.author, when(each.launched_at)),
    )


@campaign.command()
def preview(number: Id, as_json: AsJson = False) -> None:
    """Show who would receive a campaign, who would not and why, its price and its duration."""
    estimate = transact(lambda session: _preview(session, number))
    if as_json:
        _out.json(estimate.model_dump_json(indent=2))
        return
    show_preview(estimate)


@campaign.command("report")
def show_report(number: Id, as_json: AsJson = False) -> None:
    """Show how many of a campaign's messages are in each state. "Sent" means handed to the provider, not delivered."""
    totals: Report = transact(lambda session: _report(session, number))
    if as_json:
        _out.json(totals.model_dump_json(indent=2))
        return
    counts(f"{totals.name}: {totals.state}, {counted(totals.total, 'message')}", totals.states)
    counts("reasons", totals.reasons)
    for group, rows in totals.by.items():
        for name, states in rows.items():
            counts(f"{group}: {name}", states)


@campaign.command()
def schedule(number: Id, at: At, who: As) -> None:
    """Set a future time at which the campaign is launched automatically."""
    _say(*transact(lambda session: _step(session, number, "schedule", who, at)))


@campaign.command()
def launch(number: Id, who: As, yes: Yes = False) -> None:
    """Start sending a campaign, after showing the number of people and the price."""
    if not yes:
        estimate = transact(lambda session: _preview(session, number))
        show_preview(estimate)
        confirm(question(estimate))
    _say(*transact(lambda session: _step(session, number, "launch", who, None)))


@campaign.command()
def budget(number: Id, amount: Annotated[float, typer.Argument(help="the most to spend", min=0)], who: As) -> None:
    """Set a campaign's budget. Messages that the old budget held back are sent after `sawt campaign resume`."""
    _say(number, transact(lambda session: _budget(session, number, amount, who)))


def _add_step(step: ActionName, words: str) -> None:
    def run_step(number: Id, who: As) -> None:
        changed, state = transact(lambda session: _step(session, number, step, who, None))
        _say(changed, state)
        if changed != number:
            _out.print(str(changed))  # the number of the new draft, for scripts

    campaign.command(step, help=words)(run_step)


_WORDS: Mapping[ActionName, str] = {
    "submit": "Ask for approval.",
    "unschedule": "Cancel its scheduled launch; it stays approved.",
    "approve": "Approve it; a large one must be approved by someone other than its author.",
    "pause": "Stop sending; queued messages wait.",
    "resume": "Continue where it was paused.",
    "cancel": "End it for good; messages already handed over cannot be recalled.",
    "revise": "Make it a draft again.",
    "clone": "Create a draft with the same name, texts, audience, quotas and waves.",
    "resend": "Create a draft for only those whom this campaign failed to reach.",
}
for _step_name, _step_words in _WORDS.items():
    _add_step(_step_name, _step_words)


async def _create(session: AsyncSession, data: CampaignIn, who: str) -> tuple[int, bool]:
    """Create a draft campaign; return its number, and whether its consultation is closed."""
    draft = await service.create(session, data, who=who, now=now())
    asks = draft.purpose in (INVITE, REMIND)
    consultation = await session.get(Consultation, draft.consultation_id) if asks else None
    return draft.id, consultation is not None and consultation.state == ConsultationState.CLOSED


async def _preview(session: AsyncSession, number: int) -> Preview:
    return await service.preview(session, number, kit=await context_in_force(session), now=now())


async def _report(session: AsyncSession, number: int) -> Report:
    return await report(session, number, prices=(await context_in_force(session)).rules.prices)


async def _step(session: AsyncSession, number: int, step: ActionName, who: str, at: datetime | None) -> tuple[int, str]:
    changed = await take_action(session, number, step, kit=await context_in_force(session), who=who, at=at, now=now())
    return changed.id, changed.state


async def _budget(session: AsyncSession, number: int, amount: float, who: str) -> str:
    changed = await actions.budget(
        session, number, amount=amount, kit=await context_in_force(session), who=who, now=now()
    )
    return changed.state


def _say(number: int, state: str) -> None:
    _err.print(f"Campaign {number} is {state}.")
