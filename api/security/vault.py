"""The vault: one small file for each open consultation, outside database and backups, overwritten at closing.

Each file holds a random key. What is sealed under it can be read by nobody once the file is gone, wherever copies are.
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
_OWN = 0o700  # a folder of the service alone
_OTHERS = 0o077
_KEYS = re.compile(r"\.?[0-9a-f]{32}(\.[0-9a-f]{8})?")  # names of keys, and of parts that a crash left


class Vault:
    """Keys by random names, in one folder or in several that mirror each other. None is ever copied elsewhere."""

    def __init__(self, folders: Sequence[Path]) -> None:
        """`folders`: see `prepare`."""
        self.folders = tuple(folders)

    def prepare(self) -> None:
        """Make missing folders: for rehearsals only, as one may be a disk that is not mounted."""
        for folder in self.folders:
            folder.mkdir(mode=_OWN, parents=True, exist_ok=True)

    def make(self) -> tuple[str, bytes]:
        """A new key, safely on every disk when this returns: its name and itself. Raises Unavailable."""
        name, key = secrets.token_hex(16), secrets.token_bytes(_KEY)
        self.mend(name, key)
        return name, key

    def keys(self, name: str) -> list[bytes]:
        """The keys kept under this name: one, none if it is lost, several if the mirrors disagree.

        Raises Unavailable if no folder can be read now.
        """
        found, away = list[bytes](), list[OSError]()
        for folder in self.folders:
            try:
                key = (folder / name).read_bytes()
            except FileNotFoundError:
                continue
            except OSError as error:
                away.append(error)
                continue
            if len(key) == _KEY and key not in found:
                found.append(key)
        if away and not found:
            raise files.away(away[0])
        return found

    def mend(self, name: str, key: bytes) -> list[Path]:
        """Write this key wherever it is missing or another one is kept; returns the folders. Raises Unavailable."""
        wanting = [folder for folder, held in self.held(name).items() if held != key]  # all can be read, so write
        try:
            for folder in wanting:
                files.write(folder, name, key)
        except OSError as error:
            raise files.away(error) from None
        return wanting

    def agrees(self, name: str) -> bool:
        """Whether every folder has this key, and the same one."""
        held = {files.read(folder / name) for folder in self.folders}
        return len(held) == 1 and None not in held

    def held(self, name: str) -> dict[Path, bytes | None]:
        """What each folder has under this name. Raises Unavailable if one cannot be read."""
        try:
            return {folder: files.read(folder / name) for folder in self.folders}
        except OSError as error:
            raise files.away(error) from None

    def destroy(self, name: str) -> None:
        """Overwrite and remove a key everywhere, with what a crash left of it; nothing happens if it is gone.

        Raises Unavailable once all is done, also if a folder is not there. Whether each is the right one its caller
        has to know.
        """
        failed = list[str]()
        for folder in self.folders:
            try:
                if not folder.is_dir():
                    raise Unavailable(f"{folder} is not there: is its disk mounted?")
                for path in (folder / name, *files.parts(folder, name)):
                    self.overwrite(path)
            except Unavailable as error:
                failed.append(str(error))
        if failed:
            raise Unavailable("; ".join(failed))

    def overwrite(self, path: Path) -> None:
        """Overwrite and remove one file; nothing happens if it is gone. Raises Unavailable."""
        try:
            files.overwrite(path)
            os.unlink(path)
            files.settle(path.parent)
        except FileNotFoundError:
            return
        except OSError as error:
            raise files.away(error) from None

    def mark(self, folder: Path, mark: str) -> None:
        """Put a marker into a folder, begun: `vault_files.finish` makes it whole. Raises Unavailable."""
        try:
            files.write(folder, files.BEGUN + mark, mark.encode())
        except OSError as error:
            raise files.away(error) from None

    def is_marked(self, folder: Path, mark: str) -> bool:
        """Whether a folder has this marker, whole or begun. Raises Unavailable if it cannot be read."""
        try:
            return mark.encode() in {files.read(folder / (begins + mark)) for begins in (files.MARK, files.BEGUN)}
        except NotADirectoryError:
            return False
        except OSError as error:
            raise files.away(error) from None

    def marks(self, folder: Path) -> set[str]:
        """All markers in a folder, whole or begun: several, if several databases have their keys there."""
        names = files.names(folder)
        return {
            name.removeprefix(each) for each in (files.MARK, files.BEGUN) for name in names if name.startswith(each)
        }

    def strays(self, folder: Path, named: Collection[str]) -> list[Path]:
        """Files of keys in a folder that have none of these names."""
        return [folder / name for name in files.names(folder) if _KEYS.fullmatch(name) and name not in named]

    def faults(self) -> Iterator[str]:
        """What is wrong with its folders, in words."""
        for folder in self.folders:
            if not folder.is_dir():
                yield f"{folder} is not there: mkdir -m 700, for the service's user"
            elif stat.S_IMODE(folder.stat().st_mode) & _OTHERS:
                yield f"{folder} can be read by others: chmod 700"
            elif not os.access(folder, os.W_OK | os.X_OK):
                yield f"{folder} cannot be written"
