"""Whether the folders of the vault are the right ones, by the markers in them; these come and go with transactions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from api.security import vault_files
from api.security.vault import Vault

Known = Mapping[str, str]  # markers with where each was last
_BEGUN = "markers begun"  # in a session's info: those of this transaction
_LONGEST = 3600  # seconds that a transaction may take


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
    """The marker of each folder that has one of these; a copy of a folder is not the folder.

    A folder that lies where it did comes first: a new mirror that was made by copying it is none of these.
    """
    seen = dict[Path, str]()
    for moved in (False, True):
        for folder in vault.folders:
            free = [each for each in known if each not in seen.values() and (moved or not differs(folder, known[each]))]
            mark = next((each for each in free if vault.is_marked(folder, each)), None)
            if folder not in seen and mark is not None:
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


def begin(session: AsyncSession, vault: Vault, folder: Path, mark: str) -> None:
    """Mark a folder if this transaction commits. A process that dies before or after that leaves what `settle` settles.

    Raises Unavailable.
    """
    at(session, "after_rollback", vault_files.unmark, folder, mark)  # it would be another database's
    at(session, "after_commit", vault_files.finish, folder, mark)
    session.info.setdefault(_BEGUN, set()).add(mark)
    vault.mark(folder, mark)


def settle(session: AsyncSession, vault: Vault, known: Known) -> None:
    """Settle the markers that crashes left begun; only in a transaction that is alone, as in `folders.ensure`.

    One that the database knows was committed. Any other may be another database's, under way: it goes after an hour.
    """
    own = session.info.get(_BEGUN, set())
    for folder in vault.folders:
        for name in vault_files.names(folder):
            mark = name.removeprefix(vault_files.BEGUN)
            if mark == name or mark in own:
                continue
            if mark in known:
                vault_files.finish(folder, mark)
            elif vault_files.age(folder / name) > _LONGEST:
                vault_files.unmark(folder, mark)


def at(session: AsyncSession, end: str, work: Callable[[Path, str], None], folder: Path, mark: str) -> None:
    """Do this with a marker once this transaction has ended so: "after_commit" or "after_rollback"."""

    def do(_: Session) -> None:
        work(folder, mark)

    event.listen(session.sync_session, end, do, once=True)
