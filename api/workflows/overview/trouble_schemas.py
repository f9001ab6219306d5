"""What keeps the service from doing its work, as it is shown."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field


class RoadFailing(BaseModel):
    """A road that does not rest, and of which it is not sure that it works."""

    road: str
    tried: int = Field(description="of its latest messages")
    failed: int
    again: bool = Field(description="it rested, and the next messages try it")
    reason: str = Field(description="why it rested; empty where it did not")


class CampaignStuck(BaseModel):
    """A campaign that goes on by itself, and does not get on."""

    number: int
    name: str
    why: Literal["still", "failing"] = Field(
        description="still: nothing was handed over for a quarter of an hour; failing: half of its messages, or more"
    )
    count: int = Field(description="messages that wait, or that failed")
    since: datetime = Field(description="the last message, or the launch")


class Overdue(BaseModel):
    """Something the service should have done by itself: no process does it, or it fails each time."""

    what: Literal["launch", "opening", "closing", "claim", "messages"]
    of: str = Field(description="the campaign's name, the consultation's code, or the road")
    since: datetime = Field(description="when it was due")


class DayBudget(BaseModel):
    """What campaigns may spend today, once most of it is spent."""

    spent: float
    ceiling: float
    waits: bool = Field(description="a message was due that it could not pay for")


class Troubles(BaseModel):
    """What keeps the service from doing its work."""

    failing: list[RoadFailing]
    stuck: list[CampaignStuck]
    overdue: list[Overdue]
    budget: DayBudget | None = Field(description="none while it suffices, or no budget is set")
