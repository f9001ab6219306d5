"""The port between the dialogue and the channels: what is heard, what is to be said, how sending can fail."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Literal, Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class Hints:
    """What a channel knows about a person beside their words: never trusted, only used to suggest."""

    app_language: str | None = None  # IETF tag of the person's app
    payload: str | None = None  # what a deep link or a poster's keyword carried
    latin: bool = False  # the handset cannot be expected to show Tifinagh
    contact: bool = False  # the app can be asked for the person's own phone number
    repeats: bool = False  # the wire may bring one text twice, under two ids
    kept: bool = False  # the provider keeps the message and its answers until it is told to forget them
    ticks: bool = False  # what was chosen is shown ticked, and a tap takes it back


class Kind(Enum):
    """In which way something was said: only words and taps answer what was asked."""

    SAID = "said"  # words, a tap, a contact
    EDITED = "edited"  # an earlier message of theirs was written again
    FORWARDED = "forwarded"  # somebody else's words
    REACTED = "reacted"  # a sign on a message; `text` is the sign
    SHOWN = "shown"  # a voice message, a picture, a sticker, a place; `text` is its caption


@dataclass(frozen=True, slots=True)
class Pointer:
    """A message of ours that was replied to: when it was sent, and the keys of the choices below it."""

    sent_at: datetime
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Incoming:
    """One thing a person said: words, or a tap on a choice they were offered."""

    channel: str
    provider: str
    address: str
    text: str
    external_id: str  # the provider's own id: hearing it twice changes nothing
    received_at: datetime
    written: str = ""  # the address as the provider writes it: it may be stored so, from before it had one form
    road: str = ""  # the one it came by, where the provider has several; a reply goes back on it
    choice: str | None = None  # the key of the choice tapped
    contact: str | None = None  # their own phone number (E.164), where they let the app tell it
    asks: Literal["stop", "start", "help"] | None = None  # what the provider took it for, and did: whatever the words
    kind: Kind = Kind.SAID
    sent_at: datetime | None = None  # when they sent it, to the second; None if the wire does not tell
    message_id: str | None = None  # the provider's id of the message; an edit comes with that of the first version
    pointer: Pointer | None = None  # the message they replied to
    hints: Hints = field(default_factory=Hints)


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer on offer. `key` is what comes back from a tap, `label` what the person reads."""

    key: str
    label: str
    chosen: bool = False
    action: bool = False  # a way out (back, skip): a button where buttons exist, a known word elsewhere
    sign: str = ""  # the letter it is called by in a list, where its number would be taken for something else
    contact: bool = False  # asks the app for the person's phone number; offered only where it can be asked
    typed: str = ""  # what stands for the label where nothing can be tapped: a name cut short, a word with a number
    told: bool = False  # the text says it already (a step of a scale): a list leaves it out


@dataclass(frozen=True, slots=True)
class Spot:
    """A point on a map, with what the person reads beside it."""

    latitude: float
    longitude: float
    title: str
    address: str


@dataclass(frozen=True, slots=True)
class File:
    """A small file, such as an entry for a calendar."""

    name: str
    content: bytes


Attachment = Spot | File  # what goes along with a text where the channel can carry it, and is left out elsewhere


