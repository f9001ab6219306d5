"""The SMS channel: renders messages for feature phones and hands them to one of its providers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
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

    def __init__(self, providers: Sequence[Provider]) -> None:
        """At least one. All of them are heard; what names no road of theirs goes out by the first."""
        self._providers = {provider.name: provider for provider in providers}
        self._first = providers[0]
        self.router = APIRouter()
        for provider in providers:
            self.router.include_router(provider.router)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Open the providers' connections."""
        async with AsyncExitStack() as stack:
            for provider in self._providers.values():
                await stack.enter_async_context(provider.running())
            yield

    async def send(self, message: Outgoing) -> Receipt:
        """Send one message. Raises a SendError."""
        provider = self._providers.get(message.road, self._first)
        text = written(message.text, message.choices)
        return await provider.send(to=message.address, text=text, delivery_id=message.delivery_id)

    def preview(self, text: str, choices: Sequence[Choice] = ()) -> Preview:
        """The segments this text takes."""
        return measured(text, choices)
