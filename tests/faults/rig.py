"""The set-up of a fault test: a service to kill, and a rehearsal network and database that outlive it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from api.settings import Settings
from rehearsal.app import create_rehearsal
from rehearsal.exchange import Exchange, Observer
from rehearsal.network import Network
from rehearsal.settings import RehearsalSettings
from sawt.compose import compose
from tests.clock import MovingClock
from tests.consultations import main_consultation
from tests.faults.service import Service, reserved_port
from tests.server import free_socket, serving
from tests.wire.checker import WireChecker
from tests.world import World, settings_for

SECRET = "a-webhook-secret"
POLLING, WEBHOOK = "", SECRET  # values of the setting telegram_secret: the two ways updates come in

Kind = Callable[[Exchange], bool]


class Hazard:
    """Watches every exchange on the wire, and kills the service at a chosen one.

    After a call by the service, the provider has acted and the service does not know. After a webhook, its answer
    has just been read.
    """

    def __init__(self, observe: Observer) -> None:
        """`observe` sees every exchange first."""
        self._observe = observe
        self._aim: tuple[Service, Kind] | None = None
        self._left = 0

    def arm(self, service: Service, *, after: int, of: Kind) -> None:
        """Kill this service at the `after`-th exchange of a kind."""
        self._aim, self._left = (service, of), after

    def observe(self, exchange: Exchange) -> None:
        """See one exchange."""
        self._observe(exchange)
        if self._aim is None or not self._aim[1](exchange):
            return
        self._left -= 1
        if self._left == 0:
            self._aim[0].kill()
            self._aim = None


@dataclass
class Rig:
    """`world` is the test's own access to the database and the network, without a server."""

    world: World
    services: list[Service]
    hazard: Hazard

    @property
    def service(self) -> Service:
        """The first service."""
        return self.services[0]

    @property
    def network(self) -> Network:
        """The phones."""
        return self.world.network

    def arm(self, *, after: int, of: Kind) -> None:
        """Kill the service at the `after`-th exchange of a kind from now on."""
        self.hazard.arm(self.service, after=after, of=of)

    async def killed(self, *, after: int, of: Kind) -> None:
        """Wait until the service was killed at the `after`-th exchange of a kind."""
        self.arm(after=after, of=of)
        await self.service.died()

    async def until(self, true: Callable[[], Awaitable[bool]], *, within: float = 120, every: float = 0.05) -> None:
        """Wait for a condition that only the database shows; times are in seconds."""
        async with asyncio.timeout(within):
            while not await true():  # noqa: ASYNC110 - another process makes it so
                await asyncio.sleep(every)


@asynccontextmanager
async def standing(
    database_url: str,
    checker: WireChecker,
    folder: Path,
    *,
    callback_delay: float = 0.0,
    processes: int = 1,
    observe: Observer | None = None,
    **changed: Any,
) -> AsyncIterator[Rig]:
    """A rig for the block, with one open consultation and services to be started.

    `observe` sees the exchanges instead of the checker; `changed` are settings.
    """
    hazard, on = Hazard(observe or checker.observe), free_socket()
    providers = f"http://127.0.0.1:{on.getsockname()[1]}"
    with ExitStack() as ports:
        each = [
            _service(database_url, ports.enter_context(reserved_port()), providers, folder, changed)
            for _ in range(processes)
        ]
        settings = each[0].settings
        rehearsal = create_rehearsal(_rehearsed(settings, callback_delay), observe=hazard.observe)
        async with serving(rehearsal, on), httpx.AsyncClient() as http:
            network = rehearsal.state.network
            now = MovingClock()
            now.be_real()
            world = World(settings.public_url, settings, compose(settings), network, now, http)
            await world.open(main_consultation())
            try:
                yield Rig(world, each, hazard)
            finally:
                await asyncio.gather(*(service.end() for service in each))
                await network.aclose()
                await world.db.close()
    assert checker.faults == []
    assert [line for service in each for line in service.errors()] == []


def _service(database_url: str, port: int, providers: str, folder: Path, changed: dict[str, Any]) -> Service:
    apis = {"twilio_api_url": f"{providers}/twilio", "telegram_api_url": f"{providers}/telegram"}
    # Seconds; a lease must outlast the stalls of a busy machine that starts services.
    quick = {"background": ["deliver", "schedule"], "reply_patience": 1.5, "claim_lease": 3.0}
    settings = settings_for(database_url, f"http://127.0.0.1:{port}", **{**apis, **quick, **changed})
    return Service(settings, port=port, log=folder / f"service-{port}.log")


def _rehearsed(settings: Settings, callback_delay: float) -> RehearsalSettings:
    return RehearsalSettings(
        account_sid=settings.twilio_account_sid,
        auth_token=settings.twilio_auth_token.get_secret_value(),
        service_number=settings.twilio_sender,
        inbound_url=f"{settings.public_url}/sms/twilio/inbound",
        bot_token=settings.telegram_token.get_secret_value(),
        callback_delay=callback_delay,
        webhook_attempts=1000,  # Telegram repeats an update for a day
        webhook_backoff_ceiling=0.2,
    )
