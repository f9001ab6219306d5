"""The interface between conversations and channels: incoming messages, replies, deliveries and send errors."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Literal, Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class Hints:
    """Details that a channel knows about a person, besides their message. Not trusted: used only for suggestions."""

    app_language: str | None = None  # IETF tag of the person's app
    payload: str | None = None  # the payload of a deep link or a poster's keyword
    latin: bool = False  # the handset probably cannot display Tifinagh
    contact: bool = False  # the app can ask for the person's own phone number
    repeats: bool = False  # the channel may deliver one text twice under two ids
    kept: bool = False  # the provider stores the message and its replies until told to delete them
    ticks: bool = False  # chosen options are shown with a tick, and another tap removes it


class Kind(Enum):
    """The kind of an incoming message, such as an edit or a reaction. Only words and taps can answer a question."""

    SAID = "said"  # words, a tap, a contact
    EDITED = "edited"  # an edit of an earlier message
    FORWARDED = "forwarded"  # someone else's words
    REACTED = "reacted"  # a reaction to a message; `text` is the emoji
    SHOWN = "shown"  # a voice message, picture, sticker or location; `text` is its caption


@dataclass(frozen=True, slots=True)
class Pointer:
    """An earlier message of the service to which a person replied: its time, and its choices."""

    sent_at: datetime
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message from a person: words, or a tap on a choice."""

    channel: str
    provider: str
    address: str
    text: str
    external_id: str  # the provider's id; receiving it twice changes nothing
    received_at: datetime
    written: str = ""  # the address as the provider wrote it; older rows may store it in that form
    road: str = ""  # the road (delivery route) it came by, if the provider has several; a reply goes back by it
    choice: str | None = None  # the key of the tapped choice
    contact: str | None = None  # their own phone number (E.164), if they let the app share it
    asks: Literal["stop", "start", "help"] | None = None  # how the provider classified it and acted on it
    kind: Kind = Kind.SAID
    sent_at: datetime | None = None  # when they sent it, to the second; None if unknown
    message_id: str | None = None  # the provider's id of the message; an edit has the id of the original
    pointer: Pointer | None = None  # the message they replied to
    hints: Hints = field(default_factory=Hints)


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice offered to a person. `label` is shown; a tap on it sends back `key`."""

    key: str
    label: str
    chosen: bool = False
    action: bool = False  # an action such as back or skip: a button, or a known word where there are no buttons
    sign: str = ""  # the letter for this choice in a list, if a number would be ambiguous
    contact: bool = False  # asks the app for the person's phone number; only where the app can be asked
    typed: str = ""  # replaces the label where nothing can be tapped: a shortened name, or a word with a number
    told: bool = False  # already part of the text (a step of a scale), so lists leave this choice out


@dataclass(frozen=True, slots=True)
class Spot:
    """A point on a map with its title and address."""

    latitude: float
    longitude: float
    title: str
    address: str


@dataclass(frozen=True, slots=True)
class File:
    """A small file, such as a calendar entry."""

    name: str
    content: bytes


Attachment = Spot | File  # sent along with a text if the channel supports it, otherwise left out


@dataclass(frozen=True, slots=True)
class Reply:
    """One message of the service that answers a person.

    If `replaces` is set, the reply replaces the message whose button was tapped. A reply
    with a text replaces the whole message. A reply without a text replaces only the choices.
    """

    text: str
    choices: tuple[Choice, ...] = ()
    picture: bytes | None = None
    replaces: bool = False
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to be sent to one address."""

    delivery_id: int
    address: str
    text: str
    choices: tuple[Choice, ...] = ()
    picture: bytes | None = None
    road: str = ""
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class SendResult:
    """What the provider says of a message that it accepted: an id, the number of segments, the state so far."""

    external_id: str
    parts: int = 1
    state: str = "sent"  # or delivered or failed, as in the outbox
    reason: str | None = None  # the provider's code for a failure
    gone: bool = False  # it failed because the person left the channel
    against: SendError | None = None  # what the failure implies for the road (delivery route) itself, if anything


