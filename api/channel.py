"""The port between the dialogue and the channels: what is heard, what is to be said, how sending can fail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Hints:
    """What a channel knows about a person beside their words: never trusted, only used to suggest."""

    app_language: str | None = None  # IETF tag of the person's app
    payload: str | None = None  # what a deep link or a poster's keyword carried
    latin: bool = False  # the handset cannot be expected to show Tifinagh


@dataclass(frozen=True, slots=True)
class Incoming:
    """One thing a person said: words, or a tap on a choice they were offered."""

    channel: str
    provider: str
    address: str
    text: str
    external_id: str  # the provider's own id: hearing it twice changes nothing
    received_at: datetime
    choice: str | None = None  # the key of the choice tapped
    hints: Hints = field(default_factory=Hints)


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer on offer. `key` is what comes back from a tap, `label` what the person reads."""

    key: str
    label: str
    chosen: bool = False
    action: bool = False  # a way out (back, skip): a button where buttons exist, a known word elsewhere


@dataclass(frozen=True, slots=True)
class Reply:
    """One message of a dialogue turn; or, where it `replaces`, new choices below the message that was tapped."""

    text: str
    choices: tuple[Choice, ...] = ()
    picture: bytes | None = None
    replaces: bool = False


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One delivery on its way to one address."""

    delivery_id: int
    address: str
    text: str
    choices: tuple[Choice, ...] = ()
    picture: bytes | None = None
    road: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The provider took the message: its id there, and how many parts it counts."""

    external_id: str
    parts: int = 1


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


class SendError(Exception):
    """A message was not handed over.

    SendError
     ├─ Throttled(retry_after)   try again, after the time the provider names
     ├─ Unreachable              nothing was handed over: try again, with back-off and a ceiling
     ├─ Rejected(reason)         never again
     ├─ Gone                     never again: the person left; their stop is recorded
     ├─ Misconfigured(reason)    our side is wrong: stop the lane, tell staff
     └─ Unsure                   it may have gone out: reconcile, never blindly resend
    """

    def __init__(self, reason: str = "") -> None:
        """`reason` is a code or a short word for staff; it never holds an address or a message's text."""
        super().__init__(reason)
        self.reason = reason


class Throttled(SendError):
    """The provider asks to slow down."""

    def __init__(self, retry_after: float, reason: str = "throttled") -> None:
        """`retry_after` is in seconds."""
        super().__init__(reason)
        self.retry_after = retry_after


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


class Channel(Protocol):
    """What the outbox needs of a channel."""

    @property
    def name(self) -> str:
        """The channel's name, as in the database."""
        ...

    async def send(self, message: Outgoing) -> Receipt:
        """Hand one message to the provider. Raises a SendError."""
        ...

    def preview(self, text: str, choices: Sequence[Choice] = ()) -> Preview:
        """What this text would cost here."""
        ...
