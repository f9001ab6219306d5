"""Check the vault's folders by their markers, and write and remove markers as transactions end.

A marker is a small file with a random id, which the database knows too. A mirror is a further folder with the same
keys.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from api.security import vault_files
from api.security.vault import Vault

Known = Mapping[str, str]  # the last path of a folder, by the id in its marker
_BEGUN = "markers begun"  # in `session.info`: the markers of this transaction
_LONGEST = 3600  # maximum duration of a transaction, in seconds


def faults(vault: Vault, known: Known, *, moving: bool = False) -> list[str]:
    """Return a description of each key folder that is missing, that should not be used, or that SAWT_VAULT leaves out.

    A folder without a known marker is accepted as a new mirror if all known folders are present. With `moving`, a known
    folder is accepted at a new path. A copy of a known folder is never accepted.
    """
    problems = [
        f"{folder} is missing: check that its disk is mounted" for folder in vault.folders if not folder.is_dir()
    ]
    seen = by_folder(vault, known)
    problems += [
        fault for folder, mark in seen.items() if (fault := _elsewhere(vault, folder, mark, known[mark], moving))
    ]
    absent = [path for mark, path in known.items() if mark not in seen.values()]
    other = [each for each in vault.folders if each not in seen and each.is_dir()]
    if absent and other:
        problems += [
            f"{each} is not a folder of this vault: check that its disk is mounted, and check SAWT_VAULT"
            for each in other
        ]
    elif absent and not problems:
        problems += [
            (
                f"{path} is a folder of this vault, but SAWT_VAULT does not name it: add it, or run 'sawt vault "
                "forget' if it is lost"
            )
            for path in absent
        ]
    return problems


def by_folder(vault: Vault, known: Known) -> dict[Path, str]:
    """Return the folders that have a known marker, each with that marker. Copies of a folder are left out.

    Folders at their recorded path are matched first, and each marker is matched only once.
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
    """Return why a known folder is not accepted at this path; "" if it is accepted."""
    if not differs(folder, path):
        return ""
    if vault.is_marked(Path(path), mark):
        return f"{folder} is a copy of {path}, which is a folder of this vault: check SAWT_VAULT"
    return "" if moving else f"{folder} used to be at {path}: restart the service to accept the new place"


def differs(folder: Path, path: str) -> bool:
    """Whether this folder is not the folder at this path. A symbolic link to that folder counts as the same."""
    return str(folder) != path and folder.resolve() != Path(path).resolve()


def listed(vault: Vault) -> str:
    """Return the paths of the vault's folders, for messages."""
    return ", ".join(map(str, vault.folders))


def begin(session: AsyncSession, vault: Vault, folder: Path, mark: str) -> None:
    """Write a marker that becomes final if this transaction commits. Raises Unavailable.

    If the process crashes in between, `settle` completes the marker.
    """
    on_end(session, "after_rollback", vault_files.unmark, folder, mark)  # this database would not know the marker
    on_end(session, "after_commit", vault_files.finish, folder, mark)
    session.info.setdefault(_BEGUN, set()).add(mark)
    vault.mark(folder, mark)


def settle(session: AsyncSession, vault: Vault, known: Known) -> None:
    """Complete or remove markers that a crash left unfinished. Call it only under the lock of `folders.ensure`.

    If the database knows a marker, it was committed, so it is completed. Any other marker may belong to a transaction
    of another database. So it is only removed after an hour.
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


def on_end(session: AsyncSession, end: str, work: Callable[[Path, str], None], folder: Path, mark: str) -> None:
    """Run `work` on a marker when this transaction ends: after a commit or a rollback, as `end` says."""

    def do(_: Session) -> None:
        work(folder, mark)

    event.listen(session.sync_session, end, do, once=True)
