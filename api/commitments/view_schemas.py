"""Plans and commitments as staff read them: the fields that staff entered, and the derived state."""

from __future__ import annotations

from datetime import date

from pydantic import ConfigDict, Field, computed_field

from api.commitments.schemas import CommitmentIn, MilestoneIn, PlanIn
from api.region import places
from api.strict_model import StrictModel


class GroundOut(StrictModel):
    """The answers to a ground check from one commune so far. Counts are null while too few residents answered."""

    milestone: int
    commune: str
    code: str = Field(description="Code of the consultation that asks the yes/no question.")
    state: str
    yes: int | None
    no: int | None


class OriginOut(StrictModel):
    """A residents' proposal that became part of a commitment, and the numbers of its ideas."""

    proposal: int
    code: str
    title: dict[str, str]
    ideas: list[int]


class MilestoneOut(MilestoneIn):
    """A milestone, with the number of days it is overdue, and its ground checks."""

    days_late: int
    ground: list[GroundOut]


class CommitmentOut(CommitmentIn):
    """A commitment with its state and the status from each source. The state is `late` if a milestone is late."""

    model_config = ConfigDict(extra="ignore")  # clients of /v1 read it too, and cannot set `province_names`

    plan: str
    state: str
    upcoming: int | None = Field(description="Number of the next milestone.")
    came_from: list[OriginOut] = Field(description="Residents' proposals that became part of the commitment.")
    milestones: list[MilestoneOut]  # type: ignore[assignment]

    @computed_field(description="French names of `provinces`, in the same order, as HCP writes them.")  # type: ignore[prop-decorator]
    @property
    def province_names(self) -> list[str]:
        """The French names of the provinces that the commitment concerns."""
        return [each.fr for code in self.provinces if (each := places.province(code)) is not None]


class PlanOut(PlanIn):
    """A plan, and the number of its commitments that are in the database."""

    commitments: int = Field(description="Number of commitments of the plan that are stored here.")


class PlanSaved(PlanOut):
    """A plan that was saved."""

    created: bool = Field(description="Whether the plan is new. If not, it replaced the plan with the same code.")


class LateOut(StrictModel):
    """An overdue milestone."""

    commitment: int
    milestone: int
    title: dict[str, str]
    due_on: date
    days_late: int
