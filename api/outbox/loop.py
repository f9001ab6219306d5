"""The pull loop: claims deliveries for one channel, hands each over in its slot, and writes what became of it."""

from __future__ import annotations

import asyncio
from datetime import datetime

import structlog

from api.channel import Channel, Receipt, SendError, Unsure
from api.clock import Clock
from api.crypto import Keyring
from api.db import Database
from api.errors import Unavailable
from api.outbox import lanes, service
from api.outbox.service import Due
from api.outbox.settling import Outcome, Settler
from api.outbox.sweep import whole
from api.settings import Settings

log = structlog.get_logger(__name__)

_PAUSE = 60.0  # seconds a channel rests after a row that broke the loop


class Deliverer:
    """Delivers for one channel, in any number of processes: the database shares the work and the rate out."""

    def __init__(self, channel: Channel, *, db: Database, keyring: Keyring, settings: Settings, clock: Clock) -> None:
        """`channel` sends; everything it must know about a delivery is in the outbox."""
        self._channel, self._db, self._keyring = channel, db, keyring
        self._settings, self._clock = settings, clock
        self._per_second = settings.rates.get(channel.name, settings.rate)
        self._settler = Settler(channel.name, db=db, clock=clock, again=settings.pull_every)

    async def run(self) -> None:
        """Deliver until cancelled. What is claimed then is handed over and settled first.

        An answer that is on its way is worth waiting for; the channel's own time-out bounds it.
        """
        while True:
            pause = self._settings.pull_every
            try:
                pause = 0.0 if await whole(self.once()) else pause
            except Unavailable:
                log.warning("outbox.unavailable", channel=self._channel.name)
            except Exception as error:  # a row that cannot be read must not silence the channel for good
                log.error("outbox.failed", channel=self._channel.name, error=type(error).__name__)
                pause = _PAUSE
            await asyncio.sleep(pause)

    async def once(self) -> bool:
        """Claim and deliver one batch; says whether there was any."""
        batch = await self._claim()
        await asyncio.gather(*(self._deliver(due, slot) for due, slot in batch))
        return bool(batch)

    async def _claim(self) -> list[tuple[Due, datetime]]:
        async with self._db.transaction() as session:
            now = self._clock()
            unsure = await service.reap(session, now=now)
            lane = await lanes.enter(session, self._channel.name, per_second=self._per_second, now=now)
            limit = min(lanes.room(lane, now), self._settings.at_once)
            batch = await service.claim(
                session,
                channel=self._channel.name,
                keyring=self._keyring,
                now=now,
                lease=self._settings.claim_lease,
                limit=limit,
            )
            parts = [self._channel.preview(due.message.text, due.message.choices).parts for due in batch]
            slots = lanes.reserve(lane, now, parts) if batch else []
            await session.flush()
        if unsure:
            log.warning("outbox.unsure", count=unsure)
        return list(zip(batch, slots, strict=True))

    async def _deliver(self, due: Due, slot: datetime) -> None:
        await asyncio.sleep(max((slot - self._clock()).total_seconds(), 0.0))
        await self._settler.settle(Outcome(due, await self._hand_over(due)))

    async def _hand_over(self, due: Due) -> Receipt | SendError:
        try:
            return await self._channel.send(due.message)
        except SendError as error:
            return error
        except Exception as error:
            # Only the kind of error is logged: its text may hold what was sent, and to whom.
            log.error("outbox.send", channel=self._channel.name, error=type(error).__name__)
            return Unsure("internal")
