"""The forms that Twilio posts to Sawt about a message, and the statuses that a message goes through."""

from rehearsal.segments import count_parts
from rehearsal.twilio.codes import AFTERWARDS, SILENT, Outcome, magic
from rehearsal.twilio.message import Message

# Fields that Twilio often sends empty. They count for the signature, so Sawt must not drop them.
_PLACE = {f"{end}{part}": "" for end in ("From", "To") for part in ("City", "State", "Zip")}


def inbound_form(message: Message, account_sid: str) -> dict[str, str]:
    """Return the form that reports an inbound SMS to Sawt's webhook (Twilio: messaging/guides/webhook-request)."""
    return {
        **dict.fromkeys(("MessageSid", "SmsSid", "SmsMessageSid"), message.sid),
        **_PLACE,
        "AccountSid": account_sid,
        "ApiVersion": "2010-04-01",
        "Body": message.text,
        "From": message.sender or "",
        "FromCountry": "MA",
        "NumMedia": str(message.media),
        "NumSegments": str(count_parts(message.text)),
        "SmsStatus": "received",
        "To": message.to,
        "ToCountry": "MA",
        **{f"MediaContentType{place}": "image/jpeg" for place in range(message.media)},
        **{f"MediaUrl{place}": f"https://api.twilio.com/media/{message.sid}/{place}" for place in range(message.media)},
    }


def status_form(message: Message, status: str, account_sid: str) -> dict[str, str]:
    """Return the form that reports a message's status to Sawt.

    Its fields follow Twilio's guide messaging/guides/outbound-message-status-in-status-callbacks.
    """
    form = {
        **dict.fromkeys(("MessageSid", "SmsSid"), message.sid),
        **dict.fromkeys(("MessageStatus", "SmsStatus"), status),
        "AccountSid": account_sid,
        "ApiVersion": "2010-04-01",
        "From": message.sender or "",
        "To": message.to,
    }
    if message.service_sid:
        form["MessagingServiceSid"] = message.service_sid
    if status in ("undelivered", "failed"):
        form["ErrorCode"] = str(message.error_code)
    return form


def path_of(message: Message, outcome: Outcome | None = None) -> list[str]:
    """Return the statuses of a new message that are reported to Sawt, in order.

    A test may choose the `outcome` of messages to a number. Other messages are delivered, except to magic numbers.
    """
    suffix = magic(message.to)
    first = ["queued"] if message.service_sid else []
    if suffix == SILENT:
        return [*first, "sent"]
    status = outcome.status if outcome is not None else AFTERWARDS.get(suffix, ("delivered", 0))[0]
    return [*first, status] if status == "failed" else [*first, "sent", status]
