"""Ground checks: ask the residents of a commune whether a milestone is done, to compare with its official status."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.commitments import service
from api.commitments.content import CommitmentRecord
from api.commitments.models import GroundCheck, Milestone
from api.commitments.update_schemas import GroundIn
from api.consultations import drafts, lifecycle
from api.consultations.counts import snapshots
from api.consultations.fields import LabelWords
from api.consultations.models import Answer, Ballot, Consultation, ConsultationState, Question
from api.consultations.schemas import ConsultationIn, QuestionIn
from api.consultations.sms_budget import Weigh
from api.errors import Invalid, NotFound
from api.suppression import FEWEST


@dataclass(frozen=True, slots=True)
class GroundResult:
    """The answers to a ground check from one commune; `state` is the state of its consultation.

    If too few people answered, `yes` and `no` are None, because people in one commune know each other. While the
    consultation is open, they may be the last published counts.
    """

    milestone_id: int
    milestone: int
    commune: str
    code: str
    state: str
    yes: int | None
    no: int | None

    @property
    def public(self) -> bool:
        """Whether residents may read the result: the consultation is closed and enough people answered."""
        return self.state == ConsultationState.CLOSED and self.yes is not None


class OpenedCheck(NamedTuple):
    """A ground check that was just opened: the commitment it is about, and its consultation."""

    record: CommitmentRecord
    consultation: Consultation


async def ask(
    session: AsyncSession,
    code: str,
    number: int,
    milestone: int,
    *,
    data: GroundIn,
    who: str,
    now: datetime,
    smallest: int = FEWEST,
    weigh: Weigh | None = None,
) -> OpenedCheck:
    """Open a consultation with one yes/no question on a milestone, offered only to invited residents.

    Records who opened it. Raises NotFound, or Invalid if the closing time is in the past.
    """
    if data.closes_at <= now:
        raise Invalid("this time is in the past", field="closes_at")
    record = await service.commitment(session, code, number)
    row = record.milestone(milestone)
    if row is None:
        raise NotFound(f"{record.ref} has no milestone {milestone}")
    earlier = await session.scalar(
        select(func.count()).select_from(GroundCheck).where(GroundCheck.milestone_id == row.id)
    )
    draft = ConsultationIn(
        code=f"ground-{row.id}-{(earlier or 0) + 1}",
        title=LabelWords.model_validate(row.title),
        questions=[QuestionIn(kind="yes_no", text=data.question)],
        closes_at=data.closes_at,
        invited_only=True,
    )
    consultation = await drafts.create(session, draft, who=who, now=now, weigh=weigh)
    session.add(GroundCheck(consultation_id=consultation.id, milestone_id=row.id, commune=data.commune))
    await session.flush()
    opened = await lifecycle.open_draft(session, consultation.code, who=who, now=now, smallest=smallest)
    return OpenedCheck(record, opened)


async def results(session: AsyncSession, milestones: Sequence[Milestone]) -> list[GroundResult]:
    """Return the results of all ground checks on these milestones, the newest ground check last."""
    columns = (
        Milestone.id, Milestone.number, GroundCheck.commune, Consultation.code, Consultation.state, Consultation.id,
        Consultation.smallest_count,
    )  # fmt: skip
    rows = await session.execute(
        select(
            *columns,
            func.count(Ballot.id).filter(Answer.value == "yes"),
            func.count(Ballot.id).filter(Answer.value == "no"),
        )
        .select_from(GroundCheck)
        .join(Milestone, Milestone.id == GroundCheck.milestone_id)
        .join(Consultation, Consultation.id == GroundCheck.consultation_id)
        .join(Question, Question.consultation_id == Consultation.id)
        .outerjoin(Answer, Answer.question_id == Question.id)
        .outerjoin(Ballot, Ballot.id == Answer.ballot_id)
        .where(GroundCheck.milestone_id.in_([each.id for each in milestones]))
        .group_by(*columns)
        .order_by(Consultation.id)
    )
    result = []
    for milestone_id, number, commune, code, state, consultation_id, smallest, yes, no in rows.all():
        if snapshots.counts_in_steps(state, smallest):
            yes, no = await _last_reading(session, consultation_id)
        counts = _suppressed(yes, no, max(smallest, FEWEST))
        result.append(GroundResult(milestone_id, number, commune, code, state, *counts))
    return result


async def _last_reading(session: AsyncSession, consultation_id: int) -> tuple[int, int]:
    """Return how many people answered yes and no, as last published for this consultation's only question."""
    _, questions = await snapshots.newest(session, consultation_id)
    counts = next((each.counts for each in questions.values()), {})
    return counts.get("yes", [0])[0], counts.get("no", [0])[0]


def _suppressed(yes: int, no: int, fewest: int) -> tuple[int, int] | tuple[None, None]:
    return (yes, no) if yes + no >= fewest else (None, None)
