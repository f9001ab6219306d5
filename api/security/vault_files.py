"""Files of the vault: written whole, read, and overwritten before they go, each as durable as the disk allows."""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from pathlib import Path

from api.errors import Unavailable

MARK = ".vault-"  # begins the name of a folder's marker: see api/consultations/vault_keys/folders.py
BEGUN = ".begun-"  # of one whose transaction has not committed yet


def finish(folder: Path, mark: str) -> None:
    """Give a marker that was begun its real name, if it is there and the folder can be written."""
    with contextlib.suppress(OSError):
        os.replace(folder / (BEGUN + mark), folder / (MARK + mark))
        settle(folder)


def unmark(folder: Path, mark: str) -> None:
    """Remove a marker, also one that was begun, if it is there and the folder can be written."""
    with contextlib.suppress(OSError):
        for begins in (BEGUN, MARK):
            (folder / (begins + mark)).unlink(missing_ok=True)
        settle(folder)


def age(path: Path) -> float:
    """How many seconds ago a file was written, by the clock of this machine; 0 if it is gone."""
    try:
        return time.time() - path.stat().st_mtime
    except OSError:
        return 0.0


def names(folder: Path) -> list[str]:
    """The names in a folder, in order. Raises Unavailable."""
    try:
        return sorted(os.listdir(folder))
    except OSError as error:
        raise away(error) from None


def parts(folder: Path, name: str) -> list[Path]:
    """What a crash left of writing a file of this name: see `write`."""
    return sorted(folder.glob(f".{name}.*"))


def read(path: Path) -> bytes | None:
    """What a file holds; None if there is none. Raises OSError."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def write(folder: Path, name: str, content: bytes) -> None:
    """Put a file in place, whole or not at all, even if the power fails. Raises OSError.

    The folder is never made: it may be a disk that is not mounted.
    """
    part = folder / f".{name}.{secrets.token_hex(4)}"
    written = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(written, content)
        os.fsync(written)
    finally:
        os.close(written)
    os.replace(part, folder / name)
    settle(folder)


def overwrite(path: Path) -> None:
    """Replace all that a file holds by random bytes, on the disk. Raises OSError."""
    opened = os.open(path, os.O_WRONLY)
    try:
        os.write(opened, secrets.token_bytes(os.fstat(opened).st_size))
        os.fsync(opened)
    finally:
        os.close(opened)


def settle(folder: Path) -> None:
    """Make the names in a folder as durable as the files: see fsync(2)."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def away(error: OSError) -> Unavailable:
    """What went wrong, in words of the domain."""
    return Unavailable(f"the vault cannot be used now: {error.strerror}")
