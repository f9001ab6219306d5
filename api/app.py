"""The service: one application out of the domain's routes and the channels it is given."""

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
from api.authoring import preview
from api.background import after_closing, schedule
from api.campaigns.context import Kit
from api.campaigns.policy import rules_of
from api.channel import Channel, Forgetful
from api.clock import Clock, now
from api.console import routes as console_routes
from api.consultations.vault_keys import folders, secrecy, stray_keys
from api.errors import Unavailable, WrongSetup
from api.i18n import Catalogs
from api.outbox import service as outbox
from api.outbox.context import Means
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
from api.runtime.failures import described
from api.runtime.supervisor import Work
from api.staff.authentication import Authentication
from api.staff.passwords import Passwords
from api.v1 import agents as agent_routes
from api.v1 import clock as clock_routes
from api.v1 import commitments as commitment_routes
from api.v1 import desk as desk_routes
from api.v1 import ideas, residents, staff, tokens
from api.v1 import messages as message_routes
from api.v1 import overview as overview_routes
from api.v1 import proposals as proposal_routes
from api.v1 import rules as rule_routes
from api.v1.outreach import campaign_reports, meetings, updates
from api.v1.outreach import campaigns as campaign_routes
from api.v1.voting import answers as answer_routes
from api.v1.voting import consultations as consultation_routes
from api.v1.voting import drafts, words
from api.v1.voting import results as result_routes
from api.v1.voting import rounds as round_routes
from api.web import refusals
from api.web.caching import KeepNothing
from api.web.deps import DESCRIPTION, AppContext, context_of
from api.web.http import LimitBody, map_errors
from api.web.readiness import Readiness
from api.web.tracing import Trace

log = structlog.get_logger(__name__)

Running = AbstractAsyncContextManager[None]


class Part(Channel, Protocol):
    """A channel as the service mounts it: a mouth for the outbox, ears of its own."""

    @property
    def router(self) -> APIRouter:
        """Its webhooks, all below /NAME; empty where it fetches what it hears."""
        ...

    def running(self) -> AbstractAsyncContextManager[None]:
        """What it keeps open as long as the service runs."""
        ...


# What every application serves beside its channels. No two of them match one path: a test holds it.
_STAFF = (
    consultation_routes.router,
    result_routes.router,
    answer_routes.router,
    overview_routes.router,
    clock_routes.router,
    campaign_reports.router,
    campaign_routes.router,
    agent_routes.router,
    desk_routes.router,
    meetings.router,
    commitment_routes.router,
    updates.router,
    residents.router,
    drafts.router,
    words.router,
    message_routes.router,
    ideas.router,
    proposal_routes.router,
    round_routes.router,
    rule_routes.router,
    staff.router,
    tokens.router,
)
_service = APIRouter(include_in_schema=False)


def create_app(
    means: Means, *, catalogs: Catalogs, channels: Sequence[Part] = (), number: str = "", bot: str = ""
) -> FastAPI:
    """The application. Nothing starts before its lifespan does.

    `number` and `bot` are where residents write to, as the home page names them.
    """
    kit = Kit(catalogs=catalogs, channels=channels, rules=rules_of(means.settings, means.roads, means.book))
    # No redirect for a slash too many: it would go where the Host header says.
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
        readiness=Readiness(means.db),
    )
    # Read by dependencies of api/campaigns, api/commitments, api/rounds and api/public: api/web/deps.py may not know
    # these types.
    app.state.campaigns, app.state.trace, app.state.lists = kit, proposals.origins, Lists()
    app.state.clean, app.state.rules = after_closing.clean, means.book
    app.state.weigh, app.state.passwords = preview.weigh(kit), Passwords(means.settings.password_memory)
    app.add_middleware(LimitBody, larger={r"/v1/proposals/[^/]+/picture": pictures.LARGEST})
    app.add_middleware(KeepNothing, below="/v1/")
    app.add_middleware(Trace)  # around the others: their answers are numbered too
    map_errors(app, ErrorPages(catalogs, [channel.name for channel in channels]))
    for channel in channels:
        app.include_router(channel.router)
    for router in (*_STAFF, public_routes.router, console_routes.router, _service):
        app.router.routes.extend(router.routes)  # as they are: `include_router` would analyse each of them again
    return app


@_service.get("/health")
@_service.get("/livez")
async def _health() -> dict[str, str]:
    """The process answers: restarting it would not help whatever else is wrong."""
    return {"status": "ok"}


