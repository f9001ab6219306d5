"""Problems that keep the service from doing its work, as the API returns them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field


class RoadFailing(BaseModel):
    """A road (delivery route) that is not paused, but on which recent messages failed."""

    road: str
    tried: int = Field(description="Number of recent messages counted.")
    failed: int
    again: bool = Field(
        description="Whether the road was paused until now and its next messages test whether it works again."
    )
    reason: str = Field(description="Why the road was paused; empty if it was not.")


class CampaignStuck(BaseModel):
    """A running campaign that sends nothing, or whose messages fail."""

    number: int
    name: str
    why: Literal["still", "failing"] = Field(
        description="`still`: nothing was sent for 15 minutes. `failing`: at least half of the messages failed."
    )
    count: int = Field(description="Number of messages that wait or have failed.")
    since: datetime = Field(description="Time of the last message, or of the launch.")


class Overdue(BaseModel):
    """A task that the service should already have done. No process does it, or it fails each time."""

    what: Literal["launch", "opening", "closing", "claim", "messages"]
    of: str = Field(description="Name of the campaign, code of the consultation, or name of the road.")
    since: datetime = Field(description="When the work was due.")


class DayBudget(BaseModel):
    """The campaigns' budget for the day. It is reported once most of it is used up."""

    spent: float
    ceiling: float
    waits: bool = Field(description="Whether a message that is due must wait for the budget of the next day.")


class Troubles(BaseModel):
    """Problems that keep the service from doing its work."""

    failing: list[RoadFailing]
    stuck: list[CampaignStuck]
    overdue: list[Overdue]
    budget: DayBudget | None = Field(
        description="Daily budget, if most of it is spent; null if enough is left or no budget is set."
    )
