"""An append-only file of JSON lines, from which the rehearsal restores its messages after a restart."""

import json
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any, TextIO


class Journal:
    """Stores records, one per line. Each record has a kind, a key and a value. Without a path, nothing is stored.

    A later value of a key replaces the earlier one; `None` deletes the key. `load` removes outdated lines.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._file: TextIO | None = None

    def load(self) -> dict[str, dict[str, Any]]:
        """Return the last value of each key, by kind. If a crash cut off the last line, skip that line."""
        if self._path is None or not self._path.exists():
            return {}
        content = self._path.read_bytes()
        lines = content[: content.rfind(b"\n") + 1].splitlines()
        known: dict[str, dict[str, Any]] = {}
        for line in lines:
            kind, key, value = json.loads(line)
            if value is None:
                known.get(kind, {}).pop(key, None)
            else:
                known.setdefault(kind, {})[key] = value
        self._compact(known)
        return known

    def write(self, kind: str, key: str, value: Any) -> None:
        """Append a record, and flush it so that it survives a crash of this process.

        A dataclass is stored as its fields.
        """
        if self._path is None:
            return
        if is_dataclass(value) and not isinstance(value, type):
            value = asdict(value)
        if self._file is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._path.open("a", encoding="ascii")
        self._file.write(_line(kind, key, value))
        self._file.flush()

    def close(self) -> None:
        """Close the file; a later write opens it again."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _compact(self, known: dict[str, dict[str, Any]]) -> None:
        assert self._path is not None  # noqa: S101 - load() checks it
        fresh = self._path.with_suffix(".new")
        with fresh.open("w", encoding="ascii") as file:
            file.writelines(_line(kind, key, value) for kind, values in known.items() for key, value in values.items())
        fresh.replace(self._path)


def _line(kind: str, key: str, value: Any) -> str:
    return json.dumps([kind, key, value], separators=(",", ":")) + "\n"
