"""A whole service on loopback with its rehearsal network, for tests of journeys."""

from __future__ import annotations

import gc
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any, NamedTuple

import httpx
from pydantic import SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from api.background import after_closing
from api.campaigns import actions, invite
from api.campaigns.context import CampaignContext
from api.campaigns.policy import rules_of
from api.consultations import drafts, lifecycle
from api.consultations.schemas import ConsultationIn
from api.db import Database
from api.outbox import service as outbox
from api.outbox.worker.deliverer import Deliverer
from api.results import service as results
from api.results.schemas import Results
from api.rules.service import Book
from api.rules.values import Values
from api.security.crypto import Keyring
from api.settings import Settings
from rehearsal.network import Network
from sawt.compose import Service, compose
from sawt.demo.service import rehearse
from tests import caretaker
from tests.clock import MovingClock
from tests.consultations import main_consultation
from tests.server import free_socket, serving
from tests.wire.checker import WireChecker

KEYS = Keyring.generate()
KEYRING = Keyring.parse(KEYS)
API_TOKEN = "test-api-token"
_people, _worlds = count(1), count(1)
_PATIENCE = 60.0  # seconds for a response on a busy machine
_MANY = 20  # worlds, which contain reference cycles, before the collector runs


class Invited(NamedTuple):
    """A launched invitation: its campaign, and the number of deliveries by channel."""

    campaign_id: int
    queued: dict[str, int]


@dataclass
class World:
    """A running service with a clock, `now`, that tests can move."""

    url: str
    settings: Settings
    service: Service
    network: Network
    now: MovingClock
    http: httpx.AsyncClient
    seen: list[str] = field(default_factory=list)

    def __repr__(self) -> str:
        """Short, since failing tests print it."""
        return f"World({self.url})"

    @property
    def db(self) -> Database:
        """The service's database."""
        return self.service.db

    def number(self) -> str:
        """An unused phone number."""
        return f"+2126000{next(_people):05d}"

    def chat(self) -> int:
        """An unused Telegram id."""
        return 2_000_000 + next(_people)

    async def open(self, data: dict[str, Any]) -> None:
        """Create and open a consultation."""
        async with self.db.transaction() as session:
            draft = await drafts.create(session, ConsultationIn.model_validate(data), who="amina", now=self.now())
            smallest = self.settings.smallest_count
            await lifecycle.open_draft(session, draft.code, who="amina", now=self.now(), smallest=smallest)

    async def close(self, code: str) -> None:
        """Close a consultation."""
        async with self.db.transaction() as session:
            await lifecycle.close_ballots(session, code, who="amina", now=self.now())
        await after_closing.clean(self.db, now=self.now())

    async def results(self, code: str = "plan") -> Results:
        """The counts of a consultation."""
        async with self.db.transaction() as session:
            return await results.results(session, code)

    @property
    def kit(self) -> CampaignContext:
        """The context of this world's campaigns."""
        means = self.service.means
        return CampaignContext(
            catalogs=self.service.dialogue.context.catalogs,
            channels=self.service.channels,
            rules=rules_of(self.settings, means.roads, Book(Values.of(self.settings, means.prices.rows))),
        )

    async def invite(self, code: str = "plan") -> Invited:
        """Launch an invitation at any hour."""
        async with self.db.transaction() as session:
            described = await invite.invitation(session, code, now=self.now())
            urgent = described.model_copy(update={"urgent": True})
            campaign, queued = await actions.at_once(session, urgent, kit=self.kit, who="tests", now=self.now())
            return Invited(campaign.id, queued)

    async def sweep(self) -> None:
        """Run the outbox jobs that the service runs every half minute."""
        async with self.db.transaction() as session:
            await outbox.expire_leases(session, now=self.now())
            await outbox.expire(session, now=self.now())

    async def deliver(self) -> None:
        """Deliver everything due, on every channel, and wait for the providers' reports."""
        for channel in self.service.channels:
            for road in self.service.means.roads.of(channel.name):
                deliverer = Deliverer(channel, road, self.service.means)
                while await deliverer.once():
                    pass
        await self.network.settled()


class _OnlyGiven(Settings):
    """Settings that read no environment: preparing to read it costs more than the rest of a world's settings."""

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource, **_others: Any
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)


def settings_for(database_url: str, url: str, **changed: Any) -> Settings:
    """Settings of a service under test, with short waits."""
    defaults: dict[str, Any] = {
        "database_url": database_url,
        "keys": SecretStr(KEYS),
        "vault": [caretaker.folder() / "vault"],
        "public_url": url,
        "api_token": SecretStr(API_TOKEN),
        "password_memory": 8,
        "twilio_account_sid": "AC" + "0" * 32,
        "twilio_auth_token": SecretStr("an-auth-token"),
        "twilio_sender": "+212600000099",
        "twilio_api_url": f"{url}/rehearsal/twilio",
        "telegram_token": SecretStr("1000000001:abcdefghijklmnopqrstuvwxyz012345"),
        "telegram_api_url": f"{url}/rehearsal/telegram",
        "telegram_apart": 0.0,  # seconds of a real clock
        "background": [],  # tests run background work explicitly
        "messages_per_hour": 10_000,
        "smallest_count": 1,  # a single answer is counted at once
        "repeated_within": 0.0,  # people in tests answer at once
        "parts_within": 0.0,
        "agent_apart": 0.0,
        "rates": {"sms": math.inf, "telegram": math.inf},
        "at_once": 8,
    }
    return _OnlyGiven(**{**defaults, **changed})


@asynccontextmanager
async def living(
    database_url: str, checker: WireChecker, *, consultation: dict[str, Any] | None = None, **changed: Any
) -> AsyncIterator[World]:
    """A world during the block, with one open consultation; every exchange on the wire is checked."""
    on = free_socket()
    on.listen()  # the bot connects before the server is ready; a refused one would wait a second
    url = f"http://127.0.0.1:{on.getsockname()[1]}"
    settings, now = settings_for(database_url, url, **changed), MovingClock()
    service = compose(settings, now=now)
    network = rehearse(service.app, settings, observe=checker.observe, now=now)
    async with serving(service.app, on), httpx.AsyncClient(base_url=url, verify=False, timeout=_PATIENCE) as http:
        world = World(url, settings, service, network, now, http)
        await world.open(consultation or main_consultation())
        try:
            yield world
        finally:
            await network.aclose()  # ends its long polls, for which the server would wait
    _free()
    assert checker.faults == [], checker.faults


@asynccontextmanager
async def quiet(
    database_url: str, *, consultation: dict[str, Any] | None = None, empty: bool = True, **changed: Any
) -> AsyncIterator[World]:
    """A world without a wire, with one open consultation: for rules, commands and `/v1`, at a fraction of the cost.

    A database that is not `empty` is left as it is.

    `http` calls the application directly, and `network` is None.
    """
    settings, now = settings_for(database_url, "http://quiet.invalid", **changed), MovingClock()
    service = compose(settings, now=now)
    transport = httpx.ASGITransport(service.app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=settings.public_url) as http:
        world = World(settings.public_url, settings, service, None, now, http)  # type: ignore[arg-type]
        if empty:
            await world.open(consultation or main_consultation())
        yield world
    await service.db.close()
    _free()


def _free() -> None:
    if next(_worlds) % _MANY == 0:
        gc.collect()
