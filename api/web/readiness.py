"""Whether a process can serve at all: its database is there, its tables are the newest, and the keys are its own."""

from __future__ import annotations

import time
from collections.abc import Callable

from api.db import Database
from api.errors import Unavailable, WrongSetup

_KEPT = 1.0  # seconds an answer is kept: whoever asks often costs the database nothing


class Readiness:
    """Asks the database, no more than once a second."""

    def __init__(self, db: Database, ticks: Callable[[], float] = time.monotonic) -> None:
        """`ticks` counts seconds and never goes back."""
        self._db, self._ticks = db, ticks
        self._asked, self._wrong = -_KEPT, list[str]()

    async def wrong(self) -> list[str]:
        """What does not fit, in one word each: database, schema, keys; nothing if all does."""
        if self._ticks() - self._asked >= _KEPT:
            self._asked, self._wrong = self._ticks(), await self._ask()
        return self._wrong

    async def _ask(self) -> list[str]:
        try:
            await self._db.verify()
        except WrongSetup as error:
            return [error.part]
        except Unavailable:
            return ["database"]
        return []
