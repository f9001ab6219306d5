"""A feature phone: one number, what it sent and what it got."""

import asyncio
from collections.abc import Awaitable, Callable

from rehearsal.twilio.message import Message


class Phone:
    """One handset. `log` holds all its messages in order; `inbox` those it received."""

    def __init__(self, number: str, send: Callable[["Phone", str, str | None, int], Awaitable[list[str]]]) -> None:
        self.number = number
        self.log: list[Message] = []
        self.inbox: list[Message] = []
        self._send = send

    async def send(
        self, text: str, sid: str | None = None, *, media: int = 0, delay: float = 0, again: bool = False
    ) -> list[str]:
        """Send one SMS to Sawt and return the texts of its TwiML answer, once it has come.

        `sid` repeats a MessageSid on purpose; `again` brings the text once more under another one. `media` is the
        number of pictures of an MMS, `delay` the seconds it is on its way: Twilio does not tell when it was sent.
        Nothing is raised where Sawt fails: the list is empty and the network's `alerts` say why. A lone surrogate
        becomes U+FFFD; letters after the 1600th are cut, as Twilio's `Body` holds no more.
        """
        if delay:
            await asyncio.sleep(delay)
        said = await self._send(self, text, sid, media)
        return [*said, *await self._send(self, text, None, media)] if again else said

    @property
    def last(self) -> str:
        """The text received last; IndexError where there is none."""
        return self.inbox[-1].text

    def __repr__(self) -> str:
        return f"Phone({self.number!r}, {len(self.inbox)} received)"
