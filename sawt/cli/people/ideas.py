"""`sawt idea`: list, publish, merge and decline residents' ideas."""

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
from sawt.cli.cli_input import As, parsed, read_text
from sawt.cli.listing import Pages, listing
from sawt.cli.printing import Printer, Table
from sawt.context import catalogs, context_in_force, keyring
from sawt.database import transact

idea = typer.Typer(no_args_is_help=True, help="Moderate residents' ideas; their authors are notified at each step.")
_out, _err = Printer(), Printer(stderr=True)

Number = Annotated[int, typer.Argument(help="the idea's number")]
AsJson = Annotated[bool, typer.Option("--json", help="machine-readable")]


def kit() -> ProposalContext:
    """Return the context for moderation steps that notify authors at once."""
    return ProposalContext(catalogs(), keyring())


async def quiet_kit(session: AsyncSession) -> ProposalContext:
    """Return the context for moderation steps that may happen at night. Authors are notified only in campaign hours."""
    hours = (await context_in_force(session)).rules.hours
    return ProposalContext(catalogs(), keyring(), hours.opening)


@idea.command("list")
@listing
def list_ideas(
    pages: Pages,
    state: Annotated[str | None, typer.Option(help="received, read, merged, proposal, committed or declined")] = None,
    theme: Annotated[str | None, typer.Option(help="a theme's code")] = None,
    province: Annotated[str | None, typer.Option(help="a province's name, or HCP code like 01.571")] = None,
    flagged: Annotated[bool, typer.Option("--flagged", help="only ideas that may contain personal data")] = False,
) -> None:
    """List ideas. Unread ideas come first, oldest first; then the rest, newest first."""
    filters = {"state": state, "theme": theme, "province": lookup.province(province) if province else None}
    pages.show(
        lambda asked: transact(lambda session: search.listed(session, **filters, flagged=flagged, asked=asked)),
        ("number", "state", "theme", "province", "flags", "text"),
        _row,
    )


@idea.command()
def show(number: Number, as_json: AsJson = False) -> None:
    """Show an idea with its history, the proposal and commitment it led to, and similar ideas."""

    async def read_page(session: AsyncSession) -> IdeaPage:
        return await views.idea_page(session, await search.get(session, number))

    page = transact(read_page)
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
    similar = Table("number", "share", "state", "text", title="similar ideas", title_justify="left")
    for each in page.alike:
        similar.add_row(str(each.number), f"{each.share} %", each.state, each.text)
    _out.print(similar)


@idea.command()
def read(number: Number, who: As) -> None:
    """Mark an idea as read."""
    _run_step(lambda session: moderation.read(session, number, who=who, context=kit(), now=now()))


@idea.command()
def publish(
    number: Number, who: As, text: Annotated[str | None, typer.Option(help="the text to publish instead")] = None
) -> None:
    """Publish an idea as its author wrote it, or with another text from which personal data was removed."""
    _run_step(lambda session: moderation.publish(session, number, text=text, who=who, now=now()))


@idea.command()
def merge(number: Number, into: Annotated[int, typer.Argument(help="the idea to merge it into")], who: As) -> None:
    """Merge an idea into another idea. The authors of both are then authors of the other idea."""
    _run_step(lambda session: moderation.merge(session, number, into=into, who=who, context=kit(), now=now()))


@idea.command()
def decline(
    number: Number,
    who: As,
    reason: Annotated[str | None, typer.Option(help=f"one of: {', '.join(decline_reasons.REASONS)}")] = None,
    words: Annotated[Path | None, typer.Option(help="a JSON file: your own reason; - for standard input")] = None,
) -> None:
    """Decline an idea, with a standard reason or with a reason in your own words."""
    if words is not None:
        reason_words = parsed(ReasonWords, read_text(words)).model_dump()
    else:
        reason_words = decline_reasons.words_of(catalogs(), reason or "")
    _run_step(
        lambda session: moderation.decline(session, number, reason=reason_words, who=who, context=kit(), now=now())
    )


def _run_step(work: Callable[[AsyncSession], Awaitable[Idea]]) -> None:
    changed = transact(work)
    _err.print(f"Idea {changed.id} is {changed.state}.")


def _row(each: Idea) -> tuple[str, ...]:
    flags = ", ".join(each.flags)
    return (str(each.id), each.state, each.theme, place(each.province), flags, each.text[:60])
