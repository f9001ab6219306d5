"""Campaigns as staff write and read them."""

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
    """A part of the recipients, and when their messages are due after the launch."""

    share: int = Field(ge=1, le=100, description="in percent")
    after_minutes: int = Field(ge=0, le=_LATEST)


class Part(StrictModel):
    """What a campaign says to some of its audience only; `about` names what it is about, for staff."""

    about: str = Field(max_length=60)
    audience: Audience
    texts: Words


class CampaignIn(StrictModel):
    """A campaign to create. An invitation or reminder names its consultation; all others bring three texts, or parts.

    Examples of quotas and waves: {"01.511": 500, "": 50}, [{"share": 10, "after_minutes": 0}, {"share": 90,
    "after_minutes": 120}].
    """

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
    purpose: Literal["invite", "remind", "inform", "update", "meeting", "result"]
    consultation: str | None = None
    texts: Words | None = None
    parts: list[Part] = Field(
        [], max_length=MOST, description="each resident gets the parts meant for them, as one message"
    )
    audience: Audience = Audience()
    quotas: dict[MaybeProvince, Annotated[int, Field(ge=0, le=_MANY)]] = Field(
        {}, description="recipients at most, by province; '' is those who did not say, and one without a quota has none"
    )
    waves: list[Wave] = Field([], max_length=20, description="their shares make 100, each is later than the one before")
    urgent: bool = Field(False, description="knows no hours and no weekly cap")
    budget: float | None = Field(None, ge=0, description="money it may spend at most")
    expires_at: Moment | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.purpose in (INVITE, REMIND) and self.consultation is None:
            raise ValueError(f"a campaign to {self.purpose} needs a consultation")
        if self.parts and (
            self.texts is not None or self.audience.said is not None or self.purpose in (INVITE, REMIND)
        ):
            raise ValueError("a campaign in parts has no text, audience or invitation beside them")
        if self.texts is None and not self.parts and self.purpose not in (INVITE, REMIND):
            raise ValueError(f"a campaign to {self.purpose} needs its texts in ar, fr and zgh")
        if self.waves and sum(wave.share for wave in self.waves) != 100:
            raise ValueError("the shares of the waves must make 100")
        if any(later.after_minutes <= earlier.after_minutes for earlier, later in pairwise(self.waves)):
            raise ValueError("each wave must begin later than the one before")
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
    consultation: str | None = Field(description="its code")
    texts: dict[str, str] | None = Field(description="as its author wrote them; none for invitations and parts")
    parts: list[Part]
    audience: dict[str, Any]
    audience_words: str = Field(description="who is meant, in words")
    quotas: dict[str, int]
    quotas_words: str = Field(description="how many of which province at most, in words")
    waves: list[Wave]
    resends: int | None = Field(description="the campaign whose failed messages this sends again")
    budget: float | None = Field(description="money it may spend at most")
    expires_at: datetime | None
    scheduled_for: datetime | None
    launched_at: datetime | None
    steps: list[Step]
