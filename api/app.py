"""The service: one application out of the domain's routes and the channels it is given."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any, Protocol

from fastapi import APIRouter, Depends, FastAPI

from api import clockwork
from api.agents import routes as agent_routes
from api.campaigns import following, meeting_routes, news_routes
from api.campaigns import routes as campaign_routes
from api.campaigns.kit import Kit
from api.campaigns.rules import rules_of
from api.channel import Channel
from api.commitments import routes as commitment_routes
from api.consultations import routes as consultation_routes
from api.desk import routes as desk_routes
from api.dialogue import file_routes
from api.errors import Unavailable
from api.i18n import Catalogs
from api.messages import routes as message_routes
from api.outbox import service as outbox
from api.outbox.loop import Deliverer
from api.outbox.means import Means
from api.outbox.reconcile import Reconciler
from api.outbox.sweep import every
from api.overview import routes as overview_routes
from api.proposals import idea_routes, pictures
from api.proposals import routes as proposal_routes
from api.proposals import service as proposals
from api.proposals.kit import Kit as ProposalKit
from api.public import routes as public_routes
from api.results import routes as result_routes
from api.rounds import routes as round_routes
from api.web import LimitBody, bearer, map_errors

Running = AbstractAsyncContextManager[None]

_SWEEP = 30.0  # seconds


class Part(Channel, Protocol):
    """A channel as the service mounts it: a mouth for the outbox, ears of its own."""

    @property
    def router(self) -> APIRouter:
        """Its webhooks; empty where it fetches what it hears."""
        ...

    def running(self) -> AbstractAsyncContextManager[None]:
        """What it keeps open as long as the service runs."""
        ...


def create_app(means: Means, *, catalogs: Catalogs, channels: Sequence[Part] = ()) -> FastAPI:
    """The application. Nothing starts before its lifespan does."""
    settings, db, clock = means.settings, means.db, means.clock

    kit = Kit(catalogs=catalogs, channels=channels, rules=rules_of(settings, means.roads, means.prices))
    app = FastAPI(title="Sawt", version="1", lifespan=_lifespan(means, kit, channels), docs_url=None, redoc_url=None)
    app.add_middleware(LimitBody, larger={r"/v1/proposals/[^/]+/picture": pictures.LARGEST})
    map_errors(app)
    for channel in channels:
        app.include_router(channel.router)
    guarded = [Depends(bearer(settings.api_token))]
    for router in (
        consultation_routes.router(db, clock),
        result_routes.router(db),
        overview_routes.router(db, clock),
        following.router(db, kit, means.keyring, clock),
        campaign_routes.router(db, kit, clock),
        agent_routes.router(db, means.keyring, clock),
        desk_routes.router(db, catalogs, means.keyring, clock),
        meeting_routes.router(db, kit, means.keyring, clock),
        commitment_routes.router(db, clock, proposals.origins),
        news_routes.router(db, clock),
        file_routes.router(db, means.keyring, clock, settings.default_region),
        message_routes.router(db, catalogs, channels, clock),
        idea_routes.router(db, ProposalKit(catalogs, means.keyring), clock),
        proposal_routes.router(db, ProposalKit(catalogs, means.keyring), clock),
        round_routes.router(db, clockwork.within_hours(kit, means), clock),
    ):
        app.include_router(router, prefix="/v1", dependencies=guarded)
    app.include_router(public_routes.router(db, catalogs))
    app.add_api_route("/health", _health, include_in_schema=False)
    return app


def _lifespan(means: Means, kit: Kit, channels: Sequence[Part]) -> Callable[[FastAPI], Running]:
    """What goes on as long as the service runs: channels hear, roads deliver, providers are asked, the clock ticks."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            stack.push_async_callback(means.db.close)
            for channel in channels:
                await stack.enter_async_context(channel.running())
            await _adopt(means, channels)
            for channel in channels:
                for road in means.roads.of(channel.name):
                    await stack.enter_async_context(_background(Deliverer(channel, road, means).run()))
                await stack.enter_async_context(_background(Reconciler(channel, means).run()))
            sweeping = clockwork.sweeper(means.settings, means.db, means.clock)
            await stack.enter_async_context(_background(every(_SWEEP, sweeping)))
            for due in clockwork.clockwork(kit, means):
                await stack.enter_async_context(_background(every(means.settings.tick_every, due)))
            yield

    return lifespan


async def _adopt(means: Means, channels: Sequence[Part]) -> None:
    """What waits on a road that was set once and is no more goes out by another; where the database is away, later."""
    with contextlib.suppress(Unavailable):
        async with means.db.transaction() as session:
            for channel in channels:
                roads = [road.name for road in means.roads.of(channel.name)]
                await outbox.adopt(session, channel.name, roads=roads)


async def _health() -> dict[str, str]:
    return {"status": "ok"}


@asynccontextmanager
async def _background(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run work beside the service; ended, and waited for, when the service ends."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])
