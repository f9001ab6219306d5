"""Keys in the vault that nothing names: of a disk that came back late, of a crash, of what was given up."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.consultations.models import Consultation
from api.consultations.vault_keys.folders import ensure, known
from api.security.seals import PASSING, seals_of


async def listed(session: AsyncSession) -> Mapping[Path, bool]:
    """Files with keys that nothing names, and whether each may go: not where another database has its keys too."""
    vault, marks = seals_of(session).vault, await known(session)
    named = await names(session)  # keys that pass are destroyed by whoever made them (`outbox/expiring_keys.py`)
    shared = {folder: bool(vault.marks(folder) - set(marks)) for folder in vault.folders}
    return {
        path: not shared[path.parent]
        for folder in vault.folders
        for path in vault.strays(folder, named)
        if not path.name.startswith(PASSING)
    }


async def sweep(session: AsyncSession) -> Mapping[Path, bool]:
    """Overwrite such files; returns them all. Raises Unavailable as `ensure` does: the folders must be right."""
    vault = await ensure(session)
    found = await listed(session)
    for path, may_go in found.items():
        if may_go:
            vault.overwrite(path)
    return found


async def names(session: AsyncSession) -> set[str]:
    """Every name of a key that is still needed: whatever keeps keys in the vault has to be named here."""
    found = await session.scalars(select(Consultation.key_name).where(Consultation.key_name.is_not(None)))
    return {name for name in found if name is not None}
