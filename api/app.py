"""The service as one FastAPI application: staff routes, public pages, and the channels passed to it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from functools import cache
from typing import Protocol

import structlog
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse
from sqlalchemy.ext.asyncio import AsyncSession

from api import actors
from api.audit.alarm import RecordWatch
from api.authoring import preview
from api.background import after_closing, schedule
from api.campaigns.context import CampaignContext
from api.campaigns.policy import rules_of
from api.channel import Channel, Forgetful
from api.clock import Clock, now
from api.commitments.files import importing
from api.console import routes as console_routes
from api.consultations.vault_keys import folders, secrecy, stray_keys
from api.errors import Unavailable, WrongSetup
from api.i18n import Catalogs
from api.outbox import service as outbox
from api.outbox.context import OutboxContext
from api.outbox.worker.deliverer import Deliverer
from api.outbox.worker.provider_deletion import Forgetter
from api.outbox.worker.reconcile import Reconciler
from api.proposals import pictures
from api.proposals import service as proposals
from api.public import routes as public_routes
from api.public.errors import ErrorPages
from api.public.lists import Lists
from api.rules import service as rules
from api.rules.values import Values
from api.runtime.failures import describe
from api.runtime.supervisor import Work
from api.staff.authentication import Authentication
from api.staff.passwords import Passwords
from api.staff.ways.offered import NONE as NO_WAYS
from api.staff.ways.offered import Ways
from api.v1 import ROUTERS
from api.web import refusals
from api.web.caching import NoStore
from api.web.deps import DESCRIPTION, AppContext, context_of
from api.web.http import LimitBody, map_errors
from api.web.readiness import Readiness
from api.web.tracing import Trace

log = structlog.get_logger(__name__)

Running = AbstractAsyncContextManager[None]
_LARGER_BODIES = {r"/v1/proposals/[^/]+/picture": pictures.LARGEST, r"/v1/plans(/.+)?": importing.LARGEST}


class MountedChannel(Channel, Protocol):
    """A channel that is part of the application: it sends for the outbox and has routes of its own."""

    @property
    def router(self) -> APIRouter:
        """Return the channel's webhook routes, all below /NAME. A channel that polls for messages has none."""
        ...

    def running(self) -> AbstractAsyncContextManager[None]:
        """Return a context that starts and stops the channel; it is open while the service runs."""
        ...


_service = APIRouter(include_in_schema=False)


def create_app(
    means: OutboxContext,
    *,
    catalogs: Catalogs,
    channels: Sequence[MountedChannel] = (),
    number: str = "",
    bot: str = "",
    ways: Ways = NO_WAYS,
) -> FastAPI:
    """Create the application. Background work does not start until a server starts the application.

    `number` and `bot` tell residents on the home page where to write. `ways` are further ways for staff to sign in.
    """
    kit = CampaignContext(catalogs=catalogs, channels=channels, rules=rules_of(means.settings, means.roads, means.book))
    # redirect_slashes would redirect to whatever the Host header says
    app = FastAPI(lifespan=_lifespan(means, kit, channels), openapi_url=None, redirect_slashes=False)
    app.state.context = AppContext(
        means.db,
        means.clock,
        means.keyring,
        catalogs,
        channels,
        authentication=Authentication(means.db, means.clock, means.settings.api_token),
        public_url=means.settings.public_url,
        region=means.settings.default_region,
        number=number,
        bot=bot,
        described=means.settings.api_described,
        documented=means.settings.api_docs,
        watch=means.watch,
        readiness=Readiness(means.db, look=RecordWatch(means.db).alarms),
    )
    _share(app, means, kit, ways)
    app.add_middleware(LimitBody, larger=_LARGER_BODIES)
    app.add_middleware(NoStore, below="/v1/")
    app.add_middleware(Trace)  # outermost, so that responses of the others get a request id too
    map_errors(app, ErrorPages(catalogs, [channel.name for channel in channels]))
    for channel in channels:
        app.include_router(channel.router)
    for router in (*ROUTERS, public_routes.router, console_routes.router, _service):
        app.router.routes.extend(router.routes)  # not `include_router`, which would analyse each route again
    return app


def _share(app: FastAPI, means: OutboxContext, kit: CampaignContext, ways: Ways) -> None:
    """Provide what dependencies in api/v1, api/public and api/console read, and AppContext must not know."""
    app.state.campaigns, app.state.trace, app.state.lists = kit, proposals.origins, Lists()
    app.state.clean, app.state.rules, app.state.ways = after_closing.clean, means.book, ways
    app.state.weigh, app.state.passwords = preview.weigh(kit), Passwords(means.settings.password_memory)


@_service.get("/health")
@_service.get("/livez")
async def _health() -> dict[str, str]:
    """Answer 200 as long as the process runs. Nothing else is checked, because a restart fixes nothing else."""
    return {"status": "ok"}


