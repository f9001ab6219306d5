"""The SMS channel: renders messages for feature phones and hands them to its provider."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from fastapi import APIRouter

from api.channel import Choice, Outgoing, Preview, Receipt
from sms.measure import measured
from sms.text import written


class Provider(Protocol):
    """What the channel needs of a company or gateway."""

    @property
    def name(self) -> str:
        """The provider's name, as in the database."""
        ...

    @property
    def router(self) -> APIRouter:
        """Its webhooks."""
        ...

    def running(self) -> AbstractAsyncContextManager[None]:
        """Its connections, open as long as the service runs."""
        ...

    async def send(self, *, to: str, text: str, delivery_id: int) -> Receipt:
        """Hand one text over. Raises a SendError."""
        ...


class SmsChannel:
    """Ears and a mouth for feature phones."""

    name = "sms"

    def __init__(self, provider: Provider) -> None:
        """One provider carries both directions; roads that differ by direction come with a second provider."""
        self._provider = provider
        self.router = provider.router

    def running(self) -> AbstractAsyncContextManager[None]:
        """Open the provider's connections."""
        return self._provider.running()

    async def send(self, message: Outgoing) -> Receipt:
        """Send one message. Raises a SendError."""
        text = written(message.text, message.choices)
        return await self._provider.send(to=message.address, text=text, delivery_id=message.delivery_id)

    def preview(self, text: str, choices: Sequence[Choice] = ()) -> Preview:
        """The segments this text takes."""
        return measured(text, choices)
