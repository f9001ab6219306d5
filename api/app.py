"""The service: one application out of the domain's routes and the channels it is given."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any, Protocol

from fastapi import APIRouter, Depends, FastAPI

from api.campaigns import routes as campaign_routes
from api.campaigns.rules import rules_of
from api.campaigns.service import Kit
from api.campaigns.ticking import tick
from api.channel import Channel
from api.clock import Clock
from api.consultations import routes as consultation_routes
from api.consultations import service as consultations
from api.crypto import Keyring
from api.db import Database
from api.i18n import Catalogs
from api.messages import routes as message_routes
from api.outbox import service as outbox
from api.outbox.loop import Deliverer
from api.outbox.sweep import every
from api.results import routes as result_routes
from api.settings import Settings
from api.web import LimitBody, bearer, map_errors

_SWEEP = 30.0  # seconds
_TICK = 1.0  # seconds: what is scheduled happens at most two late


class Part(Channel, Protocol):
    """A channel as the service mounts it: a mouth for the outbox, ears of its own."""

    @property
    def router(self) -> APIRouter:
        """Its webhooks; empty where it fetches what it hears."""
        ...

    def running(self) -> AbstractAsyncContextManager[None]:
        """What it keeps open as long as the service runs."""
        ...


def create_app(
    settings: Settings,
    *,
    db: Database,
    keyring: Keyring,
    catalogs: Catalogs,
    clock: Clock,
    channels: Sequence[Part] = (),
) -> FastAPI:
    """The application. Nothing starts before its lifespan does."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            stack.push_async_callback(db.close)
            for channel in channels:
                await stack.enter_async_context(channel.running())
            for channel in channels:
                deliverer = Deliverer(channel, db=db, keyring=keyring, settings=settings, clock=clock)
                await stack.enter_async_context(_background(deliverer.run()))
            await stack.enter_async_context(_background(every(_SWEEP, _sweeper(settings, db, clock))))
            await stack.enter_async_context(_background(every(_TICK, _ticker(kit, db, clock))))
            yield

    kit = Kit(catalogs=catalogs, channels=channels, rules=rules_of(settings))
    app = FastAPI(title="Sawt", version="1", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.add_middleware(LimitBody)
    map_errors(app)
    for channel in channels:
        app.include_router(channel.router)
    guarded = [Depends(bearer(settings.api_token))]
    for router in (
        consultation_routes.router(db, clock),
        result_routes.router(db),
        campaign_routes.router(db, kit, clock),
        message_routes.router(db, catalogs, channels, clock),
    ):
        app.include_router(router, prefix="/v1", dependencies=guarded)
    app.add_api_route("/health", _health, include_in_schema=False)
    return app


async def _health() -> dict[str, str]:
    return {"status": "ok"}


def _ticker(kit: Kit, db: Database, clock: Clock) -> Any:
    async def once() -> None:
        async with db.transaction() as session:
            await tick(session, kit=kit, now=clock())

    return once


def _sweeper(settings: Settings, db: Database, clock: Clock) -> Any:
    async def sweep() -> None:
        async with db.transaction() as session:
            now = clock()
            await outbox.reap(session, now=now)
            await outbox.expire(session, now=now)
            await outbox.blank(session, now=now, kept=settings.reply_kept)
            await consultations.close_due(session, now=now)

    return sweep


@asynccontextmanager
async def _background(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run work beside the service; ended, and waited for, when the service ends."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])
