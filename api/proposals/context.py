"""What notifying authors needs: the message catalogs, encryption keys, and the earliest time to send."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from api.i18n import Catalogs
from api.security.crypto import Keyring


def _at_once(now: datetime) -> datetime:
    return now


@dataclass(frozen=True, slots=True)
class ProposalContext:
    """The message catalogs, the keyring, and a function for the time from which a notification may be sent."""

    catalogs: Catalogs
    keyring: Keyring
    not_before: Callable[[datetime], datetime] = _at_once
