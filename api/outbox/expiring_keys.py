"""Keys of the vault that pass: what ties a person to a receipt is sealed under one, and cannot be read once it is gone.

Receipts are published at closing, with their choices. So the database and `SAWT_KEYS` together must never open a text
that a resident wrote with a receipt in it, nor the answer. No consultation's key can do that: after closing there is
none. Each of these keys serves for a quarter of an hour, and goes once the replies sealed under it are of no use.
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
_LONGEST = timedelta(days=2)  # that a reply may wait to be handed over; then it is of no use
_AHEAD = timedelta(hours=1)  # that a clock may be wrong by; a key of later was made before it was set right


def use(session: AsyncSession, *, keyring: Keyring, now: datetime, needed: bool = True) -> bool:
    """Seal the replies of this transaction under the key of this quarter of an hour too; returns whether they are.

    Raises Unavailable if that is `needed` and no folder of the vault is there.
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
    """Destroy the keys that served until `kept` ago, but for those a reply still needs; and those of a wrong clock.

    Raises Unavailable at the end, if a folder of the vault was not there: the others are done.
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
    """The name of the key of this quarter of an hour. Several processes may make one each: all are as good.

    A mirror that is away or full keeps nobody from being answered; nothing is written where its disk should be.
    """
    begins = f"{_own(keyring)}{int(now.timestamp() // SERVES.total_seconds())}-"
    served = sorted(name for name in _names(vault, keyring) if name.startswith(begins))
    found = next(filter(vault.keys, served), "")
    if not found:
        there = [folder for folder in vault.folders if folder.is_dir() and vault.marks(folder)]
        if not there:
            raise Unavailable("no folder of the vault is there: are their disks mounted?")
        found = f"{begins}{secrets.token_hex(8)}"
        _make(there, found)
    return found


def _make(folders: Sequence[Path], name: str) -> None:
    """Make a key wherever there is room. Raises Unavailable if that is nowhere."""
    key, failed = secrets.token_bytes(32), list[Unavailable]()
    for folder in folders:
        try:
            Vault([folder]).repair(name, key)
        except Unavailable as error:
            failed.append(error)
    if len(failed) == len(folders):
        raise failed[0]


def _names(vault: Vault, keyring: Keyring) -> set[str]:
    """The names of all such keys, also of those of which a crash left a part: see `vault_files.write`."""
    own = _own(keyring)
    whole = {path.name for folder in vault.folders for path in folder.glob(f"{own}*")}
    return whole | {path.stem[1:] for folder in vault.folders for path in folder.glob(f".{own}*")}


def _own(keyring: Keyring) -> str:
    """How the names of this service's keys begin: another one beside it may have another clock."""
    return f"{PASSING}{keyring.blind_index('passing', '')[:4].hex()}-"


def _end(name: str) -> datetime:
    return datetime.fromtimestamp(0, UTC) + (int(name.split("-")[2]) + 1) * SERVES
