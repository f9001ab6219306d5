"""The pull loop: claims deliveries for one channel, hands them over, and writes what became of each."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import structlog

from api.channel import Channel, Gone, Misconfigured, Receipt, SendError, Throttled, Unreachable, Unsure
from api.clock import Clock
from api.crypto import Keyring
from api.db import Database
from api.errors import Unavailable
from api.outbox import service, states
from api.outbox.service import Due
from api.outbox.sweep import whole
from api.residents import service as residents
from api.settings import Settings

log = structlog.get_logger(__name__)

_AT_ONCE = 8  # claimed together and handed over together: a crash leaves unsure only what may have gone out
_TRIES = 8
_PAUSE = 60.0  # seconds a misconfigured channel rests


class Deliverer:
    """Delivers for one channel, in any number of processes: the database shares the work out."""

    def __init__(self, channel: Channel, *, db: Database, keyring: Keyring, settings: Settings, clock: Clock) -> None:
        """`channel` sends; everything it must know about a delivery is in the outbox."""
        self._channel, self._db, self._keyring = channel, db, keyring
        self._settings, self._clock = settings, clock
        self._rest = 0.0

    async def run(self) -> None:
        """Deliver until cancelled. What is claimed then is handed over and settled first.

        An answer that is on its way is worth waiting for; the channel's own time-out bounds it.
        """
        while True:
            try:
                busy = await whole(self.once())
            except Unavailable:
                log.warning("outbox.unavailable", channel=self._channel.name)
                busy = False
            except Exception as error:  # a row that cannot be read must not silence the channel for good
                log.error("outbox.failed", channel=self._channel.name, error=type(error).__name__)
                busy, self._rest = False, _PAUSE
            pause, self._rest = max(self._rest, 0.0 if busy else self._settings.pull_every), 0.0
            await asyncio.sleep(pause)

    async def once(self) -> bool:
        """Claim and deliver one batch; says whether there was any."""
        async with self._db.transaction() as session:
            now = self._clock()
            unsure = await service.reap(session, now=now)
            batch = await service.claim(
                session,
                channel=self._channel.name,
                keyring=self._keyring,
                now=now,
                lease=self._settings.claim_lease,
                limit=_AT_ONCE,
            )
        if unsure:
            log.warning("outbox.unsure", count=unsure)
        if not batch:
            return False
        await asyncio.gather(*(self._deliver(due) for due in batch))
        return True

    async def _deliver(self, due: Due) -> None:
        outcome = await self._hand_over(due)
        while True:
            try:
                await self._settle(due, outcome)
                return
            except Unavailable:  # the message is out: keep trying to say so, or the lease makes it unsure
                await asyncio.sleep(self._settings.pull_every)

    async def _hand_over(self, due: Due) -> Receipt | SendError:
        try:
            return await self._channel.send(due.message)
        except SendError as error:
            return error
        except Exception as error:
            # Only the kind of error is logged: its text may hold what was sent, and to whom.
            log.error("outbox.send", channel=self._channel.name, error=type(error).__name__)
            return Unsure("internal")

    async def _settle(self, due: Due, outcome: Receipt | SendError) -> None:
        delivery_id, now = due.message.delivery_id, self._clock()
        async with self._db.transaction() as session:
            if isinstance(outcome, Receipt):
                await service.settle(
                    session,
                    delivery_id,
                    state=states.SENT,
                    now=now,
                    external_id=outcome.external_id,
                    parts=outcome.parts,
                )
                return
            wait = self._wait(due, outcome)
            if wait is not None:
                due_at = now + timedelta(seconds=wait)
                await service.put_back(session, delivery_id, due_at=due_at, reason=outcome.reason)
                return
            state = states.UNSURE if isinstance(outcome, Unsure) else states.FAILED
            await service.settle(session, delivery_id, state=state, now=now, reason=outcome.reason)
            if isinstance(outcome, Gone):
                await residents.lost(session, address_id=due.address_id, reason=outcome.reason, now=now)
        log.info("outbox.failed", channel=self._channel.name, state=state, reason=outcome.reason)

    def _wait(self, due: Due, error: SendError) -> float | None:
        """Seconds until the next try; None where there is none."""
        match error:
            case Misconfigured():
                log.error("outbox.misconfigured", channel=self._channel.name, reason=error.reason)
                self._rest = _PAUSE
                return _PAUSE
            case Throttled():
                return error.retry_after
            case Unreachable() if due.attempts < _TRIES:
                return service.backoff(due.attempts)
            case _:
                return None
