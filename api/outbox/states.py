"""The states of a delivery, and which may follow which: only forward, however late or often a status update arrives."""

from __future__ import annotations

from enum import StrEnum


class DeliveryState(StrEnum):
    """What is known of a delivery. `SENDING` is claimed, `SENT` handed over; `UNSURE` may have been sent."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    UNSURE = "unsure"


LOST = (DeliveryState.FAILED, DeliveryState.EXPIRED, DeliveryState.CANCELLED)  # it certainly did not arrive

# The states an update may replace. An outcome is final: a late "delivered" does not undo "failed". Only a claim leads
# to "sending".
BEFORE: dict[DeliveryState, tuple[DeliveryState, ...]] = {
    DeliveryState.SENT: (DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.UNSURE),
    DeliveryState.DELIVERED: (
        DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.UNSURE, DeliveryState.SENT,
    ),
    DeliveryState.FAILED: (DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.UNSURE, DeliveryState.SENT),
    DeliveryState.EXPIRED: (DeliveryState.QUEUED,),
    DeliveryState.CANCELLED: (DeliveryState.QUEUED,),
    DeliveryState.UNSURE: (DeliveryState.SENDING,),
}  # fmt: skip
