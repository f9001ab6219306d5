"""Problems that keep the service from doing its work, as the API returns them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field


class RoadFailing(BaseModel):
    """A road (delivery route) that is not paused but may not work."""

    road: str
    tried: int = Field(description="Number of its latest messages.")
    failed: int
    again: bool = Field(description="Whether it was paused before, and the next messages test it.")
    reason: str = Field(description="Why it was paused; empty if it was not.")


class CampaignStuck(BaseModel):
    """A running campaign that makes no progress."""

    number: int
    name: str
    why: Literal["still", "failing"] = Field(
        description="still: nothing was sent for 15 minutes; failing: half of its messages or more failed."
    )
    count: int = Field(description="Messages that wait or failed.")
    since: datetime = Field(description="Time of the last message, or of the launch.")


class Overdue(BaseModel):
    """A task that the service should already have done. No process does it, or it fails each time."""

    what: Literal["launch", "opening", "closing", "claim", "messages"]
    of: str = Field(description="The campaign's name, the consultation's code, or the road.")
    since: datetime = Field(description="When it was due.")


class DayBudget(BaseModel):
    """The campaigns' budget for the day. It is reported once most of it is used up."""

    spent: float
    ceiling: float
    waits: bool = Field(description="Whether a due message waits for the next day's budget.")


class Troubles(BaseModel):
    """Problems that keep the service from doing its work."""

    failing: list[RoadFailing]
    stuck: list[CampaignStuck]
    overdue: list[Overdue]
    budget: DayBudget | None = Field(description="Null while enough is left, or if no budget is set.")
