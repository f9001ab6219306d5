"""Tables of campaigns and of what staff did with them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from api.consultations.models import Words
from api.db import Base, Id, Json, Moment
from api.runtime.wakeups import WAKES_SCHEDULE
from api.wall_time import WallTime


class Campaign(Base):
    """One text in three languages to an audience, with a purpose. `state` as in `transitions.py`.

    One with `parts` says to each resident those meant for them, joined (`campaigns/audience/topics.py`).
    An invitation to a consultation has no texts of its own: the catalog's message and the consultation's title make it.
    """

    __tablename__ = "campaigns"
    __table_args__ = (Index(None, "state"), WAKES_SCHEDULE)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    purpose: Mapped[str] = mapped_column(String(16))
    consultation_id: Mapped[int | None] = mapped_column(ForeignKey("consultations.id"))
    texts: Mapped[Words | None] = mapped_column(Json)
    parts: Mapped[list[dict[str, Any]] | None] = mapped_column(Json)  # `Part`
    audience: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    quotas: Mapped[dict[str, int] | None] = mapped_column(Json)  # recipients at most, by province
    waves: Mapped[list[dict[str, int]] | None] = mapped_column(Json)  # share in percent, minutes after the launch
    resends: Mapped[int | None] = mapped_column(Id)  # the campaign whose failed messages this sends again
    origin: Mapped[int | None] = mapped_column(Id)  # the first of those: nobody gets what it says twice
    urgent: Mapped[bool] = mapped_column(default=False)  # knows no hours and no weekly cap
    state: Mapped[str] = mapped_column(String(10), default="draft")
    author: Mapped[str] = mapped_column(String(40))
    budget: Mapped[int | None] = mapped_column(BigInteger)  # millionths of the prices' currency, never exceeded
    expires_at: Mapped[datetime | None] = mapped_column(WallTime)
    tried: Mapped[int] = mapped_column(default=0)  # outcomes there were when it was launched or resumed last,
    failed: Mapped[int] = mapped_column(default=0)  # and the bad ones among them: its fuse counts from there
    scheduled_for: Mapped[datetime | None] = mapped_column(WallTime)
    launched_at: Mapped[datetime | None] = mapped_column(Moment)


class CampaignStep(Base):
    """What was done with a campaign, by whom, when. Rows are only added."""

    __tablename__ = "campaign_steps"
    __table_args__ = (Index(None, "campaign_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"))
    step: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10))  # the one it led to
    who: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(Moment)