@dataclass(frozen=True, slots=True)
class Reply:
    """One message of a dialogue turn; or, where it `replaces`, new choices below the message that was tapped.

    What replaces with a text takes the whole place of that message, as a card turned over.
    """

    text: str
    choices: tuple[Choice, ...] = ()
    picture: bytes | None = None
    replaces: bool = False
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One delivery on its way to one address."""

    delivery_id: int
    address: str
    text: str
    choices: tuple[Choice, ...] = ()
    picture: bytes | None = None
    road: str = ""
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """The provider took the message: its id there, how many parts it counts, and what became of it so far."""

    external_id: str
    parts: int = 1
    state: str = "sent"  # or delivered, or failed: as in the outbox
    reason: str | None = None  # the provider's code for a failure
    gone: bool = False  # it failed because the person left
    against: SendError | None = None  # what the failure says against the road itself, if anything


@dataclass(frozen=True, slots=True)
class Trail:
    """What the outbox knows of a message whose answer was lost, for its provider to find it by."""

    since: datetime  # it was not handed over before
    known: Collection[str] = ()  # the provider's ids of other messages to this person
    others: int = 0  # messages to the same address that may have been taken too, and have no id yet


@dataclass(frozen=True, slots=True)
class Kept:
    """A message of a dialogue that its provider still keeps."""

    provider: str
    external_id: str | None  # None: it was never told; then all our replies to the address until `until` are meant
    address: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Preview:
    """What a text would cost on a channel.

    `units` are those of the encoding; `culprits` are letters that force the dearer one, `proposal` does without.
    """

    parts: int
    encoding: str
    units: int
    culprits: tuple[str, ...] = ()
    proposal: str | None = None
    price: float | None = None


LONGEST_WAIT = 86_400.0  # seconds; whatever a provider names, tomorrow it is asked again


class SendError(Exception):
    """A message was not handed over.

    SendError
     ├─ Throttled(retry_after)   try again, after the time the provider names
     ├─ Unreachable              nothing was handed over: try again, with back-off and a ceiling
     ├─ Rejected(reason)         never again
     ├─ Gone                     never again: the person left; their stop is recorded
     ├─ Misconfigured(reason)    our side is wrong: stop the lane, tell staff
     ├─ Unsure                   it may have gone out: ask by `trace`, never blindly resend
     └─ Untraceable              only of `trace`: this provider can never tell whether it took a message
    """

    def __init__(self, reason: str = "", words: str = "") -> None:
        """`reason` is a code or a short word for staff, `words` say what the code means.

        Neither ever holds an address or a message's text.
        """
        super().__init__(reason)
        self.reason, self.words = reason, words


class Throttled(SendError):
    """The provider asks to slow down."""

    def __init__(self, retry_after: float, reason: str = "throttled", words: str = "", *, grows: bool = False) -> None:
        """`retry_after` is in seconds, no more than LONGEST_WAIT of them; what is no number of seconds counts as none.

        `grows` says that the provider named no time: each such answer in a row doubles it.
        """
        super().__init__(reason, words)
        self.retry_after = 0.0 if math.isnan(retry_after) else min(max(retry_after, 0.0), LONGEST_WAIT)
        self.grows = grows


class Unreachable(SendError):
    """The provider could not be reached, so the message certainly did not go out."""


class Rejected(SendError):
    """The provider refuses this message or this address for good."""


class Gone(SendError):
    """The person stopped us at the provider: blocked the bot, opted out, closed the account."""


class Misconfigured(SendError):
    """Our credentials, sender or settings are wrong; every message would fail the same way."""


class Unsure(SendError):
    """The answer was lost: the message may have gone out."""


class Untraceable(SendError):
    """Nobody can say whether the provider took the message, now or later."""


class Channel(Protocol):
    """What the outbox needs of a channel."""

    name: str  # as in the database

    async def send(self, message: Outgoing) -> Receipt:
        """Hand one message to the provider. Raises a SendError."""

    async def trace(self, message: Outgoing, trail: Trail) -> Receipt | None:
        """Ask whether the provider took this message: its receipt, or None if it certainly did not.

        Raises Untraceable where neither is certain; any other SendError means: ask again later.
        """

    def preview(self, text: str, choices: Sequence[Choice] = ()) -> Preview:
        """What this text would cost here."""


@runtime_checkable
class Forgetful(Protocol):
    """A channel, or a provider of one, that can be made to forget messages of dialogues."""

    async def forget(self, kept: Kept) -> None:
        """Make the provider delete a message, with its text; done as well where it is gone already.

        Raises a SendError where it is still there: ask again later.
        """

    async def sweep(self, before: datetime) -> None:
        """Make it delete what came in before this moment and is still there, heard or not. Raises a SendError."""


@runtime_checkable
class Announcer(Protocol):
    """A channel that can write where everybody reads."""

    async def announce(self, place: str, text: str) -> None:
        """Write a text in a public place. Raises a SendError."""
