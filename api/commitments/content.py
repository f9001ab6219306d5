"""Read a commitment with its plan and milestones, and the newest assessment from each source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.commitments import rules
from api.commitments.models import Assessment, Commitment, Milestone, Plan
from api.commitments.schemas import CommitmentIn
from api.commitments.states import Progress, Source
from api.consultations.models import Words


class AssessmentKey(NamedTuple):
    """What was assessed, and by which source. `milestone_id` is None if the whole commitment was assessed."""

    commitment_id: int
    milestone_id: int | None
    source: Source


Assessments = Mapping[AssessmentKey, Assessment]  # the newest assessment from each source


@dataclass(frozen=True, slots=True)
class CommitmentRecord:
    """A commitment with its plan, its milestones in order of number, and the newest assessment from each source."""

    plan: Plan
    commitment: Commitment
    milestones: Sequence[Milestone]
    assessments: Assessments

    @property
    def ref(self) -> str:
        """The commitment's reference, such as "plan-code/3", as stored for residents who follow the commitment."""
        return f"{self.plan.code}/{self.commitment.number}"

    @property
    def label(self) -> Words:
        """The commitment's short name, or its title if it has none."""
        return self.commitment.label or self.commitment.title

    def milestone(self, number: int) -> Milestone | None:
        """Return the commitment's milestone with this number; None if there is none."""
        return next((each for each in self.milestones if each.number == number), None)

    def latest(self, source: Source, milestone: Milestone | None = None) -> Assessment | None:
        """Return a source's newest assessment of one milestone or of the whole commitment, if any."""
        return self.assessments.get(AssessmentKey(self.commitment.id, milestone.id if milestone else None, source))

    def days_late(self, milestone: Milestone, today: date) -> int:
        """Return how many days late a milestone is."""
        return rules.days_late(milestone.due_on, self._status(milestone), today)

    def state(self, today: date) -> Progress:
        """Return the commitment's state on a day, from its statuses and due dates (see `rules.state`)."""
        milestones = [
            rules.MilestoneStatus(self._status(each), self.days_late(each, today)) for each in self.milestones
        ]
        return rules.state(self._status(None), milestones)

    def upcoming(self) -> Milestone | None:
        """Return the milestone with the earliest due date that is not done; None if all are done."""
        place = rules.upcoming([rules.Deadline(each.due_on, self._status(each)) for each in self.milestones])
        return None if place is None else self.milestones[place]

    def as_input(self) -> CommitmentIn:
        """Return the commitment in the form in which staff enter commitments, to be exported."""
        return CommitmentIn.model_validate(
            {
                **self.commitment.sheet,
                **{name: getattr(self.commitment, name) for name in ("number", "title", "label", "theme", "provinces")},
                "confirmed": self.commitment.confirmed,
                "milestones": [
                    {**each.sheet, "number": each.number, "title": each.title, "due_on": each.due_on}
                    | self._statuses(each)
                    for each in self.milestones
                ],
                **self._statuses(None),
            }
        )

    def _status(self, milestone: Milestone | None) -> str | None:
        assessment = self.latest(rules.OPERATIONAL, milestone)
        return None if assessment is None else assessment.status

    def _statuses(self, milestone: Milestone | None) -> dict[str, Any]:
        newest = {source: self.latest(source, milestone) for source in rules.SOURCES}
        return {
            source: {"status": each.status, "on": each.on, "evidence": each.evidence}
            for source, each in newest.items()
            if each is not None
        }


async def read(session: AsyncSession, plan: Plan, *, number: int | None = None) -> list[CommitmentRecord]:
    """Read a plan's commitments in order of number, or only the one with `number`. Takes three SQL statements."""
    statement = select(Commitment).where(Commitment.plan_id == plan.id).order_by(Commitment.number)
    if number is not None:
        statement = statement.where(Commitment.number == number)
    rows = (await session.scalars(statement)).all()
    ids = [each.id for each in rows]
    milestones: dict[int, list[Milestone]] = {}
    for each in await session.scalars(
        select(Milestone).where(Milestone.commitment_id.in_(ids)).order_by(Milestone.commitment_id, Milestone.number)
    ):
        milestones.setdefault(each.commitment_id, []).append(each)
    assessments = await newest(session, ids)
    return [CommitmentRecord(plan, row, milestones.get(row.id, []), assessments) for row in rows]


async def newest(session: AsyncSession, commitment_ids: Sequence[int]) -> Assessments:
    """Read the newest assessment that each source made of these commitments and of their milestones."""
    rows = await session.scalars(
        select(Assessment).where(Assessment.commitment_id.in_(commitment_ids)).order_by(Assessment.id)
    )
    return {AssessmentKey(each.commitment_id, each.milestone_id, each.source): each for each in rows}
