"""Keys in the vault that nothing refers to: from a disk that came back late, a crash, or a key given up as lost."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.consultations.models import Consultation
from api.consultations.vault_keys.folders import ensure, known
from api.security.seals import PASSING, seals_of


async def find(session: AsyncSession) -> Mapping[Path, bool]:
    """Files with keys that nothing refers to, and whether each may be deleted: not if another database has keys there
    too.
    """
    vault, marks = seals_of(session).vault, await known(session)
    needed = await needed_names(session)  # expiring keys are destroyed by their owner (`outbox/expiring_keys.py`)
    shared = {folder: bool(vault.marks(folder) - set(marks)) for folder in vault.folders}
    return {
        path: not shared[path.parent]
        for folder in vault.folders
        for path in vault.strays(folder, needed)
        if not path.name.startswith(PASSING)
    }


async def sweep(session: AsyncSession) -> Mapping[Path, bool]:
    """Overwrite the files that may be deleted; return all of them. Raises Unavailable as `ensure` does."""
    vault = await ensure(session)
    strays = await find(session)
    for path, may_go in strays.items():
        if may_go:
            vault.overwrite(path)
    return strays


async def needed_names(session: AsyncSession) -> set[str]:
    """Every name of a key that is still needed; whatever keeps keys in the vault must be listed here."""
    key_names = await session.scalars(select(Consultation.key_name).where(Consultation.key_name.is_not(None)))
    return {name for name in key_names if name is not None}
