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

    If no vault folder is available, it is not possible. If the key is `needed`, Unavailable is raised then.
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

    After its use a key stays for the time `kept`, or longer while a waiting reply needs it. Raises Unavailable at the
    end if a vault folder was not available.
    """
    seals = cipher_of(session, keyring)
    if not isinstance(seals, Seals):
        return
    failed: Unavailable | None = None
    for name in sorted(_names(seals.vault, keyring)):
        end = _end(name)
        ahead = end - SERVES > now + _AHEAD  # created by a wrong clock: destroyed at once
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
    """Return the name of the key for the current quarter of an hour, creating it if needed."""
    begins = f"{_name_prefix(keyring)}{int(now.timestamp() // SERVES.total_seconds())}-"
    existing = sorted(each for each in _names(vault, keyring) if each.startswith(begins))
    # if several processes created one, any of them will do
    name = next(filter(vault.keys, existing), "")
    if not name:
        # folders without marks are left alone: their disk may not be mounted
        folders = [folder for folder in vault.folders if folder.is_dir() and vault.marks(folder)]
        if not folders:
            raise Unavailable("no vault folder is available: check that the disks of the vault are mounted")
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
    """Return the names of all short-lived keys, complete or partial."""
    own = _name_prefix(keyring)
    whole = {path.name for folder in vault.folders for path in folder.glob(f"{own}*")}
    # a crash leaves a partial key as `.NAME.…`
    return whole | {path.stem[1:] for folder in vault.folders for path in folder.glob(f".{own}*")}


def _name_prefix(keyring: Keyring) -> str:
    """Return the start of the names of this service's keys."""
    # services that share the vault may have different clocks, so each has a prefix of its own
    return f"{PASSING}{keyring.blind_index('passing', '')[:4].hex()}-"


def _end(name: str) -> datetime:
    return datetime.fromtimestamp(0, UTC) + (int(name.split("-")[2]) + 1) * SERVES
