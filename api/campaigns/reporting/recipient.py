"""One recipient of a campaign, as it is shown."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from api.region.lookup import InProvince

State = Literal["queued", "sending", "sent", "delivered", "failed", "expired", "cancelled", "unsure"]


class Recipient(InProvince):
    """What became of a campaign for one resident. Handed over (sent) is not delivered."""

    resident: int
    address: str = Field(description="masked")
    channel: str
    road: str
    language: str
    province: str
    state: State
    reason: str | None
    parts: int | None = Field(description="as the provider counted them")
    attempts: int
    queued_at: datetime
    settled_at: datetime | None
