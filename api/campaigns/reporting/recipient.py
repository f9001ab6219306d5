"""One recipient of a campaign, as shown to staff."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from api.outbox.states import DeliveryState
from api.region.lookup import InProvince


class Recipient(InProvince):
    """A recipient of a campaign, and what became of the message. `sent` does not mean that the message arrived."""

    resident: int
    address: str = Field(description="The address, masked.")
    channel: str
    road: str
    language: str
    province: str
    state: DeliveryState
    reason: str | None
    parts: int | None = Field(description="Number of SMS segments, as counted by the provider.")
    attempts: int
    queued_at: datetime
    settled_at: datetime | None
