"""Ground truth: what residents of a commune see of a milestone, beside what is said of it officially."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.commitments import service
from api.commitments.content import Whole
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
class Seen:
    """What was answered in one commune; `state` is that of the consultation.

    `yes` and `no` are none where only a few answered: few people in one commune know each other (design, 11). While it
    is open they are those of its last reading, if its counts move in steps.
    """

    milestone_id: int
    milestone: int
    commune: str
    code: str
    state: str
    yes: int | None
    no: int | None

    @property
    def told(self) -> bool:
        """Whether residents may read it: it is closed, and not only a few answered."""
        return self.state == ConsultationState.CLOSED and self.yes is not None


async def ask(
    session: AsyncSession,
    code: str,
    number: int,
    milestone: int,
    *,
    given: GroundIn,
    who: str,
    now: datetime,
    smallest: int = FEWEST,
    weigh: Weigh | None = None,
) -> tuple[Whole, Consultation]:
    """Open a consultation of one yes/no question on a milestone, on offer to those only who will be invited.

    Who did it is recorded. Raises NotFound, or Invalid where the end is past.
    """
    if given.closes_at <= now:
        raise Invalid("the moment is past", field="closes_at")
    found = await service.commitment(session, code, number)
    step = next((each for each in found.milestones if each.number == milestone), None)
    if step is None:
        raise NotFound(f"{found.ref} has no milestone {milestone}")
    before = await session.scalar(
        select(func.count()).select_from(GroundCheck).where(GroundCheck.milestone_id == step.id)
    )
    asked = ConsultationIn(
        code=f"ground-{step.id}-{(before or 0) + 1}",
        title=LabelWords.model_validate(step.title),
        questions=[QuestionIn(kind="yes_no", text=given.question)],
        closes_at=given.closes_at,
        invited_only=True,
    )
    made = await drafts.create(session, asked, who=who, now=now, weigh=weigh)
    session.add(GroundCheck(consultation_id=made.id, milestone_id=step.id, commune=given.commune))
    await session.flush()
    return found, await lifecycle.open_draft(session, made.code, who=who, now=now, smallest=smallest)


async def seen(session: AsyncSession, milestones: Sequence[Milestone]) -> list[Seen]:
    """What was answered on these milestones, the newest question last; one statement, if none is counted in steps."""
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
    found = []
    for step, number, at, code, state, asked, smallest, yes, no in rows.all():
        if snapshots.counts_in_steps(state, smallest):
            yes, no = await _read(session, asked)
        found.append(Seen(step, number, at, code, state, *_veiled(yes, no, max(smallest, FEWEST))))
    return found


async def _read(session: AsyncSession, consultation_id: int) -> tuple[int, int]:
    """What the last reading of its only question says."""
    _, questions = await snapshots.newest(session, consultation_id)
    counts = next((each.counts for each in questions.values()), {})
    return counts.get("yes", [0])[0], counts.get("no", [0])[0]


def _veiled(yes: int, no: int, fewest: int) -> tuple[int, int] | tuple[None, None]:
    return (yes, no) if yes + no >= fewest else (None, None)
