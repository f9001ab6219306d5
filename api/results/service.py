"""Return the counts of a consultation that may be shown: in steps while it is open, final after closing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from api import suppression
from api.consultations import content
from api.consultations import service as consultations
from api.consultations.content import QuestionContent
from api.consultations.counts import breakdown, snapshots
from api.consultations.counts.breakdown import DIVISIONS, Division
from api.consultations.models import Consultation, ConsultationState
from api.consultations.receipts import verification
from api.results import agents, counting
from api.results.question_results import Counted, question_results
from api.results.schemas import Results, Shown

_NONE: Mapping[str, Division] = {name: Division() for name in DIVISIONS if name != breakdown.NUMBER}


async def results(session: AsyncSession, code: str) -> Results:
    """Return the counts of one consultation that may be shown now. Small groups are hidden.

    Complete and incomplete ballots count alike. Raises NotFound, or Altered if the ballots of a closed consultation no
    longer match the published hash.
    """
    consultation = await consultations.get(session, code)
    counts = await _results_of(session, consultation)
    counts.agents = await agents.share(session, consultation, counts.ballots)
    return counts


async def _results_of(session: AsyncSession, consultation: Consultation) -> Results:
    questions = await content.read(session, consultation_id=consultation.id)
    if snapshots.counts_in_steps(consultation.state, consultation.smallest_count):
        return await _in_steps(session, consultation, questions)
    ballots = await counting.ballots(session, consultation.id)
    closed = consultation.state == ConsultationState.CLOSED
    if closed and suppression.too_few(ballots.cast, consultation.smallest_count):
        return _results(consultation, "withheld", questions, {})
    if closed:
        await verification.verify(session, consultation)
    totals, voters = await counting.totals(session, consultation.id), await counting.voters(session, consultation.id)
    return _results(
        consultation,
        "final" if closed else "live",
        questions,
        {each.id: Counted(totals.get(each.id, {}), voters=voters.get(each.id, 0)) for each in questions},
        await _divisions(session, consultation, questions),
        ballots=ballots.cast,
        complete=ballots.complete,
    )


async def _divisions(
    session: AsyncSession, consultation: Consultation, questions: Sequence[QuestionContent]
) -> dict[str, Division]:
    if consultation.state == ConsultationState.CLOSED:
        return await breakdown.stored(session, consultation.id)
    return await breakdown.divide(session, consultation, questions)


async def _in_steps(session: AsyncSession, consultation: Consultation, questions: Sequence[QuestionContent]) -> Results:
    """Return the results from the latest snapshots, without a division into groups."""
    newest = await snapshots.newest(session, consultation.id)
    counted = {
        question_id: Counted(each.counts, each.read_at, each.answered, each.answered)
        for question_id, each in newest.questions.items()
    }
    ballots = (newest.participation.ballots or None) if newest.participation is not None else None
    return _results(consultation, "steps", questions, counted, ballots=ballots)


def _results(
    consultation: Consultation,
    shown: Shown,
    questions: Sequence[QuestionContent],
    counted: Mapping[int, Counted],
    divisions: Mapping[str, Division] = _NONE,
    *,
    ballots: int | None = None,
    complete: int | None = None,
) -> Results:
    return Results(
        code=consultation.code,
        title=consultation.title,
        state=consultation.state,
        shown=shown,
        smallest_count=consultation.smallest_count,
        ballots=ballots,
        complete=complete,
        groups={name: each.groups for name, each in divisions.items()},
        questions=[
            question_results(place, each, counted.get(each.id), divisions)
            for place, each in enumerate(questions, start=1)
        ],
    )
