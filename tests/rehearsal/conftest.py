"""A rehearsal on loopback with a minimal Sawt beside it, over real HTTP."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
import uvicorn
from aiohttp import encode_basic_auth
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send
from telegram import Bot
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.rest import Client

from rehearsal.app import create_rehearsal
from rehearsal.network import Network
from rehearsal.settings import RehearsalSettings
from tests.wire.checker import WireChecker

SERVICE = "+212600000099"
ACCOUNT = f"AC{'0' * 31}1"
TOKEN = "4242:rehearsal-bot-token"


@dataclass
class Sawt:
    """A stand-in for Sawt: stores what it receives, and answers as a test wants."""

    texts: list[dict[str, str]] = field(default_factory=list)
    signatures: list[tuple[str, str]] = field(default_factory=list)
    statuses: list[dict[str, str]] = field(default_factory=list)
    updates: list[dict[str, Any]] = field(default_factory=list)
    secrets: list[str | None] = field(default_factory=list)
    codes: list[int] = field(default_factory=list)  # HTTP statuses of the next answers; 200 afterwards
    twiml: str = "<Response/>"
    media: str = "text/xml"
    during: Callable[[], Awaitable[None]] | None = None

    async def sms(self, request: Request) -> Response:
        self.texts.append(dict(await request.form()))
        headers = request.headers
        self.signatures.append((headers["x-twilio-signature"], headers["i-twilio-idempotency-token"]))
        return await self._answer(self.twiml, self.media)

    async def status(self, request: Request) -> Response:
        self.statuses.append(dict(await request.form()) | dict(request.query_params))
        return await self._answer("", "text/plain")

    async def update(self, request: Request) -> Response:
        self.updates.append(await request.json())
        self.secrets.append(request.headers.get("x-telegram-bot-api-secret-token"))
        return await self._answer("", "text/plain")

    async def _answer(self, body: str, media: str) -> Response:
        if self.during is not None:
            await self.during()
        return Response(body, self.codes.pop(0) if self.codes else 200, media_type=media)


class RoutedHttp(AsyncTwilioHttpClient):
    """Twilio's own client, pointed at the rehearsal."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self._base = base

    async def request(self, method: str, url: str, **kwargs: Any) -> Any:
        # aiohttp warns about the way the library passes credentials, and warnings are errors here.
        user, password = kwargs.pop("auth")
        kwargs["headers"] = kwargs["headers"] | {"Authorization": encode_basic_auth(user, password)}
        return await super().request(method, url.replace("https://api.twilio.com", self._base), **kwargs)


@dataclass
class Desk:
    """Everything a test needs: the network, the stand-in for Sawt, and the real clients of both providers."""

    base: str
    network: Network
    sawt: Sawt
    twilio: Client
    bot: Bot

    async def hook(self, **options: Any) -> None:
        await self.bot.set_webhook(f"{self.base}/update", **options)

    async def create(self, to: str, body: str = "Bonjour", **options: Any) -> Any:
        return await self.twilio.messages.create_async(**{"to": to, "body": body, "from_": SERVICE} | options)


class Host:
    """One server for the whole run, with a new application for each test, because servers and bots start slowly."""

    base: str
    bot: Bot
    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


@pytest.fixture(scope="session")
async def host() -> AsyncIterator[Host]:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        # From now on connections are accepted, even if the server does not answer yet.
        listener.listen()
        host = Host()
        host.base = f"http://127.0.0.1:{listener.getsockname()[1]}"
        host.bot = Bot(TOKEN, base_url=f"{host.base}/rehearsal/telegram/bot")
        server = uvicorn.Server(uvicorn.Config(host, log_level="critical", lifespan="off"))
        serving = asyncio.create_task(server.serve([listener]))
        yield host
        await host.bot.shutdown()
        server.should_exit = True
        await serving


@asynccontextmanager
async def open_desk(host: Host, checker: WireChecker, **options: Any) -> AsyncIterator[Desk]:
    """Put a new network on the host; `options` are further settings, and `fragment` that of the inbound URL."""
    settings = RehearsalSettings(
        account_sid=ACCOUNT,
        auth_token="auth-token",
        service_number=SERVICE,
        inbound_url=f"{host.base}/sms?tenant=1{options.pop('fragment', '')}",
        bot_token=TOKEN,
        webhook_backoff=0.001,
        **options,
    )
    app, sawt = create_rehearsal(settings, observe=checker.observe), Sawt()
    routes = [Route(f"/{name}", getattr(sawt, name), methods=["POST"]) for name in ("sms", "status", "update")]
    host.app = Starlette(routes=[*routes, Mount("/rehearsal", app)])
    async with RoutedHttp(f"{host.base}/rehearsal/twilio") as http:
        await host.bot.initialize()
        yield Desk(host.base, app.state.network, sawt, Client(ACCOUNT, "auth-token", http_client=http), host.bot)
    await app.state.network.aclose()


@pytest.fixture(scope="session")
def documents() -> WireChecker:
    return WireChecker.load()


@pytest.fixture
def checker(documents: WireChecker) -> WireChecker:
    documents.faults.clear()
    return documents


@pytest.fixture
async def desk(host: Host, checker: WireChecker) -> AsyncIterator[Desk]:
    async with open_desk(host, checker) as opened:
        yield opened


@pytest.fixture
def make_desk(host: Host, checker: WireChecker) -> Callable[..., AbstractAsyncContextManager[Desk]]:
    return lambda **options: open_desk(host, checker, **options)
