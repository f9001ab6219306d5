"""Short-lived vault keys. What links a person to a receipt is sealed under one, unreadable once it is destroyed.

Receipts are published at closing, with their choices. The database and `SAWT_KEYS` together must never reveal a text in
which a resident wrote a receipt, nor the reply to it. A consultation's key cannot protect such texts, because none
exists after closing. Each of these keys is used for fifteen minutes and destroyed once its replies are obsolete.
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
_LONGEST = timedelta(days=2)  # the longest a reply waits to be sent; later it is useless
_AHEAD = timedelta(hours=1)  # tolerated clock error; a key from further ahead was created by a wrong clock


def use(session: AsyncSession, *, keyring: Keyring, now: datetime, needed: bool = True) -> bool:
    """Also seal this transaction's replies under the current key; return whether they are.

    Raises Unavailable if the seal is `needed` and no vault folder is available.
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
    """Destroy keys whose use ended `kept` ago, unless a waiting reply needs them, and keys created by a wrong clock.

    Raises Unavailable at the end if a vault folder was not available; the other folders are done.
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
    """The name of the key for this quarter of an hour. If several processes create one each, any of them serves.

    A mirror that is missing or full does not prevent answers; nothing is written where its disk should be mounted.
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
    """Create a key in every folder with room. Raises Unavailable if no folder has room."""
    key, failed = secrets.token_bytes(32), list[Unavailable]()
    for folder in folders:
        try:
            Vault([folder]).repair(name, key)
        except Unavailable as error:
            failed.append(error)
    if len(failed) == len(folders):
        raise failed[0]


def _names(vault: Vault, keyring: Keyring) -> set[str]:
    """The names of all such keys, including keys only partly written before a crash: see `vault_files.write`."""
    own = _name_prefix(keyring)
    whole = {path.name for folder in vault.folders for path in folder.glob(f"{own}*")}
    return whole | {path.stem[1:] for folder in vault.folders for path in folder.glob(f".{own}*")}


def _name_prefix(keyring: Keyring) -> str:
    """The name prefix of this service's keys: another service with the same vault may have another clock."""
    return f"{PASSING}{keyring.blind_index('passing', '')[:4].hex()}-"


def _end(name: str) -> datetime:
    return datetime.fromtimestamp(0, UTC) + (int(name.split("-")[2]) + 1) * SERVES
