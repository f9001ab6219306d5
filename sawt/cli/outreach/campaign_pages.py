"""`sawt campaign show` and `edit`: what is approved, as residents would get it; and writing it anew."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from api.campaigns import actions, service, transitions
from api.campaigns.context import CampaignContext
from api.campaigns.reporting.approval_page import CampaignPage, page
from api.campaigns.schemas import CampaignIn
from api.clock import now
from api.errors import SawtError
from sawt.cli.cli_format import counted, when
from sawt.cli.cli_input import As, parsed, written
from sawt.cli.outreach.campaign_preview import price, segments
from sawt.cli.printing import Printer
from sawt.context import ruled
from sawt.database import take

pages = typer.Typer(no_args_is_help=True)
_out, _err = Printer(), Printer(stderr=True)

Id = Annotated[int, typer.Argument(help="the campaign's number")]

_DONE = {  # a step, as what somebody did
    "create": "created it", "submit": "asked for approval", "edit": "edited it", "revise": "took it back",
    "approve": "approved it", "schedule": "scheduled it", "unschedule": "took its schedule back",
    "missed": "found its moment missed", "launch": "launched it", "pause": "paused it", "resume": "resumed it",
    "finish": "finished it", "cancel": "cancelled it", "test": "sent a test", "budget": "set its budget",
}  # fmt: skip


@pages.command()
def show(number: Id, as_json: Annotated[bool, typer.Option("--json", help="machine-readable")] = False) -> None:
    """Show all that is approved: its texts as residents get them, to whom, when, at what price, who did what."""
    found, cost = take(lambda session: _page(session, number))
    if as_json:
        _out.json(found.model_dump_json(indent=2, by_alias=True))
        return
    for name, value in [*facts(found), *cost]:
        _out.print(f"{name}: {value}")
    for each in found.said:
        letters = " (latin)" if each.latin else ""
        segments = f", {counted(each.segments, 'SMS segment')}" if each.channel == "sms" else ""
        part = f", parts {each.variant:b}" if each.variant else ""
        _out.print(f"{each.channel}, {each.language}{letters}{part}{segments}:")
        _out.lines("    " + "\n".join([each.text, *(f"[{label}]" for label in each.choices)]))
    for line in found.called:
        _out.print(f"also called: {line}")
    if found.missing:
        _out.print(f"no texts: {found.missing}")
    for step in found.steps:
        _out.print(f"{when(step.at)}  {step.who} {_DONE[step.step]} ({step.state})")


@pages.command()
def edit(
    number: Id, file: Annotated[Path, typer.Argument(help="all of it as JSON; - for standard input")], who: As
) -> None:
    """Write it anew, until it is launched; what was approved needs approval again."""
    given = parsed(CampaignIn, written(file))
    state = take(lambda session: _edit(session, number, given, who))
    _err.print(f"Campaign {number} is {state}. Next: sawt campaign preview {number}")


def facts(found: CampaignPage) -> list[tuple[str, str]]:
    """What is said of it, beside its texts."""
    budget = "no limit" if found.budget is None else str(found.budget)
    return [
        ("campaign", f"{found.id} {found.name}"),
        ("state", found.state),
        ("purpose", found.purpose),
        ("author", found.author),
        ("approved by", found.approved_by or "nobody"),
        ("consultation", found.consultation or "none"),
        ("audience", found.audience_words),
        ("quotas", found.quotas_words or "none"),
        ("waves", ", ".join(f"{each.share} % after {each.after_minutes} min" for each in found.waves) or "none"),
        ("hours", found.hours),
        ("budget", budget),
        ("scheduled for", when(found.scheduled_for) or "no moment"),
        ("expires", when(found.expires_at) or "when its consultation closes, if it has one"),
    ]


async def _page(session: AsyncSession, number: int) -> tuple[CampaignPage, list[tuple[str, str]]]:
    kit = await ruled(session)
    found = await page(session, await service.get(session, number), kit=kit)
    return found, await _effort(session, found, kit)


async def _effort(session: AsyncSession, found: CampaignPage, kit: CampaignContext) -> list[tuple[str, str]]:
    """Whom it would reach, and what that costs, until it is launched; its report says so afterwards."""
    if found.state not in transitions.BEFORE_LAUNCH:
        return []
    try:
        seen = await service.preview(session, found.id, kit=kit, now=now())
    except SawtError as error:
        return [("people and price", f"not known: {error}")]
    return [("people", str(seen.recipients)), ("SMS segments", segments(seen)), ("price", price(seen))]


async def _edit(session: AsyncSession, number: int, given: CampaignIn, who: str) -> str:
    return (await actions.edit(session, number, given, who=who, now=now())).state
