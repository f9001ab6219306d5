"""The states of a delivery, and which may follow which: only forward, however late or doubled the news."""

QUEUED, SENDING, SENT, DELIVERED = "queued", "sending", "sent", "delivered"
FAILED, EXPIRED, CANCELLED, UNSURE = "failed", "expired", "cancelled", "unsure"

# What news from a provider may overwrite: an outcome is final, and a late "delivered" does not undo a "failed".
BEFORE: dict[str, tuple[str, ...]] = {
    SENDING: (QUEUED,),
    SENT: (QUEUED, SENDING, UNSURE),
    DELIVERED: (QUEUED, SENDING, UNSURE, SENT),
    FAILED: (QUEUED, SENDING, UNSURE, SENT),
    EXPIRED: (QUEUED,),
    CANCELLED: (QUEUED,),
    UNSURE: (SENDING,),
}
