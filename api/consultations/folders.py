"""The folders of the vault: each holds a marker that the database knows, so that no other folder is taken for one.

A disk that is not mounted, or another SAWT_VAULT in the caller's shell, would look like a vault whose keys are gone.
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
from api.consultations.models import Consultation
from api.db import Base
from api.errors import NotFound, Unavailable
from api.seals import seals_of
from api.vault import Vault

_LOCK = 0x5A57_0060  # an arbitrary number, the same in every process
Known = Mapping[str, str]  # markers with where each was last


class VaultFolder(Base):
    """One folder of the vault, by the random id that its marker holds."""

    __tablename__ = "vault_folders"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    path: Mapped[str]  # where it was last, to name it if it is away


async def known(session: AsyncSession) -> Known:
    """The folders that this database knows."""
    rows = await session.execute(select(VaultFolder.id, VaultFolder.path).order_by(VaultFolder.path, VaultFolder.id))
    return dict(iter(rows))


def faults(vault: Vault, known: Known, *, moving: bool = False) -> list[str]:
    """Which of its folders are not the right ones, in words; a new mirror beside all known folders is none.

    Nor is one that lies elsewhere now if they are `moving`; a copy of one always is.
    """
    away = [f"{folder} is not there: is its disk mounted?" for folder in vault.folders if not folder.is_dir()]
    found = _found(vault, known)
    away += [fault for folder, mark in found.items() if (fault := _elsewhere(vault, folder, mark, known[mark], moving))]
    left = [path for mark, path in known.items() if mark not in found.values()]
    other = [each for each in vault.folders if each not in found and each.is_dir()]
    if left and other:
        away += [f"{each} is not a folder of this vault: is its disk mounted, is SAWT_VAULT right?" for each in other]
    elif left and not away:
        away += [
            f"{path} is a folder of this vault and not in SAWT_VAULT: if it is gone for good, sawt vault forget"
            for path in left
        ]
    return away


async def ensure(session: AsyncSession) -> Vault:
    """The vault, whose folders are the right ones; new ones get their markers. Until the transaction ends, no other
    process makes or destroys a key.

    Raises Unavailable, naming the folder that is not there.
    """
    await _alone(session)
    vault, marks = seals_of(session).vault, await known(session)
    if wrong := faults(vault, marks):
        raise Unavailable("; ".join(wrong))
    if not marks and not await _holds_a_key(session, vault):
        raise Unavailable(f"no key of an open consultation is in {_listed(vault)}: is SAWT_VAULT right?")
    found = _found(vault, marks)
    for folder in vault.folders:
        if folder not in found:
            mark = secrets.token_hex(16)
            vault.mark(folder, mark)
            session.add(VaultFolder(id=mark, path=str(folder)))
    await session.flush()
    return vault


async def move(session: AsyncSession, *, who: str, now: datetime) -> Mapping[str, str]:
    """Take folders that lie elsewhere now, for the service's start only: where they are now, by where they were."""
    await _alone(session)
    vault, marks = seals_of(session).vault, await known(session)
    if faults(vault, marks, moving=True):
        return {}  # `ensure` says which
    moved = {mark: str(each) for each, mark in _found(vault, marks).items() if _differs(each, marks[mark])}
    for mark, path in moved.items():
        await session.merge(VaultFolder(id=mark, path=path))
        await audit.note(session, who=who, act="move", subject="vault folder", now=now)
    return {marks[mark]: path for mark, path in moved.items()}


async def forget(session: AsyncSession, path: str, *, who: str, now: datetime) -> None:
    """Forget a folder whose disk is gone for good; another takes its place at the next start. Raises NotFound."""
    await _alone(session)
    rows = (await session.scalars(select(VaultFolder).where(VaultFolder.path == path))).all()
    if not rows:
        raise NotFound(f"{path} is no folder of the vault; there are: {', '.join((await known(session)).values())}")
    for each in rows:
        await session.delete(each)
    await audit.note(session, who=who, act="forget", subject="vault folder", now=now)


async def _holds_a_key(session: AsyncSession, vault: Vault) -> bool:
    """Whether it may be taken for the vault of an older release, whose folders have no markers."""
    wanted = select(Consultation.key_name).where(Consultation.key_name.is_not(None), Consultation.state == "open")
    named = [name for name in await session.scalars(wanted) if name is not None]
    return not named or any(vault.keys(name) for name in named)


def _found(vault: Vault, known: Known) -> dict[Path, str]:
    """The marker of each folder that has one of these; a copy of a folder is not the folder."""
    found = dict[Path, str]()
    for folder in vault.folders:
        mark = next((each for each in known if each not in found.values() and vault.is_marked(folder, each)), None)
        if mark is not None:
            found[folder] = mark
    return found


def _elsewhere(vault: Vault, folder: Path, mark: str, path: str, moving: bool) -> str:
    """Why a folder that has a marker, and lies elsewhere than this folder did, is not taken for it; empty if it is."""
    if not _differs(folder, path):
        return ""
    if vault.is_marked(Path(path), mark):
        return f"{folder} is a copy of {path}, a folder of this vault: is SAWT_VAULT right?"
    return "" if moving else f"{folder} was {path} before: the service takes it when it starts"


def _differs(folder: Path, path: str) -> bool:
    """Whether a folder is another one than that of this path; links to it are the same."""
    return str(folder) != path and folder.resolve() != Path(path).resolve()


def _listed(vault: Vault) -> str:
    return ", ".join(map(str, vault.folders))


async def _alone(session: AsyncSession) -> None:
    """On SQLite every transaction that may write is alone."""
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
