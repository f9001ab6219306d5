"""The SMS channel: renders messages for feature phones, and hands each one to an SMS provider.

A provider is a company or gateway that carries SMS. A road is a delivery route: a provider together with a sender.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import datetime
from typing import Protocol

from fastapi import APIRouter

from api.channel import (
    Choice,
    Forgetful,
    Misconfigured,
    Outgoing,
    Preview,
    SendResult,
    StoredMessage,
    Trail,
    Untraceable,
)
from api.routing.roads import Road, Roads
from sms.measure import measure_sms
from sms.text import render_sms


class Provider(Protocol):
    """The interface of an SMS provider."""

    @property
    def name(self) -> str:
        """The provider's name as stored in the database."""
        ...

    @property
    def router(self) -> APIRouter:
        """The routes of the provider's webhooks."""
        ...

    def running(self) -> AbstractAsyncContextManager[None]:
        """Open the provider's connections, and close them when the service stops."""
        ...

    async def send(self, *, to: str, text: str, delivery_id: int, road: Road) -> SendResult:
        """Send one text by this road of the provider. Raises a SendError."""
        ...

    async def trace(self, *, to: str, text: str, road: Road, trail: Trail) -> SendResult | None:
        """Find out what became of a text. If the provider certainly never accepted the text, return None.

        Raises Untraceable if nobody can ever know. Any other SendError means that Sawt may ask again later.
        """
        ...


class SmsChannel:
    """The channel for feature phones."""

    name = "sms"

    def __init__(self, providers: Sequence[Provider], roads: Roads) -> None:
        """Set up the channel. It receives messages from all providers, and sends each message by one of the roads."""
        self._providers = {provider.name: provider for provider in providers}
        self._roads = roads
        self.router = APIRouter()
        for provider in providers:
            self.router.include_router(provider.router)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Open the connections of all providers, and close them when the service stops."""
        async with AsyncExitStack() as stack:
            for provider in self._providers.values():
                await stack.enter_async_context(provider.running())
            yield

    async def send(self, message: Outgoing) -> SendResult:
        """Send one message by its road. Raises a SendError."""
        road = self._roads.get(message.road, self.name)
        provider = self._providers.get(road.provider)
        if provider is None:
            raise Misconfigured(f"the provider {road.provider} is not switched on")
        text = render_sms(message.text, message.choices)
        return await provider.send(to=message.address, text=text, delivery_id=message.delivery_id, road=road)

    async def trace(self, message: Outgoing, trail: Trail) -> SendResult | None:
        """Find out what became of a message. If the provider certainly never accepted the message, return None.

        Raises Untraceable if nobody can ever know. Any other SendError means that Sawt may ask again later.
        """
        road = self._roads.get(message.road, self.name)
        provider = self._providers.get(road.provider)
        if provider is None:
            raise Untraceable("the provider is not switched on")
        text = render_sms(message.text, message.choices)
        return await provider.trace(to=message.address, text=text, road=road, trail=trail)

    async def forget(self, kept: StoredMessage) -> None:
        """Delete a message at its provider. Raises a SendError."""
        provider: object = self._providers.get(kept.provider)
        if not isinstance(provider, Forgetful):
            raise Misconfigured(f"the provider {kept.provider} is not switched on or cannot delete messages")
        await provider.forget(kept)

    async def sweep(self, before: datetime) -> None:
        """Delete the messages received before this moment at each provider that can delete. Raises a SendError."""
        for provider in self._providers.values():
            candidate: object = provider
            if isinstance(candidate, Forgetful):
                await candidate.sweep(before)

    def preview(self, text: str, choices: Sequence[Choice] = ()) -> Preview:
        """Return the size of a text with its choices: the number of SMS segments, and the encoding."""
        return measure_sms(text, choices)
