"""The campaign that an update or a ground check drafts, as staff read it."""

from __future__ import annotations

from pydantic import BaseModel, Field

from api.campaigns.schemas import Part


class Drafted(BaseModel):
    """A new or extended draft campaign. Nothing is sent until the campaign is approved and launched."""

    campaign: int = Field(description="Number of the draft.")
    parts: list[Part] = Field(
        [], description="Its topics, each with its text and audience; a resident gets theirs as one message."
    )
    consultation: str | None = Field(None, description="Code of the consultation that asks the question.")
