"""Campaigns as JSON: what staff write and what they see."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, Field, StringConstraints, model_validator

from api.campaigns.audience.definition import Audience
from api.campaigns.audience.selection import INVITE, REMIND
from api.campaigns.audience.topics import MOST
from api.consultations.fields import Moment, Words
from api.region.lookup import MaybeProvince
from api.strict_model import StrictModel

_MANY = 10**9
_LATEST = 14 * 24 * 60  # minutes after the launch


class Wave(StrictModel):
    """A wave of a campaign: its share of the recipients, and its delay after the launch."""

    share: int = Field(ge=1, le=100, description="Share of the recipients, in percent.")
    after_minutes: int = Field(ge=0, le=_LATEST)


class Part(StrictModel):
    """A part of a campaign: a text for some of the residents. `about` names its subject for staff."""

    about: str = Field(max_length=60)
    audience: Audience
    texts: Words


class CampaignIn(StrictModel):
    """A campaign to create. An invitation or a reminder needs a consultation; any other campaign needs texts or parts.

    Example of quotas: {"01.511": 500, "": 50}. Example of waves: [{"share": 10, "after_minutes": 0}, {"share": 90,
    "after_minutes": 120}].
    """

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
    purpose: Literal["invite", "remind", "inform", "update", "meeting", "result"]
    consultation: str | None = None
    texts: Words | None = None
    parts: list[Part] = Field(
        [], max_length=MOST, description="Each resident gets one message with the parts meant for them."
    )
    audience: Audience = Audience()
    quotas: dict[MaybeProvince, Annotated[int, Field(ge=0, le=_MANY)]] = Field(
        {},
        description=(
            "Maximum number of recipients by province. '' stands for residents whose province is unknown. "
            "Other provinces have no limit."
        ),
    )
    waves: list[Wave] = Field(
        [],
        max_length=20,
        description="The shares must add up to 100, and each wave must begin later than the one before.",
    )
    urgent: bool = Field(
        False, description="Whether to ignore sending hours and the weekly limit of messages per resident."
    )
    budget: float | None = Field(
        None, ge=0, description="Maximum amount that the campaign can spend; null means no limit."
    )
    expires_at: Moment | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.purpose in (INVITE, REMIND) and self.consultation is None:
            raise ValueError(f"a campaign with the purpose '{self.purpose}' needs a consultation")
        whole = self.texts is not None or self.audience.condition is not None or self.purpose in (INVITE, REMIND)
        if self.parts and whole:
            raise ValueError("a campaign with parts cannot also have texts, an audience or an invitation")
        if self.texts is None and not self.parts and self.purpose not in (INVITE, REMIND):
            raise ValueError(f"a campaign with the purpose '{self.purpose}' needs texts in ar, fr and zgh")
        if self.waves and sum(wave.share for wave in self.waves) != 100:
            raise ValueError("the shares of the waves must add up to 100")
        if any(later.after_minutes <= earlier.after_minutes for earlier, later in pairwise(self.waves)):
            raise ValueError("each wave must begin later than the one before")
        return self


class Step(BaseModel):
    """An action taken on a campaign."""

    step: str
    state: str
    who: str
    at: datetime


class CampaignOut(BaseModel):
    """A campaign as staff see it."""

    id: int
    name: str
    purpose: str
    state: str
    author: str
    urgent: bool
    consultation: str | None = Field(description="Code of the consultation.")
    too_late: bool = Field(
        description="Whether the campaign invites to a consultation that is closed. If so, it cannot be launched."
    )
    texts: dict[str, str] | None = Field(
        description="The texts as the author wrote them; null if the campaign is an invitation or has parts."
    )
    parts: list[Part]
    audience: dict[str, Any]
    audience_words: str = Field(description="The audience, in words.")
    quotas: dict[str, int]
    quotas_words: str = Field(description="The quotas, in words.")
    waves: list[Wave]
    resends: int | None = Field(
        description="Id of the campaign whose failed messages this one sends again; null for other campaigns."
    )
    budget: float | None = Field(description="Maximum amount that the campaign can spend; null means no limit.")
    expires_at: datetime | None
    scheduled_for: datetime | None
    launched_at: datetime | None
    steps: list[Step]


class Proceeded(BaseModel):
    """The steps that were taken towards the launch of a campaign."""

    campaign: int
    state: str
    waits_for: str | None = Field(
        description="Who must do what before the campaign can be launched; null if it was launched."
    )
