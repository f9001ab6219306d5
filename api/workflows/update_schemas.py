"""The campaign that an update or a ground check drafts, as staff read it."""

from __future__ import annotations

from pydantic import BaseModel, Field

from api.campaigns.schemas import Part


class Drafted(BaseModel):
    """A new or extended draft campaign. Nothing is sent until the campaign is approved and launched."""

    campaign: int = Field(description="Number of the campaign.")
    parts: list[Part] = Field(
        [],
        description=(
            "Parts of the campaign, each with its text and audience. A resident gets all parts meant for "
            "them in one message."
        ),
    )
    consultation: str | None = Field(None, description="Code of the consultation that asks the yes/no question.")
