"""Tables of campaigns and of the actions taken on them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from api.campaigns.transitions import CampaignState
from api.consultations.models import Words
from api.db import Base, Id, Json, Moment
from api.enum_column import enum_type
from api.runtime.wakeups import WAKES_SCHEDULE
from api.wall_time import WallTime

_STATE = enum_type(CampaignState, 10)


class Campaign(Base):
    """One text in three languages, sent to an audience for a purpose.

    A campaign with `parts` sends each resident one message with the parts meant for them. An invitation or reminder has
    no texts of its own: they are made from the catalog and the consultation's title.
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
    quotas: Mapped[dict[str, int] | None] = mapped_column(Json)  # the most recipients, by province
    waves: Mapped[list[dict[str, int]] | None] = mapped_column(Json)  # `WaveShare`
    resends: Mapped[int | None] = mapped_column(Id)  # the campaign whose failed messages it sends again
    origin: Mapped[int | None] = mapped_column(
        Id
    )  # the first campaign in a chain of resends: nobody gets its text twice
    urgent: Mapped[bool] = mapped_column(default=False)  # ignores sending hours and the weekly limit
    state: Mapped[CampaignState] = mapped_column(_STATE, default=CampaignState.DRAFT)
    author: Mapped[str] = mapped_column(String(40))
    budget: Mapped[int | None] = mapped_column(BigInteger)  # in millionths of the currency, never exceeded
    expires_at: Mapped[datetime | None] = mapped_column(WallTime)
    tried: Mapped[int] = mapped_column(default=0)  # outcomes until the last resumption,
    failed: Mapped[int] = mapped_column(default=0)  # and failures among them: the failure breaker ignores both
    scheduled_for: Mapped[datetime | None] = mapped_column(WallTime)
    launched_at: Mapped[datetime | None] = mapped_column(Moment)


class CampaignStep(Base):
    """An action taken on a campaign, with who took it and when. Rows are added, but never changed or deleted."""

    __tablename__ = "campaign_steps"
    __table_args__ = (Index(None, "campaign_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"))
    step: Mapped[str] = mapped_column(String(10))
    state: Mapped[CampaignState] = mapped_column(_STATE)  # the resulting state
    who: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(Moment)
