"""Keys of the vault that pass: what ties a person to a receipt is sealed under one, and cannot be read once it is gone.

Receipts are published at closing, with their choices. So the database and `SAWT_KEYS` together must never open a text
that a resident wrote with a receipt in it, nor the answer. No consultation's key can do that: after closing there is
none. Each of these keys serves for a quarter of an hour, and goes once the replies sealed under it are of no use.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from api.crypto import Keyring
from api.outbox.service import replies_under_way
from api.seals import PASSING, Seals, enciphers
from api.vault import Vault

SERVES = timedelta(minutes=15)
_LONGEST = timedelta(days=2)  # that a reply may wait to be handed over; then it is of no use


def use(session: AsyncSession, *, keyring: Keyring, now: datetime) -> None:
    """Seal the replies of this transaction under the key of this quarter of an hour too. Raises Unavailable."""
    seals = enciphers(session, keyring)
    if isinstance(seals, Seals):
        seals.use(_current(seals.vault, keyring, now))


async def expire(session: AsyncSession, *, keyring: Keyring, now: datetime, kept: timedelta) -> None:
    """Destroy the keys that served until `kept` ago, but for those a reply still needs. Raises Unavailable."""
    seals = enciphers(session, keyring)
    if not isinstance(seals, Seals):
        return
    for name in sorted(_names(seals.vault, keyring)):
        end = _end(name)
        if now < end + kept:
            continue
        if now < end + _LONGEST and await replies_under_way(session, before=end):
            continue
        seals.vault.destroy(name)


def _current(vault: Vault, keyring: Keyring, now: datetime) -> str:
    """The name of the key of this quarter of an hour. Several processes may make one each: all are as good."""
    begins = f"{_own(keyring)}{int(now.timestamp() // SERVES.total_seconds())}-"
    found = min((name for name in _names(vault, keyring) if name.startswith(begins)), default="")
    if not found or not vault.keys(found):
        found = f"{begins}{secrets.token_hex(8)}"
        vault.mend(found, secrets.token_bytes(32))
    return found


def _names(vault: Vault, keyring: Keyring) -> Iterator[str]:
    own = _own(keyring)
    yield from {path.name for folder in vault.folders if folder.is_dir() for path in folder.glob(f"{own}*")}


def _own(keyring: Keyring) -> str:
    """How the names of this service's keys begin: another one beside it may have another clock."""
    return f"{PASSING}{keyring.blind_index('passing', '')[:4].hex()}-"


def _end(name: str) -> datetime:
    return datetime.fromtimestamp(0, UTC) + (int(name.split("-")[2]) + 1) * SERVES
