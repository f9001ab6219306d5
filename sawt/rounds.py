"""`sawt round`: a vote on proposals, made of them."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from api.clock import now
from api.consultations.models import Consultation
from api.consultations.numbers import Numbers
from api.consultations.schemas import Receipts
from api.dialogue import showing
from api.rounds import service
from api.rounds.schemas import Kind, RoundIn, RoundWords
from sawt.consultation_pages import told
from sawt.consultations import change
from sawt.context import catalogs, ruled
from sawt.given import As, MaybeAt, parsed, written

round_ = typer.Typer(no_args_is_help=True, help="Vote on proposals; then it is opened and closed as a consultation.")


@round_.callback()
def _group() -> None:
    """Vote on proposals; then it is opened, scheduled and closed by `sawt consultation`."""


@round_.command()
def create(
    code: Annotated[str, typer.Argument(help="a new code for the consultation")],
    proposals: Annotated[list[int], typer.Argument(help="the proposals' numbers, in the order of the list")],
    who: As,
    kind: Annotated[Kind, typer.Option(help="the rule of the vote")] = "approve",
    most: Annotated[int | None, typer.Option(help="up_to: how many one may choose")] = None,
    total: Annotated[int | None, typer.Option(help="points: how many there are to share")] = None,
    sitting: Annotated[int | None, typer.Option(help="statements: how many before a pause; 5 by default")] = None,
    threshold: Annotated[
        int | None,
        typer.Option(help="votes, points, agreements, or percent (rank), from which one is chosen"),
    ] = None,
    numbers: Annotated[Numbers, typer.Option(help="voters without a phone number: count, apart, or not")] = "any",
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
    own = parsed(RoundWords, written(words)) if words else RoundWords()
    rules = {"most": most, "total": total, "sitting": sitting, "threshold": threshold}
    times = {"opens_at": _iso(opens), "closes_at": _iso(closes)}
    asked = {"code": code, "proposals": proposals, "kind": kind, **rules, **times, **own.model_dump()}
    asked |= {"receipts": receipts, "numbers": numbers}
    given = parsed(RoundIn, json.dumps(asked))
    change(lambda session: _create(session, given, who))
    told(code)


async def _create(session: AsyncSession, given: RoundIn, who: str) -> Consultation:
    weigh = showing.weigh(await ruled(session))
    return await service.create(session, given, catalogs=catalogs(), who=who, now=now(), weigh=weigh)


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None
