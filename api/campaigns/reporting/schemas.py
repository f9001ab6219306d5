"""What staff see about a campaign: its page, the preview before its launch, and the report after it."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, Field

from api.campaigns.schemas import CampaignOut, Wave


class Said(BaseModel):
    """One text of a campaign, as residents receive it on one channel."""

    channel: str
    language: str
    latin: bool
    variant: int = Field(description="Bit mask of the campaign parts in this text; 0 if the campaign has no parts.")
    text: str
    choices: list[str] = Field(description="The choices below the text, as residents read them.")
    segments: int = Field(description="Number of SMS segments; always 1 on Telegram.")


class CampaignPage(CampaignOut):
    """A campaign with everything that its approver must see, including its final texts."""

    said: list[Said]
    missing: str | None = Field(description="Why the texts cannot be shown; null if they are shown.")
    hours: str = Field(description="The sending hours, in words.")
    called: list[str] = Field(
        description="Words that choose an option of the campaign's consultation, besides the option labels."
    )
    approved_by: str | None = Field(description="Who approved the campaign in its present form.")


class WavePreview(Wave):
    """When a wave would begin and end if the campaign were launched now, given sending hours and sending speed."""

    recipients: int
    begins_at: datetime | None
    done_at: datetime | None


class Preview(BaseModel):
    """What a campaign would do if it were launched now. `blockers` are the reasons why it cannot be launched."""

    recipients: int
    by_channel: dict[str, int]
    by_language: dict[str, int]
    by_province: dict[str, int]
    by_road: dict[str, int]
    excluded: dict[str, int] = Field(
        description="Number of people in the audience who would not get the campaign, by reason."
    )
    segments: dict[str, int] = Field(description="Number of SMS segments of one message, by language.")
    total_segments: int
    price: float | None = Field(description="Price of all SMS; null if a price is unknown.")
    prices: dict[str, float] = Field(description="Price of all SMS, by language.")
    currency: str | None
    priced_on: date | None = Field(description="Date of the oldest price used.")
    budget: float | None
    seconds: float = Field(description="How many seconds sending takes at the rates of the roads (delivery routes).")
    done_at: datetime | None = Field(description="When sending would end if it started now, given sending hours.")
    waves: list[WavePreview]
    blockers: list[str]
    warnings: list[str]


class Arrivals(BaseModel):
    """How many messages reached each state within a span of `minutes`."""

    begins: datetime
    minutes: int
    states: dict[str, int]


class Report(BaseModel):
    """The delivery states of a campaign's messages. A message in the state `sent` may not have arrived."""

    id: int
    name: str
    state: str
    total: int
    states: dict[str, int] = Field(
        description=(
            "Number of messages in each state. `queued` includes messages being sent; `sent` means handed to "
            "the provider."
        )
    )
    reasons: dict[str, int] = Field(description="Number of failed, expired, cancelled or unsure messages, by reason.")
    by: dict[str, dict[str, dict[str, int]]] = Field(
        description="Number of messages in each state, by channel, language and province."
    )
    arrivals: list[Arrivals] = Field(
        description="Number of messages in each state over time, in spans of equal length."
    )
    spent: float
    budget: float | None
    currency: str | None
