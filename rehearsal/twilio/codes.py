"""Twilio's error codes, and magic numbers: the last two digits of +2126000099xx choose how an SMS to it fails."""

from dataclasses import dataclass

from rehearsal.server import Answer

MAGIC = "+2126000099"


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error of the REST API: an HTTP status, Twilio's error code and its message."""

    status: int
    code: int
    message: str

    def answer(self) -> Answer:
        """Return the REST API's HTTP answer for this error."""
        body = {
            "code": self.code,
            "message": self.message,
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }
        return Answer(self.status, body, {"Retry-After": "1"} if self == THROTTLED else {})


UNAUTHORIZED = Refusal(401, 20003, "Authenticate")
NOT_FOUND = Refusal(404, 20404, "The requested resource was not found")
NOT_OVER = Refusal(409, 20009, "Cannot delete message because delivery has not been completed.")
THROTTLED = Refusal(429, 20429, "Too Many Requests")
BROKEN = Refusal(500, 20500, "An internal server error has occurred")
INVALID_TO = Refusal(400, 21211, "The 'To' number is not a valid phone number.")
INVALID_FROM = Refusal(
    400, 21212, "The 'From' number is not a valid phone number, shortcode, or alphanumeric sender ID."
)
NOT_OURS = Refusal(400, 21606, "The 'From' phone number is not a valid, message-capable Twilio phone number.")
NO_TO = Refusal(400, 21604, "A 'To' phone number is required.")
NO_FROM = Refusal(400, 21603, "A 'From' phone number is required.")
NO_BODY = Refusal(400, 21602, "Message body is required.")
TOO_LONG = Refusal(400, 21617, "The concatenated message body exceeds the 1600 character limit.")
NO_SERVICE = Refusal(404, 21701, "The Messaging Service does not exist.")
BAD_CALLBACK = Refusal(400, 21609, "The 'StatusCallback' URL is not a valid URL.")

# By the last two digits of a magic number: messages to it are refused at once by the REST API.
REFUSED = {
    "01": INVALID_TO,
    "02": Refusal(400, 21614, "'To' number is not a valid mobile number."),
    "03": Refusal(400, 21635, "'To' number cannot be a landline."),
    "04": INVALID_FROM,
    "05": Refusal(400, 21612, "The 'To' phone number is not currently reachable using this 'From' number."),
    "06": Refusal(
        400, 21408, "Permission to send an SMS has not been enabled for the region indicated by the 'To' number."
    ),
    "07": Refusal(400, 21610, "Attempt to send to unsubscribed recipient."),
    "08": Refusal(400, 21611, "This 'From' number has exceeded the maximum number of queued messages."),
    "10": THROTTLED,
    "11": BROKEN,
    "12": UNAUTHORIZED,
    "13": Refusal(503, 20503, "Service unavailable"),
}

# Messages to these magic numbers are accepted, then fail with this final status and error code in the callback.
AFTERWARDS = {
    "31": ("failed", 30001),
    "32": ("failed", 30002),
    "33": ("undelivered", 30003),
    "34": ("undelivered", 30004),
    "35": ("undelivered", 30005),
    "36": ("undelivered", 30006),
    "37": ("undelivered", 30007),
    "38": ("undelivered", 30008),
    "42": ("failed", 30042),
}

SILENT = "51"  # accepted and sent, but never gets a final status
LOST = "50"  # accepted and delivered, but the answer is lost


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happens to all messages to one number. `status` is their final status, or "refused"."""

    code: int
    status: str = "refused"  # at once; or failed or undelivered, after the message was accepted
    http: int = 400

    def refusal(self) -> Refusal | None:
        """Return the error if messages are refused at once; otherwise None. The wording is not Twilio's."""
        return Refusal(self.http, self.code, f"Refused with {self.code}.") if self.status == "refused" else None


def magic(number: str) -> str:
    """Return the last two digits of a magic number. For any other number, return ""."""
    return number[len(MAGIC) :] if number.startswith(MAGIC) else ""
