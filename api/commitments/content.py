"""A commitment read whole: its rows, what each source says now, and what follows from both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.commitments import rules
from api.commitments.models import Assessment, Commitment, Milestone, Plan
from api.commitments.schemas import CommitmentIn
from api.consultations.models import Words

Said = Mapping[tuple[int, int | None, str], Assessment]  # by commitment, milestone (or none) and source


@dataclass(frozen=True, slots=True)
class Whole:
    """A commitment with its plan, its milestones by number and the newest assessment of each source."""

    plan: Plan
    commitment: Commitment
    milestones: Sequence[Milestone]
    said: Said

    @property
    def ref(self) -> str:
        """What followers follow: "plan-code/3"."""
        return f"{self.plan.code}/{self.commitment.number}"

    @property
    def label(self) -> Words:
        """Its short name, or else its title."""
        return self.commitment.label or self.commitment.title

    def step(self, number: int) -> Milestone | None:
        """Its milestone of this number."""
        return next((each for each in self.milestones if each.number == number), None)

    def latest(self, source: str, milestone: Milestone | None = None) -> Assessment | None:
        """What a source says now, of the commitment or of one milestone."""
        return self.said.get((self.commitment.id, milestone.id if milestone else None, source))

    def days_late(self, milestone: Milestone, today: date) -> int:
        """How many days late a milestone is."""
        return rules.days_late(milestone.due_on, self._status(milestone), today)

    def state(self, today: date) -> str:
        """How it stands: planned, on_track, late, blocked or done."""
        milestones = [(self._status(each), self.days_late(each, today)) for each in self.milestones]
        return rules.state(self._status(None), milestones)

    def upcoming(self) -> Milestone | None:
        """The next milestone: the earliest that is not done."""
        place = rules.upcoming([(each.due_on, self._status(each)) for each in self.milestones])
        return None if place is None else self.milestones[place]

    def as_given(self) -> CommitmentIn:
        """The commitment as staff would write it, to be exported."""
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
        found = self.latest(rules.OPERATIONAL, milestone)
        return None if found is None else found.status

    def _statuses(self, milestone: Milestone | None) -> dict[str, Any]:
        found = {source: self.latest(source, milestone) for source in rules.SOURCES}
        return {
            source: {"status": said.status, "on": said.on, "evidence": said.evidence}
            for source, said in found.items()
            if said is not None
        }


async def read(session: AsyncSession, plan: Plan, *, number: int | None = None) -> list[Whole]:
    """The commitments of a plan by number, or only the one of this number, each whole; three statements in all."""
    mine = select(Commitment).where(Commitment.plan_id == plan.id).order_by(Commitment.number)
    rows = (await session.scalars(mine if number is None else mine.where(Commitment.number == number))).all()
    ids = [each.id for each in rows]
    steps = await session.scalars(
        select(Milestone).where(Milestone.commitment_id.in_(ids)).order_by(Milestone.commitment_id, Milestone.number)
    )
    milestones: dict[int, list[Milestone]] = {}
    for step in steps:
        milestones.setdefault(step.commitment_id, []).append(step)
    said = await newest(session, ids)
    return [Whole(plan, each, milestones.get(each.id, []), said) for each in rows]


async def newest(session: AsyncSession, commitment_ids: Sequence[int]) -> Said:
    """The newest assessment of each source, of these commitments and their milestones."""
    rows = await session.scalars(
        select(Assessment).where(Assessment.commitment_id.in_(commitment_ids)).order_by(Assessment.id)
    )
    return {(each.commitment_id, each.milestone_id, each.source): each for each in rows}
