"""The further ways to sign in that an installation may offer. Libraries of other ways are not loaded."""

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
    """What a browser sent in answer to a challenge, with its cookie and its network address."""

    text: str  # of an authenticator, as JSON; or a code of the app
    cookie: str
    address: str = ""


class KnownKey(Protocol):
    """A stored passkey: its id, and how a browser may reach its authenticator."""

    @property
    def credential_id(self) -> bytes:
        """The passkey's id, chosen by the authenticator."""
        ...

    @property
    def transports(self) -> Sequence[str]:
        """How to reach the authenticator, as the browser said when the passkey was added, such as `usb`."""
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
        """Return the browser's options to create a passkey, as JSON. `known` are the account's present passkeys."""
        ...

    def options_to_prove(self, allowed: Sequence[KnownKey], challenge: bytes) -> str:
        """Return the browser's options to use a passkey, as JSON. If `allowed` is empty, any passkey may be used."""
        ...

    def added(self, answer: str, challenge: bytes) -> NewKey:
        """Return the passkey that an answer contains. Raises Unproven."""
        ...

    def named(self, answer: str) -> tuple[bytes, bytes | None]:
        """Return the credential id and user handle in an answer, without verifying them. Raises Unproven."""
        ...

    def proved(self, answer: str, challenge: bytes, public_key: bytes) -> int:
        """Verify an answer, and return the authenticator's sign count. Raises Unproven."""
        ...


@dataclass(frozen=True, slots=True)
class Return:
    """What a browser brought back from an identity provider. Values that the URL lacks are ""."""

    code: str
    state: str
    issuer: str
    cookie: str
    address: str


@dataclass(frozen=True, slots=True)
class Claimed:
    """The person that a provider names, and whether a code of the app is unnecessary."""

    subject: str
    strong: bool  # a second factor that the provider checked replaces ours


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
        """Return the URL of the provider's sign-in page. Raises Unavailable."""
        ...

    async def claimed(self, answer: Return, challenge: bytes, *, now: datetime) -> Claimed:
        """Return the person that the provider names. Raises Unproven. If nobody answers, raises Unavailable."""
        ...


@dataclass(frozen=True, slots=True)
class Ways:
    """The further ways to sign in. A way that is switched off is None."""

    passkeys: PasskeyParty | None = None
    provider: IdentityProvider | None = None


NONE = Ways()


def is_private(url: str) -> bool:
    """Return whether requests to this URL are private: it uses TLS, or leads to this machine."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1"))
