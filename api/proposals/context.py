"""What notifications to authors need: the message catalogs, encryption keys, and the earliest time to send."""

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
    """The message catalogs, the encryption keys, and a function that returns the earliest time to notify authors."""

    catalogs: Catalogs
    keyring: Keyring
    not_before: Callable[[datetime], datetime] = _at_once
