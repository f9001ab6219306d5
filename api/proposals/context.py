"""What telling authors needs: how they are spoken to, and the keys that seal what is sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from api.i18n import Catalogs
from api.security.crypto import Keyring


def _at_once(now: datetime) -> datetime:
    return now


@dataclass(frozen=True, slots=True)
class Kit:
    """The catalogs and the keyring of the service; `not_before` says when a notice may go out that is made now."""

    catalogs: Catalogs
    keyring: Keyring
    not_before: Callable[[datetime], datetime] = _at_once