@_service.get("/readyz")
async def _readyz(request: Request) -> JSONResponse:
    """Whether this process can serve: 503 with what does not fit, and the names of its tasks that keep failing."""
    context = context_of(request)
    failing, wrong = context.watch.failing(), await context.readiness.wrong()
    if failing or wrong:
        return JSONResponse({"status": "failing", "wrong": wrong, "tasks": failing}, status_code=503)
    return JSONResponse({"status": "ready"})


@_service.api_route("/openapi.json", methods=["GET", "HEAD"], dependencies=[DESCRIPTION])
async def _openapi() -> Response:
    return Response(_described(), media_type="application/json")


@cache
def _described() -> bytes:
    """The OpenAPI document of the JSON API, made once by a process: it costs half a second."""
    routes = [route for router in _STAFF for route in router.routes]
    found = get_openapi(title="Sawt", version="1", routes=routes)
    found["components"]["schemas"] |= refusals.components()
    return bytes(JSONResponse(found).body)


def _lifespan(means: Means, kit: Kit, channels: Sequence[Part]) -> Callable[[FastAPI], Running]:
    """What goes on as long as the service runs: channels hear, roads deliver, providers are asked, the clock ticks."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            stack.push_async_callback(means.db.close)
            with _saying_why():
                await _start(stack, means, kit, channels)
            yield

    return lifespan


async def _start(stack: AsyncExitStack, means: Means, kit: Kit, channels: Sequence[Part]) -> None:
    with contextlib.suppress(Unavailable):  # it is looked at again before it is used
        await means.db.verify()
    for channel in channels:
        await stack.enter_async_context(channel.running())
    await _adopt(means, channels)
    for name, work in _by_itself(means, kit, channels):
        await stack.enter_async_context(_background(means, name, work))


@contextlib.contextmanager
def _saying_why() -> Iterator[None]:
    """Log why the service does not start: of what the server says then, nothing is logged."""
    try:
        yield
    except WrongSetup as error:
        log.error("serve.failed", why=str(error))
        raise
    except Exception as error:
        log.error("serve.failed", **described(error))
        raise


def _by_itself(means: Means, kit: Kit, channels: Sequence[Part]) -> Iterator[tuple[str, Work]]:
    """What goes on in this process, as far as its settings say, by name."""
    wanted = means.settings.background
    if wanted:
        yield "wakeups", lambda: means.db.hear(means.watch.note("wakeups"))
    for channel in channels if "deliver" in wanted else ():
        for road in means.roads.of(channel.name):
            yield f"deliver {road.name}", Deliverer(channel, road, means).run
        yield f"reconcile {channel.name}", Reconciler(channel, means).run
        if isinstance(channel, Forgetful):
            yield f"forget {channel.name}", Forgetter(channel.name, channel, means).run
    if "schedule" in wanted:
        yield "schedule", schedule.scheduler(kit, means).run


async def _adopt(means: Means, channels: Sequence[Part]) -> None:
    """What waits on a road that was set once and is no more goes out by another; where the database is away, later."""
    with contextlib.suppress(Unavailable):
        async with means.db.transaction() as session:
            await _look_into_vault(session, means.clock)
            await _keep_rules(session, means)
            for channel in channels:
                roads = [road.name for road in means.roads.of(channel.name)]
                await outbox.adopt(session, channel.name, roads=roads)


async def _keep_rules(session: AsyncSession, means: Means) -> None:
    """At the first start, rules are what the settings say; afterwards, say which of them the settings contradict."""
    unheard = await rules.seed(session, Values.of(means.settings, means.prices.rows), now=means.clock())
    if unheard:
        log.warning("rules.differ", names=unheard)  # the database counts: `sawt rules list`


async def _look_into_vault(session: AsyncSession, now: Clock = now) -> None:
    """Seal what is left in the clear, repair the mirrors, overwrite keys that nothing names, and say what is lost."""
    try:
        moved = await folders.move(session, who=actors.SERVICE, now=now())
        await secrecy.seal_clear(session)
        lost, repaired = await secrecy.examine(session)
        swept = await stray_keys.sweep(session)
    except Unavailable as error:
        log.error("vault.away", why=str(error))  # nothing is opened or closed before it is back
        return
    for before, after in moved.items():
        log.warning("vault.moved", before=before, now=after)
    for path, gone in swept.items():
        log.warning("vault.stray", file=str(path), overwritten=gone)
    for code, mended in repaired.items():
        log.warning("vault.repaired", consultation=code, folders=mended)
    for code in lost:
        log.error("vault.lost", consultation=code)


@asynccontextmanager
async def _background(means: Means, name: str, work: Work) -> AsyncIterator[None]:
    """Keep work going beside the service; ended, and waited for, when the service ends."""
    task = asyncio.create_task(means.watch.keep(name, work))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])
