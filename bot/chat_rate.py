"""Limits how fast messages are sent to each chat (Bot API FAQ: "avoid sending more than one message per second")."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable

_MANY = 1_000  # number of chats remembered, far more than a process writes to in a second


class ChatRate:
    """Limits how fast this process sends messages to each chat. It does not know what other processes send.

    If Telegram refuses a message with error 429, the message is sent later.
    """

    def __init__(self, clock: Callable[[], float], *, interval: float = 1.0) -> None:
        """Set the limit: `interval` is the minimum number of seconds between two messages to a chat.

        `clock` returns seconds, and never goes back.
        """
        self._clock, self._interval = clock, interval
        self._free: OrderedDict[int, float] = OrderedDict()  # when each chat may be written to again

    async def wait_turn(self, chat: int) -> None:
        """Wait until the next message to this chat may be sent. Messages to one chat keep their order."""
        await asyncio.sleep(self.reserve(chat))

    def reserve(self, chat: int) -> float:
        """Reserve the next free moment for a message to this chat, and return the seconds until then."""
        now = self._clock()
        turn = max(self._free.pop(chat, now), now)
        self._free[chat] = turn + self._interval
        while len(self._free) > _MANY:
            self._free.popitem(last=False)
        return turn - now
