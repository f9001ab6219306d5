"""Writing what became of deliveries: many at once where many are answered at once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from api.channel import Gone, Rejected, SendError, SendResult, Throttled, Unreachable, Unsure
from api.errors import Unavailable
from api.outbox import ownership, service, states, transitions
from api.outbox.context import Means
from api.outbox.flow import budgets, lanes
from api.outbox.flow.circuit_breaker import Attempts, Verdict
from api.outbox.transitions import News
from api.outbox.worker import departures, provider_faults, sms_fallback
from api.outbox.worker.claim import Due

log = structlog.get_logger(__name__)

_TRIES = 8
_AGAIN = 1.0  # seconds before what was handed over is written again, while the database is away


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one delivery: the provider's receipt, or why it was not handed over.

    No result: it missed its slot and was not tried. `trial`: it tried whether a road that rested works again.
    """

    due: Due
    result: SendResult | SendError | None
    trial: bool = False


class Settler:
    """Settles for one road. Outcomes that come while a transaction is under way go into the next one together."""

    def __init__(self, road: str, means: Means) -> None:
        """Where the database is away, it tries again every second."""
        self._road, self._means = road, means
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
            await asyncio.sleep(0)  # what is answered in the same moment goes together
            batch, self._waiting = self._waiting, []
            try:
                await self._write([outcome for outcome, _ in batch])
            except Unavailable:
                self._waiting = [*batch, *self._waiting]
                await asyncio.sleep(_AGAIN)
                continue
            except Exception as error:
                for _, done in batch:
                    done.set_exception(error)  # whoever waits for it hears of it; the others are still written
                continue
            for _, done in batch:
                done.set_result(None)

    async def _write(self, outcomes: Sequence[Outcome]) -> None:
        now = self._means.clock()
        missed = [each.due.message.delivery_id for each in outcomes if each.result is None]
        left = [each.due.message.delivery_id for each in outcomes if isinstance(each.result, Gone)]
        async with self._means.db.transaction() as session:
            await ownership.lock_recipients(session, left)
            await service.give_back(session, missed, now=now)
            news = [await self._news(session, each, now) for each in outcomes]
            await transitions.settle(session, [each for each in news if each is not None], now=now)
            for each in outcomes:
                if isinstance(each.result, Gone):
                    await self._lost(session, each.due, each.result.reason, now)
            refusals = [each.result for each in outcomes if isinstance(each.result, SendError)]
            await provider_faults.heed(session, self._road, refusals, now=now)
            made, trial = _attempts(outcomes), _attempts(each for each in outcomes if each.trial and not _later(each))
            taken = any(isinstance(each.result, SendResult) for each in outcomes)
            verdict = await lanes.count(session, self._road, made=made, trial=trial, now=now, taken=taken)
            if not trial.tried and any(each.trial for each in outcomes):
                await lanes.try_again(session, self._road, now=now)
            await budgets.correct(session, _differences(outcomes))
        if missed:
            log.debug("outbox.missed", road=self._road, count=len(missed))
        if verdict is Verdict.REST:
            log.error("outbox.lane.rests", road=self._road)
        elif verdict is Verdict.CLOSE:
            log.info("outbox.lane.works", road=self._road)

    async def _lost(self, session: AsyncSession, due: Due, reason: str, now: datetime) -> None:
        """The person left: their stop is recorded, and what campaigns still hold for them is cancelled."""
        await departures.left(session, due.address_id, reason=reason, roads=self._means.roads, now=now)

    async def _news(self, session: AsyncSession, outcome: Outcome, now: datetime) -> News | None:
        """What to write of a delivery; None where it waits for another try: that is written already."""
        due, result = outcome.due, outcome.result
        number = due.message.delivery_id
        if result is None:
            return None
        if isinstance(result, SendResult):
            return News(number, states.SENT, external_id=result.external_id, parts=result.parts)
        wait = provider_faults.pause(result)
        if isinstance(result, Unreachable) and due.attempts < _TRIES:
            wait = timedelta(seconds=service.backoff(due.attempts))
        if wait is not None:
            due_at = now + wait
            await service.put_back(session, number, due_at=due_at, reason=result.reason, now=now)
            return None
        if _may_fall_back(due, result) and await sms_fallback.by_sms(
            session, number, roads=self._means.roads, reason=result.reason, now=now
        ):
            return None
        state = states.UNSURE if isinstance(result, Unsure) else states.FAILED
        log.info("outbox.failed", road=self._road, state=state, reason=result.reason)
        return News(number, state, reason=result.reason)


def _attempts(outcomes: Iterable[Outcome]) -> Attempts:
    results = [each.result for each in outcomes if each.result is not None]
    return Attempts(len(results), sum(isinstance(each, SendError) and not _slowed(each) for each in results))


def _later(outcome: Outcome) -> bool:
    """Whether it was told to come later, which tries nothing: it neither went out nor failed."""
    return isinstance(outcome.result, Throttled)


def _slowed(error: SendError) -> bool:
    """Whether this refusal says nothing against the road: it asked to slow down, or one person left."""
    return isinstance(error, Throttled | Gone)


def _may_fall_back(due: Due, error: SendError) -> bool:
    """Only what certainly did not go out; and who left a channel is not followed to another."""
    return due.campaign_id is not None and isinstance(error, Rejected | Unreachable)


def _differences(outcomes: Sequence[Outcome]) -> Counter[str]:
    """By purse, what messages cost beyond what was paid in advance; what was not taken costs nothing."""
    found: Counter[str] = Counter()
    for due, result in ((each.due, each.result) for each in outcomes if each.due.paid):
        if isinstance(result, Unsure):
            continue
        parts = result.parts if isinstance(result, SendResult) else 0
        for name in due.paid:
            found[name] += due.price * (parts - due.parts)
    return found