@_service.get("/readyz")
async def _readyz(request: Request) -> JSONResponse:
    """Answer 200 if this process can serve, otherwise 503 with what fails."""
    context = context_of(request)
    failing, problems = context.watch.failing(), await context.readiness.problems()
    alarms = {"alarms": found} if (found := context.readiness.alarms) else {}
    # alarms cause no 503: staff must look into them, but residents can still take part
    if failing or problems:
        return JSONResponse({"status": "failing", "wrong": problems, "tasks": failing, **alarms}, status_code=503)
    return JSONResponse({"status": "ready", **alarms})


@_service.api_route("/openapi.json", methods=["GET", "HEAD"], dependencies=[DESCRIPTION])
async def _openapi() -> Response:
    return Response(_described(), media_type="application/json")


@cache
def _described() -> bytes:
    """Return the OpenAPI document as JSON, built once per process."""
    routes = [route for router in ROUTERS for route in router.routes]
    document = get_openapi(title="Sawt", version="1", routes=routes)
    document["components"]["schemas"] |= refusals.components()
    return bytes(JSONResponse(document).body)


def _lifespan(
    means: OutboxContext, kit: CampaignContext, channels: Sequence[MountedChannel]
) -> Callable[[FastAPI], Running]:
    """Return a lifespan that runs the channels and background tasks as long as the service runs."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            stack.push_async_callback(means.db.close)
            with _logging_failure():
                await _start(stack, means, kit, channels)
            yield

    return lifespan


async def _start(
    stack: AsyncExitStack, means: OutboxContext, kit: CampaignContext, channels: Sequence[MountedChannel]
) -> None:
    with contextlib.suppress(Unavailable):  # the database is checked again before use
        await means.db.verify()
    for channel in channels:
        await stack.enter_async_context(channel.running())
    await _prepare_database(means, channels)
    for name, work in _background_work(means, kit, channels):
        await stack.enter_async_context(_background(means, name, work))


@contextlib.contextmanager
def _logging_failure() -> Iterator[None]:
    """Log why the service does not start."""
    try:
        yield
    except WrongSetup as error:
        log.error("serve.failed", why=str(error))
        raise
    except Exception as error:
        log.error("serve.failed", **describe(error))
        raise


def _background_work(
    means: OutboxContext, kit: CampaignContext, channels: Sequence[MountedChannel]
) -> Iterator[tuple[str, Work]]:
    """Yield the name and the work of each background task that this process must run."""
    wanted = means.settings.background
    if wanted:
        yield "wakeups", lambda: means.db.listen(means.watch.note("wakeups"))
    for channel in channels if "deliver" in wanted else ():
        for road in means.roads.of(channel.name):
            yield f"deliver {road.name}", Deliverer(channel, road, means).run
        yield f"reconcile {channel.name}", Reconciler(channel, means).run
        if isinstance(channel, Forgetful):
            yield f"forget {channel.name}", Forgetter(channel.name, channel, means).run
    if "schedule" in wanted:
        yield "schedule", schedule.scheduler(kit, means).run


async def _prepare_database(means: OutboxContext, channels: Sequence[MountedChannel]) -> None:
    """Check the vault, store the first rules, and move messages whose road is gone."""
    # the service starts even if the database or the vault is away
    with contextlib.suppress(Unavailable):
        async with means.db.transaction() as session:
            await _check_vault(session, means.clock)
            await _seed_rules(session, means)
            for channel in channels:
                roads = [road.name for road in means.roads.of(channel.name)]
                await outbox.reassign_orphans(session, channel.name, roads=roads)


async def _seed_rules(session: AsyncSession, means: OutboxContext) -> None:
    """Store the rules from the settings at the first start."""
    differing = await rules.seed(session, Values.of(means.settings, means.prices.rows), now=means.clock())
    if differing:
        log.warning("rules.settings_ignored", names=differing)  # the database wins: see `sawt rules list`


async def _check_vault(session: AsyncSession, now: Clock = now) -> None:
    """Encrypt what is not encrypted yet, repair the vault, and log lost keys."""
    try:
        moved = await folders.record_moves(session, who=actors.SERVICE, now=now())
        await secrecy.seal_clear(session)
        lost, repaired = await secrecy.repair_mirrors(session)
        swept = await stray_keys.sweep(session)
    except Unavailable as error:
        log.error("vault.unavailable", why=str(error))  # consultations neither open nor close until the vault is back
        return
    for before, after in moved.items():
        log.warning("vault.folder_moved", before=before, now=after)
    for path, gone in swept.items():
        log.warning("vault.stray_key", file=str(path), overwritten=gone)
    for code, mended in repaired.items():
        log.warning("vault.key_repaired", consultation=code, folders=mended)
    for code in lost:
        log.error("vault.key_lost", consultation=code)


@asynccontextmanager
async def _background(means: OutboxContext, name: str, work: Work) -> AsyncIterator[None]:
    """Run one background task as long as the context is open."""
    task = asyncio.create_task(means.watch.supervise(name, work))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])
