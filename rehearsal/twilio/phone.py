"""A feature phone: its number, and the messages that it sent and received."""

import asyncio
from collections.abc import Awaitable, Callable

from rehearsal.twilio.message import Message


class Phone:
    """One phone. `log` has all its messages in order; `inbox` has only the received ones."""

    def __init__(self, number: str, send: Callable[["Phone", str, str | None, int], Awaitable[list[str]]]) -> None:
        self.number = number
        self.log: list[Message] = []
        self.inbox: list[Message] = []
        self._send = send

    async def send(
        self, text: str, sid: str | None = None, *, media: int = 0, delay: float = 0, again: bool = False
    ) -> list[str]:
        """Send one SMS to Sawt, and return the texts of the TwiML answer.

        If Sawt fails, the result is empty, and the network's `alerts` say why. The text is cut after 1600 characters,
        the limit of Twilio's `Body`. A lone surrogate becomes U+FFFD.

        - `sid` repeats an earlier message, the one with this MessageSid.
        - `again` sends the text twice, the second time with a new MessageSid.
        - `media` is the number of pictures of an MMS.
        - `delay` is how many seconds the message takes to arrive. Twilio does not report when it was sent.
        """
        if delay:
            await asyncio.sleep(delay)
        answers = await self._send(self, text, sid, media)
        return [*answers, *await self._send(self, text, None, media)] if again else answers

    @property
    def last(self) -> str:
        """The text of the last message received. Raises IndexError if the phone received none."""
        return self.inbox[-1].text

    def __repr__(self) -> str:
        return f"Phone({self.number!r}, {len(self.inbox)} received)"
