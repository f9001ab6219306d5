"""Campaigns as staff write and read them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from api.campaigns.audience import Audience
from api.campaigns.selection import INVITE, REMIND
from api.consultations.schemas import Words

Who = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]


class CampaignIn(BaseModel):
    """A campaign to create. An invitation or reminder names its consultation; all others bring three texts."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
    purpose: Literal["invite", "remind", "inform", "update", "meeting", "result"]
    consultation: str | None = None
    texts: Words | None = None
    audience: Audience = Audience()
    urgent: bool = Field(False, description="knows no hours and no weekly cap")
    expires_at: AwareDatetime | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.purpose in (INVITE, REMIND) and self.consultation is None:
            raise ValueError(f"a campaign to {self.purpose} needs a consultation")
        if self.texts is None and self.purpose not in (INVITE, REMIND):
            raise ValueError(f"a campaign to {self.purpose} needs its texts in ar, fr and zgh")
        return self


class Step(BaseModel):
    """One step in a campaign's life."""

    step: str
    state: str
    who: str
    at: datetime


class CampaignOut(BaseModel):
    """A campaign as it stands."""

    id: int
    name: str
    purpose: str
    state: str
    author: str
    urgent: bool
    scheduled_for: datetime | None
    launched_at: datetime | None
    steps: list[Step]


class Preview(BaseModel):
    """What a campaign would do if it were launched now, and what stands against it, in words."""

    recipients: int
    by_channel: dict[str, int]
    by_language: dict[str, int]
    by_province: dict[str, int]
    excluded: dict[str, int] = Field(description="those of the audience who would not get it, by reason")
    segments: dict[str, int] = Field(description="SMS segments of one message, by language")
    total_segments: int
    price: float | None = Field(description="of all SMS; none where no price is known")
    currency: str | None
    priced_on: str | None = Field(description="the day this price was read")
    seconds: float = Field(description="of sending, at the roads' rates")
    done_at: datetime | None = Field(description="begun now, within hours")
    blockers: list[str]
    warnings: list[str]


class Report(BaseModel):
    """What became of a campaign's messages. Handed over is not delivered."""

    id: int
    name: str
    state: str
    total: int
    states: dict[str, int]
    reasons: dict[str, int] = Field(description="why messages failed, expired, were cancelled or are unsure")
    by: dict[str, dict[str, dict[str, int]]] = Field(description="states by channel, language and province")
