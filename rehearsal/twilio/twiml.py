"""Read the TwiML with which Sawt answers an inbound SMS: the texts to send, and where to report their status."""

from dataclasses import dataclass
from urllib.parse import urljoin
from xml.etree import ElementTree

from rehearsal.wire import Reply

_XML = frozenset({"text/xml", "application/xml", "text/html"})


class TwiMLError(ValueError):
    """Raised if Sawt's answer is not TwiML that Twilio would execute. The message starts with Twilio's error code."""


@dataclass(frozen=True, slots=True)
class Verb:
    """One `<Message>` in the TwiML: a text to send.

    `to` is the recipient; None means the sender of the inbound SMS. `callback` is the absolute URL for status
    callbacks.
    """

    text: str
    to: str | None = None
    callback: str | None = None


def read_twiml(reply: Reply, base: str) -> list[Verb]:
    """Return the messages in Sawt's answer. An answer in plain text is one message.

    Relative URLs are resolved against `base`, the URL that answered. Raises `TwiMLError` if Twilio would not execute
    the answer.
    """
    if reply.content_type == "text/plain":
        return [Verb(reply.text)] if reply.text else []
    if reply.content_type not in _XML:
        raise TwiMLError(f"12300 invalid content type {reply.content_type}")
    if not reply.text:
        return []
    try:
        root = ElementTree.fromstring(reply.text.encode())  # noqa: S314 - Sawt's own answer, on this machine
    except ElementTree.ParseError as error:
        raise TwiMLError(f"12100 document parse failure: {error}") from None
    if root.tag != "Response":
        raise TwiMLError("12102 the root element must be <Response>")
    return [_verb(element, base) for element in root]


def _verb(element: ElementTree.Element, base: str) -> Verb:
    if element.tag != "Message":
        raise TwiMLError(f"12200 <{element.tag}> is not supported here")
    bodies = element.findall("Body")
    text = "".join(body.text or "" for body in bodies) if bodies else element.text or ""
    if not text:
        raise TwiMLError("14103 a <Message> has no body")
    if len(text) > 1600:
        raise TwiMLError("21617 a <Message> has more than 1600 characters")
    callback = element.get("statusCallback") or element.get("action")
    return Verb(text, element.get("to"), urljoin(base, callback) if callback else None)
