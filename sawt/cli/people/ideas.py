"""`sawt idea`: read, publish, merge and decline what residents send in."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from api.clock import now
from api.proposals import pages as views
from api.proposals.context import ProposalContext
from api.proposals.ideas import decline_reasons, moderation, search
from api.proposals.models import Idea
from api.proposals.page_schemas import IdeaPage
from api.proposals.schemas import ReasonWords
from api.region import lookup
from sawt.cli.cli_format import place
from sawt.cli.cli_input import As, parsed, written
from sawt.cli.listing import Pages, listing
from sawt.cli.printing import Printer, Table
from sawt.context import catalogs, keyring, ruled
from sawt.database import take

idea = typer.Typer(no_args_is_help=True, help="Moderate what residents send in; authors are told at each step.")
_out, _err = Printer(), Printer(stderr=True)

Number = Annotated[int, typer.Argument(help="the idea's number")]
AsJson = Annotated[bool, typer.Option("--json", help="machine-readable")]


def kit() -> ProposalContext:
    """What telling authors needs, on the command line."""
    return ProposalContext(catalogs(), keyring())


async def quiet_kit(session: AsyncSession) -> ProposalContext:
    """The same, for what may happen at night: authors hear of it within the hours of campaigns."""
    hours = (await ruled(session)).rules.hours
    return ProposalContext(catalogs(), keyring(), hours.opening)


@idea.command("list")
@listing
def list_ideas(
    pages: Pages,
    state: Annotated[str | None, typer.Option(help="received, read, merged, proposal, committed or declined")] = None,
    theme: Annotated[str | None, typer.Option(help="a theme's code")] = None,
    province: Annotated[str | None, typer.Option(help="its name, or an HCP code like 01.571")] = None,
    flagged: Annotated[bool, typer.Option("--flagged", help="those that may hold personal data")] = False,
) -> None:
    """List ideas: those nobody has read first, the oldest of them first; then the others, the newest first."""
    wanted = {"state": state, "theme": theme, "province": lookup.province(province) if province else None}
    pages.show(
        lambda asked: take(lambda session: search.listed(session, **wanted, flagged=flagged, asked=asked)),
        ("number", "state", "theme", "province", "flags", "text"),
        _row,
    )


@idea.command()
def show(number: Number, as_json: AsJson = False) -> None:
    """Show one with its chain, what was done with it, and the ideas that resemble it beside it."""

    async def found(session: AsyncSession) -> IdeaPage:
        return await views.idea_page(session, await search.get(session, number))

    page = take(found)
    if as_json:
        _out.json(page.model_dump_json(indent=2))
        return
    facts = page.model_dump(mode="json", exclude={"alike", "steps", "province_name"})
    facts["province"] = place(page.province)
    table = Table(title=f"Idea {number}", title_justify="left", show_header=False)
    for name, value in facts.items():
        table.add_row(name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
    for step in page.steps:
        table.add_row(f"{step.at:%d/%m/%Y %H:%M}", f"{step.step} → {step.state}, by {step.who}")
    _out.print(table)
    beside = Table("number", "share", "state", "text", title="alike", title_justify="left")
    for each in page.alike:
        beside.add_row(str(each.number), f"{each.share} %", each.state, each.text)
    _out.print(beside)


@idea.command()
def read(number: Number, who: As) -> None:
    """Say that it was read."""
    _take(lambda session: moderation.read(session, number, who=who, context=kit(), now=now()))


@idea.command()
def publish(
    number: Number, who: As, text: Annotated[str | None, typer.Option(help="what everybody reads instead")] = None
) -> None:
    """Let everybody read it, without what is personal."""
    _take(lambda session: moderation.publish(session, number, text=text, who=who, now=now()))


@idea.command()
def merge(number: Number, into: Annotated[int, typer.Argument(help="the idea that takes it up")], who: As) -> None:
    """Merge it into another one; its authors become authors of that one too."""
    _take(lambda session: moderation.merge(session, number, into=into, who=who, context=kit(), now=now()))


@idea.command()
def decline(
    number: Number,
    who: As,
    reason: Annotated[str | None, typer.Option(help=f"one of: {', '.join(decline_reasons.REASONS)}")] = None,
    words: Annotated[Path | None, typer.Option(help="your own, as JSON in three languages; - for input")] = None,
) -> None:
    """Decline it, for a usual reason or one of your own."""
    if words is not None:
        own = parsed(ReasonWords, written(words)).model_dump()
    else:
        own = decline_reasons.words_of(catalogs(), reason or "")
    _take(lambda session: moderation.decline(session, number, reason=own, who=who, context=kit(), now=now()))


def _take(work: Callable[[AsyncSession], Awaitable[Idea]]) -> None:
    found = take(work)
    _err.print(f"Idea {found.id} is {found.state}.")


def _row(each: Idea) -> tuple[str, ...]:
    flags = ", ".join(each.flags)
    return (str(each.id), each.state, each.theme, place(each.province), flags, each.text[:60])
