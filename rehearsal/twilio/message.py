"""One SMS as Twilio stores it: its data, its status, and its resource in the REST API. A status only moves forward."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from rehearsal.segments import count_parts

_RANK = ("accepted", "queued", "sending", "sent", "undelivered", "failed", "delivered", "received")


@dataclass
class Message:
    """An SMS.

    `direction` has Twilio's values: "inbound", "outbound-reply" (by TwiML) or "outbound-api" (by REST). Times are Unix
    seconds.
    """

    sid: str
    direction: str
    sender: str | None
    to: str
    text: str
    status: str
    created: float
    sent: float | None = None
    error_code: int | None = None
    service_sid: str | None = None
    callback: str | None = None
    redacted: bool = False
    media: int = 0

    @property
    def is_over(self) -> bool:
        """Whether the status is final. Only then can the message be deleted."""
        return self.status in ("undelivered", "failed", "delivered", "received")

    def advance(self, status: str, now: float) -> None:
        """Change to a later status; an earlier status changes nothing."""
        if _RANK.index(status) > _RANK.index(self.status):
            self.status = status
        if status == "sent" and self.sent is None:
            self.sent = now

    def resource(self, account_sid: str) -> dict[str, Any]:
        """Return the message as the REST API shows it, with all fields of Twilio's OpenAPI document.

        The price is null.
        """
        uri = f"/2010-04-01/Accounts/{account_sid}/Messages/{self.sid}"
        waiting = self.status == "accepted"  # a Messaging Service only counts segments after choosing a sender
        return {
            "account_sid": account_sid,
            "api_version": "2010-04-01",
            "body": "" if self.redacted else self.text,
            "date_created": _rfc2822(self.created),
            "date_sent": _rfc2822(self.sent),
            "date_updated": _rfc2822(self.sent or self.created),
            "direction": self.direction,
            "error_code": self.error_code,
            "error_message": None,
            "from": self.sender,
            "messaging_service_sid": self.service_sid,
            "num_media": str(self.media),
            "num_segments": "0" if waiting else str(count_parts(self.text)),
            "price": None,
            "price_unit": None,
            "sid": self.sid,
            "status": self.status,
            "subresource_uris": {"media": f"{uri}/Media.json"},
            "to": self.to,
            "uri": f"{uri}.json",
        }


def _rfc2822(moment: float | None) -> str | None:
    return None if moment is None else format_datetime(datetime.fromtimestamp(moment, UTC))
