"""Check whether a database belongs to the service's keys. It contains a value that only the right keys can decrypt."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from api.db import Base, insert
from api.errors import Invalid
from api.security.crypto import Keyring

_ONLY = 1
_TEXT, _PURPOSE, _CHANNEL = "sawt", "key check", "key-check"


class KeyCheck(Base):
    """A table with one row: a known text, encrypted, and its keyed hash."""

    __tablename__ = "key_checks"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sealed: Mapped[bytes]
    blind: Mapped[bytes]


async def fits(session: AsyncSession, keyring: Keyring) -> bool | None:
    """Return whether both keys belong to this database; None if it has no keys yet."""
    row = await session.get(KeyCheck, _ONLY)
    if row is None:
        return None
    return row.blind == keyring.blind_index(_CHANNEL, _TEXT) and opens(row.sealed, keyring, purpose=_PURPOSE)


async def bind(session: AsyncSession, keyring: Keyring) -> None:
    """Tie the database to these keys.

    If the database has keys already, they must be these. The stored value is encrypted again with the newest key, so
    that older keys can be removed after a rotation.
    """
    row = await session.get(KeyCheck, _ONLY)
    if row is not None and row.sealed[0] == keyring.current:
        return
    values = {"sealed": keyring.encipher(_TEXT, purpose=_PURPOSE), "blind": keyring.blind_index(_CHANNEL, _TEXT)}
    statement = insert(session)(KeyCheck).values(id=_ONLY, **values)
    await session.execute(statement.on_conflict_do_update(index_elements=("id",), set_=values))


def opens(sealed: bytes, keyring: Keyring, *, purpose: str) -> bool:
    """Return whether one of the keys can decrypt a value."""
    try:
        keyring.decipher(sealed, purpose=purpose)
    except Invalid:
        return False
    return True
