"""Which further ways to sign in an installation offers. Their libraries are loaded only if it does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from urllib.parse import urlsplit

from api.errors import Forbidden


class Unproven(Forbidden):
    """An answer is not valid: the challenge, page, key, signature or token is wrong."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a browser brought back, with the challenge from its cookie, and its network address."""

    text: str  # of an authenticator, as JSON; or a code of the app
    cookie: str
    address: str = ""


class KnownKey(Protocol):
    """A stored passkey: its id, and how a browser may reach its authenticator."""

    @property
    def credential_id(self) -> bytes:
        """The id that the authenticator gave it."""
        ...

    @property
    def transports(self) -> Sequence[str]:
        """What the browser said when the passkey was added, such as `usb`."""
        ...


@dataclass(frozen=True, slots=True)
class NewKey:
    """What an authenticator returned for a new passkey."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    transports: Sequence[str]


class PasskeyParty(Protocol):
    """Speaks WebAuthn for this service, which the standard calls the relying party."""

    def options_to_add(self, user: bytes, name: str, known: Sequence[KnownKey], challenge: bytes) -> str:
        """Return the browser's options to create a passkey, as JSON. `known` are those that the account has."""
        ...

    def options_to_prove(self, allowed: Sequence[KnownKey], challenge: bytes) -> str:
        """Return the browser's options to use a passkey, as JSON; without `allowed`, the person chooses one."""
        ...

    def added(self, answer: str, challenge: bytes) -> NewKey:
        """Return the passkey that an answer contains. Raises Unproven."""
        ...

    def named(self, answer: str) -> tuple[bytes, bytes | None]:
        """Return the credential id and user handle that an answer names, not verified. Raises Unproven."""
        ...

    def proved(self, answer: str, challenge: bytes, public_key: bytes) -> int:
        """Verify an answer, and return the authenticator's sign count. Raises Unproven."""
        ...


@dataclass(frozen=True, slots=True)
class Return:
    """With what an identity provider sent a browser back: values of the URL, "" if missing."""

    code: str
    state: str
    issuer: str
    cookie: str
    address: str


@dataclass(frozen=True, slots=True)
class Claimed:
    """Whom a provider names, and whether its second factor replaces ours this time."""

    subject: str
    strong: bool


class IdentityProvider(Protocol):
    """An OpenID provider where staff have an identity of their own."""

    @property
    def issuer(self) -> str:
        """The provider's name in its tokens, a URL."""
        ...

    @property
    def label(self) -> str:
        """The provider's name on our pages."""
        ...

    async def address(self, challenge: bytes) -> str:
        """Return the provider's URL to send a browser to. Raises Unavailable."""
        ...

    async def claimed(self, answer: Return, challenge: bytes, *, now: datetime) -> Claimed:
        """Return whom the provider names. Raises Unproven, or Unavailable if the provider does not answer."""
        ...


@dataclass(frozen=True, slots=True)
class Ways:
    """The further ways to sign in that are switched on; None: not this one."""

    passkeys: PasskeyParty | None = None
    provider: IdentityProvider | None = None


NONE = Ways()


def is_private(url: str) -> bool:
    """Whether nobody can listen on the way to this URL: it has TLS, or leads to this machine."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1"))
