"""`sawt round`: a vote on proposals, made of them."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from api.actors import Action
from api.authoring import preview
from api.clock import now
from api.consultations.models import Consultation
from api.consultations.schemas import Receipts
from api.consultations.voter_numbers import Numbers
from api.errors import Invalid
from api.workflows import rounds
from api.workflows.round_schemas import Kind, RoundIn, RoundWords
from sawt.cli.cli_input import As, MaybeAt, parsed, written
from sawt.cli.examples import add_example
from sawt.cli.voting.consultation_pages import told
from sawt.cli.voting.consultations import change
from sawt.context import catalogs, ruled

round_ = typer.Typer(
    no_args_is_help=True,
    help="Vote on proposals; see, open and close it as a consultation: `sawt consultation list`.",
)


@round_.callback()
def _group() -> None:
    """Vote on proposals; then it is opened, scheduled and closed by `sawt consultation`."""


add_example(round_, "round")


@round_.command()
def create(
    code: Annotated[str, typer.Argument(help="a new code; or a file that says it all, - for input")],
    who: As,
    proposals: Annotated[
        list[int] | None, typer.Argument(help="the proposals' numbers, in the order of the list; none with a file")
    ] = None,
    kind: Annotated[Kind | None, typer.Option(help="the rule of the vote; approve by default")] = None,
    most: Annotated[int | None, typer.Option(help="up_to: how many one may choose")] = None,
    total: Annotated[int | None, typer.Option(help="points: how many there are to share")] = None,
    sitting: Annotated[int | None, typer.Option(help="statements: how many before a pause; 5 by default")] = None,
    threshold: Annotated[
        int | None, typer.Option(help="votes, points, agreements, or percent (ranking), from which one is chosen")
    ] = None,
    numbers: Annotated[
        Numbers | None, typer.Option(help="voters without a phone number: any counts them; apart, required")
    ] = None,
    receipts: Annotated[
        Receipts | None, typer.Option(help="what they prove: counted with points, else checked, by default")
    ] = None,
    opens: MaybeAt = None,
    closes: MaybeAt = None,
    words: Annotated[
        Path | None, typer.Option(help='{"title": {…}, "question": {…}} instead of the usual ones; - for input')
    ] = None,
) -> None:
    """Keep a draft whose options are these proposals; the authors hear what the vote decided when it closes."""
    options: dict[str, Any] = {"kind": kind, "most": most, "total": total, "sitting": sitting, "threshold": threshold}
    options |= {"numbers": numbers, "receipts": receipts, "opens_at": _iso(opens), "closes_at": _iso(closes)}
    given = _given(code, proposals or [], {name: each for name, each in options.items() if each is not None}, words)
    change(lambda session: _create(session, given, who))
    told(given.code)


def _given(code: str, proposals: list[int], options: dict[str, Any], words: Path | None) -> RoundIn:
    """A round as the line describes it, or the file it names. Raises Invalid where both do."""
    if proposals:
        own = parsed(RoundWords, written(words)) if words else RoundWords()
        asked = {"kind": "approve", **options, "code": code, "proposals": proposals, **own.model_dump()}
        return parsed(RoundIn, json.dumps(asked))
    if options or words:
        raise Invalid("name the proposals by number, or give a file alone: it says all of it")
    return parsed(RoundIn, written(Path(code)))


async def _create(session: AsyncSession, given: RoundIn, who: str) -> Consultation:
    weigh = preview.weigh(await ruled(session))
    return await rounds.create(session, given, catalogs=catalogs(), action=Action(who, now()), weigh=weigh)


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None
