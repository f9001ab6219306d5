"""The forms that Twilio posts about a message, and the statuses a message goes through."""

from rehearsal.segments import count_parts
from rehearsal.twilio.codes import AFTERWARDS, SILENT, Fate, magic
from rehearsal.twilio.message import Message

# Often present and empty; whoever drops them computes another signature.
_PLACE = {f"{end}{part}": "" for end in ("From", "To") for part in ("City", "State", "Zip")}


def inbound_form(message: Message, account_sid: str) -> dict[str, str]:
    """What the SMS webhook gets (Twilio: messaging/guides/webhook-request)."""
    return {
        **dict.fromkeys(("MessageSid", "SmsSid", "SmsMessageSid"), message.sid),
        **_PLACE,
        "AccountSid": account_sid,
        "ApiVersion": "2010-04-01",
        "Body": message.text,
        "From": message.sender or "",
        "FromCountry": "MA",
        "NumMedia": "0",
        "NumSegments": str(count_parts(message.text)),
        "SmsStatus": "received",
        "To": message.to,
        "ToCountry": "MA",
    }


def status_form(message: Message, status: str, account_sid: str) -> dict[str, str]:
    """What a status callback gets (Twilio: messaging/guides/outbound-message-status-in-status-callbacks)."""
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


def path_of(message: Message, fate: Fate | None = None) -> list[str]:
    """The statuses still to come; the first one is never reported (same guide). `fate` is that of its number."""
    suffix = magic(message.to)
    first = ["queued"] if message.service_sid else []
    if suffix == SILENT:
        return [*first, "sent"]
    status = fate.status if fate is not None else AFTERWARDS.get(suffix, ("delivered", 0))[0]
    return [*first, status] if status == "failed" else [*first, "sent", status]
