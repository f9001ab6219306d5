"""Whether the folders of the vault are the right ones, by the markers in them; these come and go with transactions."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from api import vault_files
from api.vault import Vault

Known = Mapping[str, str]  # markers with where each was last


def faults(vault: Vault, known: Known, *, moving: bool = False) -> list[str]:
    """Which of its folders are not the right ones, in words; a new mirror beside all known folders is none.

    Nor is one that lies elsewhere now if they are `moving`; a copy of one always is.
    """
    away = [f"{folder} is not there: is its disk mounted?" for folder in vault.folders if not folder.is_dir()]
    seen = found(vault, known)
    away += [fault for folder, mark in seen.items() if (fault := _elsewhere(vault, folder, mark, known[mark], moving))]
    left = [path for mark, path in known.items() if mark not in seen.values()]
    other = [each for each in vault.folders if each not in seen and each.is_dir()]
    if left and other:
        away += [f"{each} is not a folder of this vault: is its disk mounted, is SAWT_VAULT right?" for each in other]
    elif left and not away:
        away += [
            f"{path} is a folder of this vault and not in SAWT_VAULT: if it is gone for good, sawt vault forget"
            for path in left
        ]
    return away


def found(vault: Vault, known: Known) -> dict[Path, str]:
    """The marker of each folder that has one of these; a copy of a folder is not the folder."""
    seen = dict[Path, str]()
    for folder in vault.folders:
        mark = next((each for each in known if each not in seen.values() and vault.is_marked(folder, each)), None)
        if mark is not None:
            seen[folder] = mark
    return seen


def _elsewhere(vault: Vault, folder: Path, mark: str, path: str, moving: bool) -> str:
    """Why a folder that has a marker, and lies elsewhere than this folder did, is not taken for it; empty if it is."""
    if not differs(folder, path):
        return ""
    if vault.is_marked(Path(path), mark):
        return f"{folder} is a copy of {path}, a folder of this vault: is SAWT_VAULT right?"
    return "" if moving else f"{folder} was {path} before: the service takes it when it starts"


def differs(folder: Path, path: str) -> bool:
    """Whether a folder is another one than that of this path; links to it are the same."""
    return str(folder) != path and folder.resolve() != Path(path).resolve()


def listed(vault: Vault) -> str:
    """Its folders, as words name them."""
    return ", ".join(map(str, vault.folders))


def unmark_at(session: AsyncSession, end: str, folder: Path, mark: str) -> None:
    """Remove a marker once this transaction has ended so: "after_commit" or "after_rollback"."""

    def remove(_: Session) -> None:
        vault_files.unmark(folder, mark)

    event.listen(session.sync_session, end, remove, once=True)
