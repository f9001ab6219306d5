"""Short-lived keys for replies that contain a receipt, or that answer a message in which a resident wrote one.

A receipt identifies a ballot in the published list. The database and `SAWT_KEYS` together must never reveal which
resident wrote or got a receipt. A consultation's key cannot protect these replies, because it is destroyed at closing
and the replies are written later. Each short-lived key is used for fifteen minutes. It is destroyed once the replies
encrypted with it are no longer needed.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from api.errors import Unavailable
from api.outbox.service import replies_under_way
from api.security.crypto import Keyring
from api.security.seals import PASSING, Seals, cipher_of
from api.security.vault import Vault

SERVES = timedelta(minutes=15)
_LONGEST = timedelta(days=2)  # the longest time that a reply may wait to be sent
_AHEAD = timedelta(hours=1)  # tolerated clock error; a key from further in the future was created by a wrong clock


def use(session: AsyncSession, *, keyring: Keyring, now: datetime, needed: bool = True) -> bool:
    """Encrypt this transaction's replies with the current short-lived key too; return whether this was possible.

    It is impossible if no vault folder is available. In that case, raise Unavailable if the key is `needed`.
    """
    seals = cipher_of(session, keyring)
    try:
        if isinstance(seals, Seals):
            seals.use(_current(seals.vault, keyring, now))
    except Unavailable:
        if needed:
            raise
        return False
    return True


async def expire(session: AsyncSession, *, keyring: Keyring, now: datetime, kept: timedelta) -> None:
    """Destroy the short-lived keys that are no longer needed.

    A key is destroyed when `kept` has passed since the end of its use, unless a reply that waits to be sent needs it. A
    key created by a wrong clock is destroyed at once. Raises Unavailable at the end if a vault folder was not
    available; by then, the keys in all other folders are destroyed.
    """
    seals = cipher_of(session, keyring)
    if not isinstance(seals, Seals):
        return
    failed: Unavailable | None = None
    for name in sorted(_names(seals.vault, keyring)):
        end = _end(name)
        ahead = end - SERVES > now + _AHEAD
        if now < end + kept and not ahead:
            continue
        if now < end + _LONGEST and not ahead and await replies_under_way(session, before=end):
            continue
        try:
            seals.vault.destroy(name)
        except Unavailable as error:
            failed = error
    if failed is not None:
        raise failed


def _current(vault: Vault, keyring: Keyring, now: datetime) -> str:
    """Return the name of the key for the current quarter of an hour; create the key if there is none.

    If several processes create a key at the same time, any of them can be used. One missing or full vault folder does
    not prevent replies: the key is created in the others. Nothing is written into a folder whose disk is not mounted.
    """
    begins = f"{_name_prefix(keyring)}{int(now.timestamp() // SERVES.total_seconds())}-"
    existing = sorted(each for each in _names(vault, keyring) if each.startswith(begins))
    name = next(filter(vault.keys, existing), "")
    if not name:
        folders = [folder for folder in vault.folders if folder.is_dir() and vault.marks(folder)]
        if not folders:
            raise Unavailable("no vault folder is available: are their disks mounted?")
        name = f"{begins}{secrets.token_hex(8)}"
        _create_key(folders, name)
    return name


def _create_key(folders: Sequence[Path], name: str) -> None:
    """Create a key in every vault folder that has room. Raises Unavailable if no folder has room."""
    key, failed = secrets.token_bytes(32), list[Unavailable]()
    for folder in folders:
        try:
            Vault([folder]).repair(name, key)
        except Unavailable as error:
            failed.append(error)
    if len(failed) == len(folders):
        raise failed[0]


def _names(vault: Vault, keyring: Keyring) -> set[str]:
    """Return the names of all short-lived keys. This includes keys that a crash left partly written (as `.NAME.…`)."""
    own = _name_prefix(keyring)
    whole = {path.name for folder in vault.folders for path in folder.glob(f"{own}*")}
    return whole | {path.stem[1:] for folder in vault.folders for path in folder.glob(f".{own}*")}


def _name_prefix(keyring: Keyring) -> str:
    """Return the first part of the names of this service's keys.

    Each service that uses the vault has its own prefix, because each may have another clock.
    """
    return f"{PASSING}{keyring.blind_index('passing', '')[:4].hex()}-"


def _end(name: str) -> datetime:
    return datetime.fromtimestamp(0, UTC) + (int(name.split("-")[2]) + 1) * SERVES
