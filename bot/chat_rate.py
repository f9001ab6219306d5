"""Pace: no two messages to one chat within a second (Bot API FAQ: "avoid sending more than one message per second")."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable

_MANY = 1_000  # chats remembered: far more than a process writes to within a second


class Pace:
    """Keeps the pace of one process; where several write to one chat at once, Telegram's own 429 is obeyed."""

    def __init__(self, clock: Callable[[], float], *, apart: float = 1.0) -> None:
        """`clock` counts seconds and never goes back; `apart` is the least between two messages to a chat."""
        self._clock, self._apart = clock, apart
        self._free: OrderedDict[int, float] = OrderedDict()  # when each chat may be written to again

    async def keep(self, chat: int) -> None:
        """Return when it is this message's turn; those to one chat keep their order."""
        await asyncio.sleep(self.wait(chat))

    def wait(self, chat: int) -> float:
        """Take the chat's next turn, and return how many seconds it is away."""
        now = self._clock()
        turn = max(self._free.pop(chat, now), now)
        self._free[chat] = turn + self._apart
        while len(self._free) > _MANY:
            self._free.popitem(last=False)
        return turn - now
