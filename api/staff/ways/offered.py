"""Which further ways to sign in an installation offers. Their libraries are loaded only if it does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from api.errors import Forbidden


class Unproven(Forbidden):
    """An authenticator's answer is not valid: the challenge, page, key or signature is wrong."""


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
class Ways:
    """The further ways to sign in that are switched on; None: not this one."""

    passkeys: PasskeyParty | None = None


NONE = Ways()
