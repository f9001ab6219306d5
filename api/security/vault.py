"""The vault: a small key file per open consultation, outside database and backups, overwritten at closing.

Once the file is gone, nobody can read what was encrypted with its key, wherever copies of the encrypted data are.
"""

from __future__ import annotations

import os
import re
import secrets
import stat
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from api.errors import Unavailable
from api.security import vault_files as files

_KEY = 32  # bytes, for AES-256
_OWN = 0o700  # only the service's user has access
_OTHERS = 0o077
_KEYS = re.compile(r"\.?[0-9a-f]{32}(\.[0-9a-f]{8})?")  # names of key files, and of partial files left by a crash


class Vault:
    """The key files, under random names, in one folder or in several folders with the same content."""

    def __init__(self, folders: Sequence[Path]) -> None:
        """Use these folders. If one is missing, only `prepare` creates it."""
        self.folders = tuple(folders)

    def prepare(self) -> None:
        """Create missing folders. Use this in rehearsals only: a missing folder may be a disk that is not mounted."""
        for folder in self.folders:
            folder.mkdir(mode=_OWN, parents=True, exist_ok=True)

    def make(self) -> tuple[str, bytes]:
        """Create a key and store it in every folder; return the key's name and content. Raises Unavailable."""
        name, key = secrets.token_hex(16), secrets.token_bytes(_KEY)
        self.repair(name, key)
        return name, key

    def keys(self, name: str) -> list[bytes]:
        """Return the contents of the key with this name: normally one, or none if the key is lost.

        If folders disagree, there are several. Raises Unavailable if no folder can be read.
        """
        keys, errors = list[bytes](), list[OSError]()
        for folder in self.folders:
            try:
                key = (folder / name).read_bytes()
            except FileNotFoundError:
                continue
            except OSError as error:
                errors.append(error)
                continue
            if len(key) == _KEY and key not in keys:
                keys.append(key)
        if errors and not keys:
            raise files.unavailable(errors[0])
        return keys

    def repair(self, name: str, key: bytes) -> list[Path]:
        """Write a key to every folder where it is missing or different; return those folders. Raises Unavailable."""
        folders = [folder for folder, content in self.contents(name).items() if content != key]  # all are readable
        try:
            for folder in folders:
                files.write(folder, name, key)
        except OSError as error:
            raise files.unavailable(error) from None
        return folders

    def agrees(self, name: str) -> bool:
        """Return whether every folder has the same content for this key."""
        contents = {files.read(folder / name) for folder in self.folders}
        return len(contents) == 1 and None not in contents

    def contents(self, name: str) -> dict[Path, bytes | None]:
        """Return the content of a key's file in each folder; None where it is missing. Raises Unavailable."""
        try:
            return {folder: files.read(folder / name) for folder in self.folders}
        except OSError as error:
            raise files.unavailable(error) from None

    def destroy(self, name: str) -> None:
        """Overwrite and remove a key in all folders, with any partial files. Do nothing if the key is already gone.

        All folders are tried before Unavailable is raised. The caller must make sure that these are the right folders.
        """
        failed = list[str]()
        for folder in self.folders:
            try:
                if not folder.is_dir():
                    raise Unavailable(f"{folder} does not exist: check that its disk is mounted")
                for path in (folder / name, *files.parts(folder, name)):
                    self.overwrite(path)
            except Unavailable as error:
                failed.append(str(error))
        if failed:
            raise Unavailable("; ".join(failed))

    def overwrite(self, path: Path) -> None:
        """Overwrite and remove one file. Does nothing if the file is already gone. Raises Unavailable."""
        try:
            files.overwrite(path)
            os.unlink(path)
            files.sync_names(path.parent)
        except FileNotFoundError:
            return
        except OSError as error:
            raise files.unavailable(error) from None

    def mark(self, folder: Path, mark: str) -> None:
        """Write a pending marker file into a folder; `vault_files.finish` makes it complete. Raises Unavailable."""
        try:
            files.write(folder, files.BEGUN + mark, mark.encode())
        except OSError as error:
            raise files.unavailable(error) from None

    def is_marked(self, folder: Path, mark: str) -> bool:
        """Return whether a folder has this marker, complete or pending. Raises Unavailable if it cannot be read."""
        try:
            return mark.encode() in {files.read(folder / (begins + mark)) for begins in (files.MARK, files.BEGUN)}
        except NotADirectoryError:
            return False
        except OSError as error:
            raise files.unavailable(error) from None

    def marks(self, folder: Path) -> set[str]:
        """Return the names of all markers in a folder, complete or pending. Each database with keys there has one."""
        names = files.names(folder)
        return {
            name.removeprefix(each) for each in (files.MARK, files.BEGUN) for name in names if name.startswith(each)
        }

    def strays(self, folder: Path, named: Collection[str]) -> list[Path]:
        """Return the key files in a folder whose names are not in `named`."""
        return [folder / name for name in files.names(folder) if _KEYS.fullmatch(name) and name not in named]

    def faults(self) -> Iterator[str]:
        """Yield a sentence for each problem with the folders."""
        for folder in self.folders:
            if not folder.is_dir():
                yield f"{folder} does not exist: create it with mkdir -m 700, owned by the service's user"
            elif stat.S_IMODE(folder.stat().st_mode) & _OTHERS:
                yield f"{folder} can be read by other users: run chmod 700"
            elif not os.access(folder, os.W_OK | os.X_OK):
                yield f"{folder} is not writable by the service's user"
