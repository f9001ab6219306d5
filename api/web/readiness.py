"""Check whether a process can serve: the database answers, its schema is current, and the keys belong to it."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

from api.db import Database
from api.errors import Unavailable, WrongSetup

_CACHED = 1.0  # seconds for which a result is reused, so that frequent probes do not load the database


class Readiness:
    """Checks whether the process can serve, at most once a second.

    `alarms` are problems that staff must look into, although the process can serve.
    """

    def __init__(
        self,
        db: Database,
        ticks: Callable[[], float] = time.monotonic,
        look: Callable[[], Awaitable[list[str]]] | None = None,
    ) -> None:
        """Check this database. `ticks` is a monotonic clock in seconds; `look` finds alarms."""
        self._db, self.look, self._ticks = db, look, ticks
        self.alarms = list[str]()
        self._checked, self._problems = -_CACHED, list[str]()

    async def problems(self) -> list[str]:
        """Return which of database, schema and keys do not work; an empty list if all work."""
        if self._ticks() - self._checked >= _CACHED:
            self._checked, self._problems = self._ticks(), await self._check()
        return self._problems

    async def _check(self) -> list[str]:
        try:
            await self._db.verify()
            self.alarms = [] if self.look is None else await self.look()
        except WrongSetup as error:
            return [error.part]
        except Unavailable:
            return ["database"]
        return []
