"""The folders of the vault. A marker in each, which the database knows, proves that it is the right folder.

A marker is a small file with a random id. Without it, a folder could be mistaken for the vault, and all keys would seem
lost. This would happen if a disk is not mounted, or if SAWT_VAULT is wrong in the caller's shell.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from sqlalchemy import String, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from api import audit
from api.audit import Act
from api.consultations.models import Consultation
from api.consultations.vault_keys import markers
from api.db import Base
from api.errors import NotFound, Unavailable
from api.security import vault_files
from api.security.seals import seals_of
from api.security.vault import Vault

_SUBJECT = "vault folder"  # the subject of acts in the audit record
_LOCK = 0x5A57_0060  # arbitrary, but the same in every process


class VaultFolder(Base):
    """One folder of the vault, identified by the random id in its marker."""

    __tablename__ = "vault_folders"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    path: Mapped[str]  # the folder's last path, to name the folder in messages if it is missing


async def known(session: AsyncSession) -> markers.Known:
    """Return the folders that this database knows: a mapping from the id in a folder's marker to its last path."""
    rows = await session.execute(select(VaultFolder.id, VaultFolder.path).order_by(VaultFolder.path, VaultFolder.id))
    return dict(iter(rows))


async def ensure(session: AsyncSession) -> Vault:
    """Return the vault after checking that its folders are the right ones. New folders get markers.

    No other process creates or destroys a key until the transaction ends. Raises Unavailable, naming the wrong folder.
    """
    await _lock(session)
    vault, marks = seals_of(session).vault, await known(session)
    if wrong := markers.faults(vault, marks):
        raise Unavailable("; ".join(wrong))
    if not marks and not await _may_be_new(session, vault):
        raise Unavailable(f"{markers.listed(vault)} has no keys of the open consultations: check SAWT_VAULT")
    markers.settle(session, vault, marks)
    marked = markers.by_folder(vault, marks)
    for folder in vault.folders:
        if folder not in marked:
            mark = secrets.token_hex(16)
            markers.begin(session, vault, folder, mark)
            session.add(VaultFolder(id=mark, path=str(folder)))
    await session.flush()
    return vault


async def record_moves(session: AsyncSession, *, who: str, now: datetime) -> Mapping[str, str]:
    """Record folders that have moved since the last start of the service; return new paths by old path."""
    await _lock(session)
    vault, marks = seals_of(session).vault, await known(session)
    if markers.faults(vault, marks, moving=True):
        return {}  # `ensure` reports them
    marked = markers.by_folder(vault, marks)
    moved = {mark: str(each) for each, mark in marked.items() if markers.differs(each, marks[mark])}
    for mark, path in moved.items():
        await session.merge(VaultFolder(id=mark, path=path))
        await audit.note(session, who=who, act="move", subject=_SUBJECT, now=now)
    return {marks[mark]: path for mark, path in moved.items()}


async def forget(session: AsyncSession, path: str, *, who: str, now: datetime) -> None:
    """Forget a folder of the vault whose disk is gone for good.

    At the next start, another folder can take its place. If the folder is writable after all, its marker is removed. If
    the disk comes back later, its keys count as stray keys. Raises NotFound if the vault has no folder with this path.
    """
    await _lock(session)
    rows = (await session.scalars(select(VaultFolder).where(VaultFolder.path == path))).all()
    if not rows:
        raise NotFound(
            f"{path} is not a folder of the vault: its folders are {', '.join((await known(session)).values())}"
        )
    for each in rows:
        await session.delete(each)
        markers.on_end(session, "after_commit", vault_files.unmark, Path(path), each.id)
    await audit.note(session, who=who, act="forget", subject=_SUBJECT, now=now)


async def _may_be_new(session: AsyncSession, vault: Vault) -> bool:
    """Whether this vault may be used although the database knows no marker yet."""
    if await session.scalar(select(Act.seq).where(Act.act == "forget", Act.subject == _SUBJECT).limit(1)) is not None:
        # a folder was forgotten, so its marker may be missing
        return True
    query = select(Consultation.key_name).where(Consultation.key_name.is_not(None), Consultation.state == "open")
    names = [name for name in await session.scalars(query) if name is not None]
    # no key to lose, or at least one of the keys is here
    return not names or any(vault.keys(name) for name in names)


async def _lock(session: AsyncSession) -> None:
    """Let only one transaction at a time check the folders."""
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
