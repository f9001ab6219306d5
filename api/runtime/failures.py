"""Describe unexpected errors in the log without any of their data: only type, place and stack frames."""

from __future__ import annotations

import hashlib
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_HOME = Path(__file__).resolve().parents[2]
_MOST = 25  # innermost frames of one error
_LINKS = 8  # maximum errors in a chain of causes


def describe(error: BaseException) -> dict[str, Any]:
    """Return a description of an error for the log, without its text, which may quote people.

    Equal failures have the same fingerprint, whatever their data or line numbers.
    """
    chain = list(_chain(error))
    frames = [frame for each in reversed(chain) for frame in _frames(each)]
    ours = [frame for frame in frames if _is_ours(frame.filename)]
    place = f"{_short(ours[-1].filename)} {ours[-1].name}" if ours else ""
    causes = [type(each).__name__ for each in chain[1:]]
    state = next(filter(None, map(_sqlstate, chain)), None)
    return {
        "error": type(error).__name__,
        **({"causes": causes} if causes else {}),
        **({"sqlstate": state} if state else {}),
        "place": place,
        "fingerprint": _fingerprint([type(each).__name__ for each in chain], ours),
        "frames": [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames[-_MOST:]],
    }


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error, then its cause, then the cause of that, and so on."""
    current: BaseException | None = error
    for _ in range(_LINKS):
        if current is None:
            return
        yield current
        if isinstance(current, BaseExceptionGroup):
            # of a group, only the first error
            current = current.exceptions[0]
        else:
            current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)


def _frames(error: BaseException) -> traceback.StackSummary:
    return traceback.StackSummary.extract(traceback.walk_tb(error.__traceback__), lookup_lines=False)


def _sqlstate(error: BaseException) -> str | None:
    """Return the database's own code for an error, if it has one."""
    for each in (error, getattr(error, "orig", None)):
        state = getattr(each, "sqlstate", None) or getattr(each, "sqlite_errorname", None)
        if isinstance(state, str):
            return state
    return None


def _fingerprint(kinds: list[str], frames: list[traceback.FrameSummary]) -> str:
    places = [f"{_short(frame.filename)} {frame.name}" for frame in frames]
    return hashlib.sha256("\n".join([*kinds, *places]).encode()).hexdigest()[:12]


def _is_ours(file: str) -> bool:
    path = Path(file)
    return path.is_relative_to(_HOME) and "site-packages" not in path.parts


def _short(file: str) -> str:
    """Return a file's path without the folder in which the service is installed."""
    path = Path(file)
    if "site-packages" in path.parts:
        return "/".join(path.parts[path.parts.index("site-packages") + 1 :])
    return path.relative_to(_HOME).as_posix() if path.is_relative_to(_HOME) else path.name
