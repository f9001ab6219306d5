"""The states of a delivery, and which may follow which: only forward, however late or often a status update arrives."""

QUEUED, SENDING, SENT, DELIVERED = "queued", "sending", "sent", "delivered"
FAILED, EXPIRED, CANCELLED, UNSURE = "failed", "expired", "cancelled", "unsure"

LOST = (FAILED, EXPIRED, CANCELLED)  # it certainly did not reach them

# What news from a provider may overwrite: an outcome is final, and a late "delivered" does not undo a "failed".
# Only a claim leads to "sending": no news does.
BEFORE: dict[str, tuple[str, ...]] = {
    SENT: (QUEUED, SENDING, UNSURE),
    DELIVERED: (QUEUED, SENDING, UNSURE, SENT),
    FAILED: (QUEUED, SENDING, UNSURE, SENT),
    EXPIRED: (QUEUED,),
    CANCELLED: (QUEUED,),
    UNSURE: (SENDING,),
}
