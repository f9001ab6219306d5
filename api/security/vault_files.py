"""Read, write and overwrite the files of the vault. Writing is atomic; a file is overwritten before it is removed."""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from pathlib import Path

from api.errors import Unavailable

MARK = ".vault-"  # name prefix of a folder's marker: see api/consultations/vault_keys/folders.py
BEGUN = ".begun-"  # name prefix of a pending marker, whose transaction has not committed yet


def finish(folder: Path, mark: str) -> None:
    """Rename a pending marker to its final name, if it exists and the folder is writable."""
    with contextlib.suppress(OSError):
        os.replace(folder / (BEGUN + mark), folder / (MARK + mark))
        sync_names(folder)


def unmark(folder: Path, mark: str) -> None:
    """Remove a marker, complete or pending, if it exists and the folder is writable."""
    with contextlib.suppress(OSError):
        for begins in (BEGUN, MARK):
            (folder / (begins + mark)).unlink(missing_ok=True)
        sync_names(folder)


def age(path: Path) -> float:
    """Return how many seconds ago a file last changed, by this machine's clock; 0 if there is no such file."""
    try:
        return time.time() - path.stat().st_mtime
    except OSError:
        return 0.0


def names(folder: Path) -> list[str]:
    """Return the sorted names of all files in a folder. Raises Unavailable."""
    try:
        return sorted(os.listdir(folder))
    except OSError as error:
        raise unavailable(error) from None


def parts(folder: Path, name: str) -> list[Path]:
    """Return the partial files that a crash left while `write` was writing a file with this name."""
    return sorted(folder.glob(f".{name}.*"))


def read(path: Path) -> bytes | None:
    """Return the content of a file; None if it does not exist. Raises OSError."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def write(folder: Path, name: str, content: bytes) -> None:
    """Write a file. Even after a power failure, either the whole file is there or nothing. Raises OSError.

    The folder is never created: a missing one may be a disk that is not mounted.
    """
    part = folder / f".{name}.{secrets.token_hex(4)}"
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(descriptor, content)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    os.replace(part, folder / name)
    sync_names(folder)


def overwrite(path: Path) -> None:
    """Overwrite the content of a file on the disk with random bytes. Raises OSError."""
    descriptor = os.open(path, os.O_WRONLY)
    try:
        os.write(descriptor, secrets.token_bytes(os.fstat(descriptor).st_size))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_names(folder: Path) -> None:
    """Flush a folder's entries to disk, so that new, renamed and deleted files survive a crash (fsync(2))."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def unavailable(error: OSError) -> Unavailable:
    """Return an `Unavailable` error that says why the vault cannot be used."""
    return Unavailable(f"the vault is unavailable: {error.strerror}")
