"""Plans and commitments as staff read them: what was written, and how it stands."""

from __future__ import annotations

from datetime import date

from pydantic import Field, computed_field

from api.commitments.schemas import CommitmentIn, MilestoneIn, PlanIn
from api.region import places
from api.strict_model import StrictModel


class GroundOut(StrictModel):
    """What residents of a commune answered so far, beside the official statuses; none where fewer than ten did."""

    milestone: int
    commune: str
    code: str = Field(description="of the consultation that asked them")
    state: str
    yes: int | None
    no: int | None


class OriginOut(StrictModel):
    """A proposal of residents that entered a commitment, and the numbers of the ideas it was made of."""

    proposal: int
    code: str
    title: dict[str, str]
    ideas: list[int]


class MilestoneOut(MilestoneIn):
    """A milestone as it stands."""

    days_late: int
    ground: list[GroundOut]


class CommitmentOut(CommitmentIn):
    """A commitment as it stands: its own `state`, late where a milestone is, beside what each source says."""

    plan: str
    state: str
    upcoming: int | None = Field(description="the number of the next milestone")
    came_from: list[OriginOut] = Field(description="the proposals of residents that entered it")
    milestones: list[MilestoneOut]  # type: ignore[assignment]

    @computed_field(description="of its `provinces`, in their order; French, as HCP writes them")  # type: ignore[prop-decorator]
    @property
    def province_names(self) -> list[str]:
        """The names of its provinces."""
        return [each.fr for code in self.provinces if (each := places.province(code)) is not None]


class PlanOut(PlanIn):
    """A plan as it is kept."""

    commitments: int = Field(description="how many are kept here")


class LateOut(StrictModel):
    """A milestone that is late."""

    commitment: int
    milestone: int
    title: dict[str, str]
    due_on: date
    days_late: int
