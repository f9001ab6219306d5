"""Whether a database and the keys belong together: a value sealed under the keys is kept in it, and must open."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from api.db import Base, insert
from api.errors import Invalid
from api.security.crypto import Keyring

_ONLY = 1
_TEXT, _PURPOSE, _CHANNEL = "sawt", "key check", "key-check"


class KeyCheck(Base):
    """The only row: a known text, sealed, and its keyed hash."""

    __tablename__ = "key_checks"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sealed: Mapped[bytes]
    blind: Mapped[bytes]


async def fits(session: AsyncSession, keyring: Keyring) -> bool | None:
    """Whether these are the keys of this database: both the sealing and the index key. None if it knows none yet."""
    found = await session.get(KeyCheck, _ONLY)
    if found is None:
        return None
    return found.blind == keyring.blind_index(_CHANNEL, _TEXT) and opens(found.sealed, keyring, purpose=_PURPOSE)


async def keep(session: AsyncSession, keyring: Keyring) -> None:
    """Bind the database to these keys, which fit or are its first.

    The value is sealed anew under the newest key, so that an older one can be dropped after a rotation.
    """
    found = await session.get(KeyCheck, _ONLY)
    if found is not None and found.sealed[0] == keyring.current:
        return
    row = {"sealed": keyring.encipher(_TEXT, purpose=_PURPOSE), "blind": keyring.blind_index(_CHANNEL, _TEXT)}
    made = insert(session)(KeyCheck).values(id=_ONLY, **row)
    await session.execute(made.on_conflict_do_update(index_elements=("id",), set_=row))


def opens(sealed: bytes, keyring: Keyring, *, purpose: str) -> bool:
    """Whether one of the keys opens a value."""
    try:
        keyring.decipher(sealed, purpose=purpose)
    except Invalid:
        return False
    return True
