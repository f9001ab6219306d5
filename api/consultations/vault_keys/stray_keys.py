"""Find and destroy stray keys: keys in the vault that nothing refers to any more.

A stray key may come from a disk that was mounted again, from a crash, or from a consultation closed without its key.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.consultations.models import Consultation
from api.consultations.vault_keys.folders import ensure, known
from api.security.seals import PASSING, seals_of


async def find(session: AsyncSession) -> Mapping[Path, bool]:
    """Return the files with stray keys, and whether each file may be deleted.

    If another database has keys in the same folder, the file may not be deleted.
    """
    vault, marks = seals_of(session).vault, await known(session)
    needed = await needed_names(session)  # `outbox/expiring_keys.py` destroys its own expiring keys
    shared = {folder: bool(vault.marks(folder) - set(marks)) for folder in vault.folders}
    return {
        path: not shared[path.parent]
        for folder in vault.folders
        for path in vault.strays(folder, needed)
        if not path.name.startswith(PASSING)
    }


async def sweep(session: AsyncSession) -> Mapping[Path, bool]:
    """Overwrite and remove the files that may be deleted. Return all files that `find` found.

    Raises Unavailable if a folder is missing or is not the right one.
    """
    vault = await ensure(session)
    strays = await find(session)
    for path, may_go in strays.items():
        if may_go:
            vault.overwrite(path)
    return strays


async def needed_names(session: AsyncSession) -> set[str]:
    """Return the names of all keys that are still needed, except expiring keys. Add any new kind of key here."""
    key_names = await session.scalars(select(Consultation.key_name).where(Consultation.key_name.is_not(None)))
    return {name for name in key_names if name is not None}
