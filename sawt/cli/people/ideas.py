"""`sawt idea`: list, publish, merge and decline residents' ideas."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from api.proposals.ideas import decline_reasons
from api.proposals.page_schemas import IdeaOut, IdeaPage
from api.proposals.schemas import Decline, Merge, Publish, ReasonWords
from sawt.cli import service
from sawt.cli.cli_format import place
from sawt.cli.cli_input import parsed, read_text, validated
from sawt.cli.listing import Pages, listing
from sawt.cli.printing import Printer, Table

idea = typer.Typer(no_args_is_help=True, help="Moderate residents' ideas; their authors are notified at each step.")
_out, _err = Printer(), Printer(stderr=True)

Number = Annotated[int, typer.Argument(help="the idea's number")]
AsJson = Annotated[bool, typer.Option("--json", help="machine-readable")]


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
    pages.show(
        service.listed(IdeaOut, "/ideas", state=state, theme=theme, province=province, flagged=flagged),
        ("number", "state", "theme", "province", "flags", "text"),
        _row,
    )


@idea.command()
def show(number: Number, as_json: AsJson = False) -> None:
    """Show an idea with its history, the proposal and commitment it led to, and similar ideas."""
    page = service.get(IdeaPage, f"/ideas/{number}")
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
def read(number: Number) -> None:
    """Mark an idea as read."""
    _print(service.post(IdeaOut, f"/ideas/{number}/read"))


@idea.command()
def publish(
    number: Number, text: Annotated[str | None, typer.Option(help="the text to publish instead")] = None
) -> None:
    """Publish an idea as its author wrote it, or with another text from which personal data was removed."""
    _print(service.post(IdeaOut, f"/ideas/{number}/publish", validated(lambda: Publish(text=text))))


@idea.command()
def merge(number: Number, into: Annotated[int, typer.Argument(help="the idea to merge it into")]) -> None:
    """Merge an idea into another idea. The authors of both are then authors of the other idea."""
    _print(service.post(IdeaOut, f"/ideas/{number}/merge", validated(lambda: Merge(into=into))))


@idea.command()
def decline(
    number: Number,
    reason: Annotated[str | None, typer.Option(help=f"one of: {', '.join(decline_reasons.REASONS)}")] = None,
    words: Annotated[Path | None, typer.Option(help="a JSON file: your own reason; - for standard input")] = None,
) -> None:
    """Decline an idea, with a standard reason or with a reason in your own words."""
    own = parsed(ReasonWords, read_text(words)) if words is not None else None
    data = validated(lambda: Decline(reason=None if own else reason, words=own))
    _print(service.post(IdeaOut, f"/ideas/{number}/decline", data))


def _print(changed: IdeaOut) -> None:
    _err.print(f"Idea {changed.number} is {changed.state}.")


def _row(each: IdeaOut) -> tuple[str, ...]:
    flags = ", ".join(each.flags)
    return (str(each.number), each.state, each.theme, place(each.province), flags, each.text[:60])