@dataclass(frozen=True, slots=True)
class Trail:
    """Facts that help to find out whether a silent provider accepted a message."""

    since: datetime  # it was sent at this time or later
    known: Collection[str] = ()  # provider ids of other messages to this person
    others: int = 0  # messages to the same address that may have been accepted too, and have no id yet


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A message of a conversation that its provider still stores."""

    provider: str
    external_id: str | None  # None if unknown: then all our replies to the address up to `until`
    address: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Preview:
    """The cost of a text on a channel.

    `units` is the length in units of the encoding. `culprits` are the letters that force the more expensive encoding,
    and `proposal` is the text without these letters.
    """

    parts: int
    encoding: str
    units: int
    culprits: tuple[str, ...] = ()
    proposal: str | None = None
    price: float | None = None


LONGEST_WAIT = 86_400.0  # seconds; retry after a day at the latest, whatever a provider says


class SendError(Exception):
    """A message was not sent.

    SendError
     ├─ Throttled(retry_after)   try again after the time the provider names
     ├─ Unreachable              certainly not sent: try again, with back-off and a limit
     ├─ Rejected(reason)         never try again
     ├─ Gone                     never try again: the person left, which is recorded
     ├─ Misconfigured(reason)    our settings are wrong: stop sending by this road and tell staff
     ├─ Unsure                   it may have been sent: ask with `trace`, never resend blindly
     └─ Untraceable              only from `trace`: the provider can never tell
    """

    def __init__(self, reason: str = "", words: str = "") -> None:
        """Store a `reason`, a code or short word for staff, and `words` that explain it.

        Neither may contain an address or the text of a message.
        """
        super().__init__(reason)
        self.reason, self.words = reason, words


class Throttled(SendError):
    """The provider asks to slow down."""

    def __init__(self, retry_after: float, reason: str = "throttled", words: str = "", *, grows: bool = False) -> None:
        """Store how many seconds to wait, limited to 0..LONGEST_WAIT; NaN counts as 0.

        If the provider named no time, `grows` is true: then each throttled attempt in a row doubles the wait.
        """
        super().__init__(reason, words)
        self.retry_after = 0.0 if math.isnan(retry_after) else min(max(retry_after, 0.0), LONGEST_WAIT)
        self.grows = grows


class Unreachable(SendError):
    """The provider could not be reached, so the message was certainly not sent."""


class Rejected(SendError):
    """The provider permanently refuses this message or this address."""


class Gone(SendError):
    """The person can no longer be reached: they blocked the bot, opted out at the provider, or closed their account."""


class Misconfigured(SendError):
    """The service's own credentials, sender or settings are wrong; every message would fail in the same way."""


class Unsure(SendError):
    """The provider's response was lost, so the message may have been sent."""


class Untraceable(SendError):
    """Nobody can tell whether the provider accepted the message, now or later."""


class Channel(Protocol):
    """The interface through which the outbox uses a channel."""

    name: str  # as stored in the database

    async def send(self, message: Outgoing) -> SendResult:
        """Send one message through the provider. Raises a SendError."""

    async def trace(self, message: Outgoing, trail: Trail) -> SendResult | None:
        """Ask the provider whether it accepted this message.

        Return the result if it did, or None if it certainly did not. Raises Untraceable if this can never be known. Any
        other SendError means: ask again later.
        """

    def preview(self, text: str, choices: Sequence[Choice] = ()) -> Preview:
        """Return the cost of this text on this channel."""


@runtime_checkable
class Forgetful(Protocol):
    """A channel or provider that stores the messages of conversations and can delete them."""

    async def forget(self, kept: StoredMessage) -> None:
        """Delete a message and its text at the provider. Do nothing if it is already deleted.

        Raises a SendError if the message is still there. The caller must try again later.
        """

    async def sweep(self, before: datetime) -> None:
        """Delete every message that the provider received before this moment. Raises a SendError.

        This includes messages that the service never processed.
        """


@runtime_checkable
class Announcer(Protocol):
    """A channel that can post to the public."""

    async def announce(self, place: str, text: str) -> None:
        """Post a text in the public place `place`, such as a Telegram channel. Raises a SendError."""
