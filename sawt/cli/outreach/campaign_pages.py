"""`sawt campaign show` and `edit`: what is approved, as residents would get it; and writing it anew."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from api.campaigns import actions, service
from api.campaigns.reporting.approval_page import CampaignPage, page
from api.campaigns.schemas import CampaignIn
from api.clock import now
from sawt.cli.cli_format import when
from sawt.cli.cli_input import As, parsed, written
from sawt.cli.printing import Printer
from sawt.context import ruled
from sawt.database import take

pages = typer.Typer(no_args_is_help=True)
_out, _err = Printer(), Printer(stderr=True)

Id = Annotated[int, typer.Argument(help="the campaign's number")]


@pages.command()
def show(number: Id, as_json: Annotated[bool, typer.Option("--json", help="machine-readable")] = False) -> None:
    """Show all that is approved: its texts as residents get them, to whom, when, at what price, who did what."""
    found = take(lambda session: _page(session, number))
    if as_json:
        _out.json(found.model_dump_json(indent=2, by_alias=True))
        return
    for name, value in facts(found):
        _out.print(f"{name}: {value}")
    for each in found.said:
        letters = " (latin)" if each.latin else ""
        segments = f", {each.segments} SMS segments" if each.channel == "sms" else ""
        part = f", parts {each.variant:b}" if each.variant else ""
        _out.print(f"{each.channel}, {each.language}{letters}{part}{segments}:")
        _out.lines("    " + "\n".join([each.text, *(f"[{label}]" for label in each.choices)]))
    for line in found.called:
        _out.print(f"also called: {line}")
    if found.missing:
        _out.print(f"no texts: {found.missing}")
    for step in found.steps:
        _out.print(f"{when(step.at)}  {step.who}: {step.step}, {step.state} then")


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


async def _page(session: AsyncSession, number: int) -> CampaignPage:
    return await page(session, await service.get(session, number), kit=await ruled(session))


async def _edit(session: AsyncSession, number: int, given: CampaignIn, who: str) -> str:
    return (await actions.edit(session, number, given, who=who, now=now())).state
