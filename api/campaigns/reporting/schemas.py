"""What staff see about a campaign: its page, the preview before its launch, and the report after it."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, Field

from api.campaigns.schemas import CampaignOut, Wave


class Said(BaseModel):
    """One text of a campaign as residents get it on one channel."""

    channel: str
    language: str
    latin: bool
    variant: int = Field(description="bit mask of its parts; 0 without parts")
    text: str
    choices: list[str] = Field(description="the choices below it, as residents read them")
    segments: int = Field(description="SMS segments; 1 on Telegram")


class CampaignPage(CampaignOut):
    """A campaign with everything that its approver must see, including its final texts."""

    said: list[Said]
    missing: str | None = Field(description="why there are no texts; null if there are")
    hours: str = Field(description="the sending hours in words")
    called: list[str] = Field(description="words its consultation's options are known by besides their labels")
    approved_by: str | None = Field(description="who approved its present contents")


class WavePreview(Wave):
    """When a wave would begin and end if the campaign were launched now. Sending hours and speed are considered."""

    recipients: int
    begins_at: datetime | None
    done_at: datetime | None


class Preview(BaseModel):
    """A preview of what a campaign would do if launched now, with the reasons against a launch in words."""

    recipients: int
    by_channel: dict[str, int]
    by_language: dict[str, int]
    by_province: dict[str, int]
    by_road: dict[str, int]
    excluded: dict[str, int] = Field(description="people of the audience who would not get it, by reason")
    segments: dict[str, int] = Field(description="SMS segments of one message, by language")
    total_segments: int
    price: float | None = Field(description="of all SMS; null if a price is unknown")
    prices: dict[str, float] = Field(description="of all SMS, by language")
    currency: str | None
    priced_on: date | None = Field(description="the date of the oldest price")
    budget: float | None
    seconds: float = Field(description="of sending at the roads' rates")
    done_at: datetime | None = Field(description="if started now, within sending hours")
    waves: list[WavePreview]
    blockers: list[str]
    warnings: list[str]


class Arrivals(BaseModel):
    """The number of messages that reached each state within a span of minutes."""

    begins: datetime
    minutes: int
    states: dict[str, int]


class Report(BaseModel):
    """A report on what became of a campaign's messages. A message that was sent has not necessarily arrived."""

    id: int
    name: str
    state: str
    total: int
    states: dict[str, int] = Field(description="queued includes those being sent; sent means handed over")
    reasons: dict[str, int] = Field(description="why messages failed, expired, were cancelled or are unsure")
    by: dict[str, dict[str, dict[str, int]]] = Field(description="states by channel, language and province")
    arrivals: list[Arrivals] = Field(description="over time, in spans of equal length")
    spent: float
    budget: float | None
    currency: str | None
