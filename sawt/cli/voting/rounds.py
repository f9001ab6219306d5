"""`sawt round`: create a vote on proposals."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from api.consultations.schemas import ConsultationOut, Receipts
from api.consultations.voter_numbers import Numbers
from api.errors import Invalid
from api.workflows.round_schemas import Kind, RoundIn, RoundWords
from sawt.cli import service
from sawt.cli.cli_input import MaybeAt, parsed, read_text
from sawt.cli.examples import add_example
from sawt.cli.voting.consultation_pages import print_notes
from sawt.cli.voting.consultations import print_state

round_ = typer.Typer(
    no_args_is_help=True,
    help="Prepare a vote on proposals; list, open and close it with `sawt consultation`.",
)


@round_.callback()
def _group() -> None:
    """Prepare a vote on proposals; list, open and close it with `sawt consultation`."""


add_example(round_, "round")


@round_.command()
def create(
    code: Annotated[str, typer.Argument(help="a new code; or a file with the whole description, - for standard input")],
    proposals: Annotated[
        list[int] | None, typer.Argument(help="the proposals' numbers, in the order of the list; omit with a file")
    ] = None,
    kind: Annotated[Kind | None, typer.Option(help="the kind of vote; approve by default")] = None,
    most: Annotated[int | None, typer.Option(help="up_to: how many options a voter may choose")] = None,
    total: Annotated[int | None, typer.Option(help="points: how many a voter shares out")] = None,
    sitting: Annotated[int | None, typer.Option(help="statements: how many at a time; 5 by default")] = None,
    threshold: Annotated[
        int | None, typer.Option(help="chosen from this many votes, points, agreements, or percent (ranking)")
    ] = None,
    numbers: Annotated[
        Numbers | None,
        typer.Option(help="voters without a phone number: any counts them, apart shows them separately"),
    ] = None,
    receipts: Annotated[
        Receipts | None, typer.Option(help="what receipts prove; by default counted with points, else checked")
    ] = None,
    opens: MaybeAt = None,
    closes: MaybeAt = None,
    words: Annotated[
        Path | None,
        typer.Option(help='{"title": {…}, "question": {…}} instead of the defaults; - for standard input'),
    ] = None,
) -> None:
    """Create a draft vote whose options are the given proposals. When it closes, the authors learn the result."""
    options: dict[str, Any] = {"kind": kind, "most": most, "total": total, "sitting": sitting, "threshold": threshold}
    options |= {"numbers": numbers, "receipts": receipts, "opens_at": _iso(opens), "closes_at": _iso(closes)}
    data = _description(code, proposals or [], {key: each for key, each in options.items() if each is not None}, words)
    print_state(service.post(ConsultationOut, "/rounds", data))
    print_notes(data.code)


def _description(code: str, proposals: list[int], options: dict[str, Any], words: Path | None) -> RoundIn:
    """Return the vote that the command line or the file describes. Raises Invalid if both describe it."""
    if proposals:
        texts = parsed(RoundWords, read_text(words)) if words else RoundWords()
        description = {"kind": "approve", **options, "code": code, "proposals": proposals, **texts.model_dump()}
        return parsed(RoundIn, json.dumps(description))
    if options or words:
        raise Invalid("pass the proposals' numbers and options, or a file alone")
    return parsed(RoundIn, read_text(Path(code)))


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None
