"""A feature phone: its number, and the messages it sent and received."""

import asyncio
from collections.abc import Awaitable, Callable

from rehearsal.twilio.message import Message


class Phone:
    """One handset. `log` has all its messages in order, `inbox` those it received."""

    def __init__(self, number: str, send: Callable[["Phone", str, str | None, int], Awaitable[list[str]]]) -> None:
        self.number = number
        self.log: list[Message] = []
        self.inbox: list[Message] = []
        self._send = send

    async def send(
        self, text: str, sid: str | None = None, *, media: int = 0, delay: float = 0, again: bool = False
    ) -> list[str]:
        """Send one SMS to Sawt, and return the texts of the TwiML answer.

        `sid` repeats a MessageSid on purpose; `again` sends the text once more under another one. `media` is the number
        of pictures of an MMS; `delay` the seconds it takes to arrive, since Twilio does not say when it was sent. If
        Sawt fails, the list is empty and the network's `alerts` say why. A lone surrogate becomes U+FFFD; text is cut
        after 1600 characters, the limit of Twilio's `Body`.
        """
        if delay:
            await asyncio.sleep(delay)
        answers = await self._send(self, text, sid, media)
        return [*answers, *await self._send(self, text, None, media)] if again else answers

    @property
    def last(self) -> str:
        """The last text received. Raises IndexError if there is none."""
        return self.inbox[-1].text

    def __repr__(self) -> str:
        return f"Phone({self.number!r}, {len(self.inbox)} received)"
