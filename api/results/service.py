"""The counts of a consultation as far as they may be seen: while it is open in steps, once it is closed for good."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from api import suppression
from api.consultations import content
from api.consultations import service as consultations
from api.consultations.content import QuestionContent
from api.consultations.counts import breakdown, snapshots
from api.consultations.counts.breakdown import DIVISIONS, Division
from api.consultations.models import Consultation
from api.consultations.receipts import verification
from api.results import agents, counting
from api.results.question_results import Counted, of_question
from api.results.schemas import Results, Shown

_NONE: Mapping[str, Division] = {name: Division() for name in DIVISIONS if name != breakdown.NUMBER}


async def results(session: AsyncSession, code: str) -> Results:
    """The counts of one consultation as they may be seen now, small groups hidden.

    Complete and incomplete ballots count alike. Raises NotFound, or Altered where it is closed and its ballots do not
    fit the hash that was published any more: they are hashed each time.
    """
    consultation = await consultations.get(session, code)
    found = await _results_of(session, consultation)
    found.agents = await agents.share(session, consultation, found.ballots)
    return found


async def _results_of(session: AsyncSession, consultation: Consultation) -> Results:
    questions = await content.read(session, consultation_id=consultation.id)
    if snapshots.counts_in_steps(consultation.state, consultation.smallest_count):
        return await _in_steps(session, consultation, questions)
    ballots, complete = await counting.ballots(session, consultation.id)
    closed = consultation.state == consultations.CLOSED
    if closed and suppression.too_few(ballots, consultation.smallest_count):
        return _results(consultation, "withheld", questions, {})
    if closed:
        await verification.verify(session, consultation)
    totals, voters = await counting.totals(session, consultation.id), await counting.voters(session, consultation.id)
    return _results(
        consultation,
        "final" if closed else "live",
        questions,
        {each.id: Counted(totals.get(each.id, {}), voters=voters.get(each.id, 0)) for each in questions},
        await _divided(session, consultation, questions),
        ballots=(ballots, complete),
    )


async def _divided(
    session: AsyncSession, consultation: Consultation, questions: Sequence[QuestionContent]
) -> dict[str, Division]:
    if consultation.state == consultations.CLOSED:
        return await breakdown.kept(session, consultation.id)
    return await breakdown.divided(session, consultation, questions)


async def _in_steps(session: AsyncSession, consultation: Consultation, questions: Sequence[QuestionContent]) -> Results:
    """What was read at full hours, without any groups of people."""
    reading, found = await snapshots.shown(session, consultation.id)
    read = {number: Counted(each.counts, each.read_at, each.answered, each.answered) for number, each in found.items()}
    taking_part = (reading.ballots or None) if reading is not None else None
    return _results(consultation, "steps", questions, read, ballots=(taking_part, None))


def _results(
    consultation: Consultation,
    shown: Shown,
    questions: Sequence[QuestionContent],
    counted: Mapping[int, Counted],
    divided: Mapping[str, Division] = _NONE,
    *,
    ballots: tuple[int | None, int | None] = (None, None),
) -> Results:
    return Results(
        code=consultation.code,
        title=consultation.title,
        state=consultation.state,
        shown=shown,
        smallest_count=consultation.smallest_count,
        ballots=ballots[0],
        complete=ballots[1],
        groups={name: each.groups for name, each in divided.items()},
        questions=[
            of_question(place, each, counted.get(each.id), divided) for place, each in enumerate(questions, start=1)
        ],
    )
