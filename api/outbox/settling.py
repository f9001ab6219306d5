"""Writing what became of deliveries: many at once where many are answered at once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from api.channel import Gone, Misconfigured, Receipt, SendError, Throttled, Unreachable, Unsure
from api.clock import Clock
from api.db import Database
from api.errors import Unavailable
from api.outbox import lanes, service, states
from api.outbox.service import Due
from api.residents import service as residents

log = structlog.get_logger(__name__)

_TRIES = 8


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one delivery: the provider's receipt, or why it was not handed over."""

    due: Due
    result: Receipt | SendError


class Settler:
    """Settles for one road. Outcomes that come while a transaction is under way go into the next one together."""

    def __init__(self, road: str, *, db: Database, clock: Clock, again: float) -> None:
        """`again` is how many seconds to wait where the database is away."""
        self._road, self._db, self._clock, self._again = road, db, clock, again
        self._waiting: list[tuple[Outcome, asyncio.Future[None]]] = []
        self._busy = False

    async def settle(self, outcome: Outcome) -> None:
        """Return once it is written. The message is out: where the database is away, this waits for it."""
        done = asyncio.get_running_loop().create_future()
        self._waiting.append((outcome, done))
        if not self._busy:
            self._busy = True
            try:
                await self._work()
            finally:
                self._busy = False
        await done

    async def _work(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            try:
                await self._write([outcome for outcome, _ in batch])
            except Unavailable:
                self._waiting = [*batch, *self._waiting]
                await asyncio.sleep(self._again)
                continue
            except Exception as error:
                for _, done in batch:
                    done.set_exception(error)  # whoever waits for it hears of it; the others are still written
                continue
            for _, done in batch:
                done.set_result(None)

    async def _write(self, outcomes: Sequence[Outcome]) -> None:
        now = self._clock()
        async with self._db.transaction() as session:
            sent = [
                (each.due.message.delivery_id, each.result) for each in outcomes if isinstance(each.result, Receipt)
            ]
            await service.settle_sent(session, sent, now=now)
            for each in outcomes:
                if isinstance(each.result, SendError):
                    await self._refused(session, each.due, each.result, now)
            failed = sum(isinstance(each.result, SendError) and not _slowed(each.result) for each in outcomes)
            blown = await lanes.count(session, self._road, tried=len(outcomes), failed=failed, now=now)
        if blown:
            log.error("outbox.lane.rests", road=self._road)

    async def _refused(self, session: AsyncSession, due: Due, error: SendError, now: datetime) -> None:
        delivery_id = due.message.delivery_id
        wait = _wait(due, error)
        if isinstance(error, Throttled):
            await lanes.hold(session, self._road, until=now + timedelta(seconds=error.retry_after))
        elif isinstance(error, Misconfigured):
            log.error("outbox.misconfigured", road=self._road, reason=error.reason)
            await lanes.rest(session, self._road, until=now + lanes.FUSE, reason=f"misconfigured: {error.reason}")
        if wait is not None:
            due_at = now + timedelta(seconds=wait)
            await service.put_back(session, delivery_id, due_at=due_at, reason=error.reason)
            return
        state = states.UNSURE if isinstance(error, Unsure) else states.FAILED
        await service.settle(session, delivery_id, state=state, now=now, reason=error.reason)
        if isinstance(error, Gone):
            await residents.lost(session, address_id=due.address_id, reason=error.reason, now=now)
        log.info("outbox.failed", road=self._road, state=state, reason=error.reason)


def _wait(due: Due, error: SendError) -> float | None:
    """Seconds until the next try; None where there is none."""
    match error:
        case Misconfigured():
            return lanes.FUSE.total_seconds()
        case Throttled():
            return error.retry_after
        case Unreachable() if due.attempts < _TRIES:
            return service.backoff(due.attempts)
        case _:
            return None


def _slowed(error: SendError) -> bool:
    """Whether this refusal says nothing against the road: it asked to slow down, or one person left."""
    return isinstance(error, Throttled | Gone)
