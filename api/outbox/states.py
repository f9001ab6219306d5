"""The states of a delivery, and which state may follow which.

A delivery only moves forward, however late or often a status update arrives.
"""

from __future__ import annotations

from enum import StrEnum


class DeliveryState(StrEnum):
    """The state of a delivery, as far as it is known.

    `SENDING`: a process has claimed it. `SENT`: a provider took it. `UNSURE`: it may have been sent.
    """

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    UNSURE = "unsure"


LOST = (DeliveryState.FAILED, DeliveryState.EXPIRED, DeliveryState.CANCELLED)  # the message certainly did not arrive

# For each new state, the states that it may replace. An outcome is final: a late "delivered" does not undo "failed".
# "sending" is missing, because only a claim leads to it.
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
