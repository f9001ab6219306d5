"""What staff read of a campaign's effect: the preview before it is launched, the report after."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, Field

from api.campaigns.schemas import Wave


class WavePreview(Wave):
    """A wave as it would go, launched now, within hours and at the roads' rates."""

    recipients: int
    begins_at: datetime | None
    done_at: datetime | None


class Preview(BaseModel):
    """What a campaign would do if it were launched now, and what stands against it, in words."""

    recipients: int
    by_channel: dict[str, int]
    by_language: dict[str, int]
    by_province: dict[str, int]
    by_road: dict[str, int]
    excluded: dict[str, int] = Field(description="those of the audience who would not get it, by reason")
    segments: dict[str, int] = Field(description="SMS segments of one message, by language")
    total_segments: int
    price: float | None = Field(description="of all SMS; none where a price is not known")
    prices: dict[str, float] = Field(description="of the SMS of each language")
    currency: str | None
    priced_on: date | None = Field(description="the day the oldest of the prices was read")
    budget: float | None
    seconds: float = Field(description="of sending, at the roads' rates")
    done_at: datetime | None = Field(description="begun now, within hours")
    waves: list[WavePreview]
    blockers: list[str]
    warnings: list[str]


class Arrivals(BaseModel):
    """How many messages came to each state within a span of minutes."""

    begins: datetime
    minutes: int
    states: dict[str, int]


class Report(BaseModel):
    """What became of a campaign's messages. Handed over is not delivered."""

    id: int
    name: str
    state: str
    total: int
    states: dict[str, int] = Field(description="queued counts what is on its way; sent is handed over")
    reasons: dict[str, int] = Field(description="why messages failed, expired, were cancelled or are unsure")
    by: dict[str, dict[str, dict[str, int]]] = Field(description="states by channel, language and province")
    arrivals: list[Arrivals] = Field(description="the course over time, in spans of equal length")
    spent: float
    budget: float | None
    currency: str | None
