"""Record what became of deliveries. If many answers arrive together, one transaction records them all."""

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
from api.outbox import ownership, service, transitions
from api.outbox.context import OutboxContext
from api.outbox.flow import budgets, lanes
from api.outbox.flow.circuit_breaker import Attempts, Verdict
from api.outbox.states import DeliveryState
from api.outbox.transitions import StatusUpdate
from api.outbox.worker import departures, provider_faults, sms_fallback
from api.outbox.worker.claim import ClaimedDelivery

log = structlog.get_logger(__name__)

_TRIES = 8
_AGAIN = 1.0  # seconds before the next attempt to write while the database is unavailable


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a claimed delivery: the provider's receipt, or the reason why it was not sent.

    If `result` is None, the delivery missed its slot and was not tried. `trial` means that it tested whether a paused
    road works again.
    """

    due: ClaimedDelivery
    result: SendResult | SendError | None
    trial: bool = False


class Settler:
    """The recorder of outcomes on one road. Outcomes that arrive during a transaction are written in the next one."""

    def __init__(self, road: str, means: OutboxContext) -> None:
        """Prepare to record outcomes. While the database cannot be reached, writing is tried again every second."""
        self._road, self._means = road, means
        self._waiting: list[tuple[Outcome, asyncio.Future[None]]] = []
        self._busy = False

    async def settle(self, outcome: Outcome) -> None:
        """Record an outcome, and return once it is written. If the database cannot be reached, wait until it can."""
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
            await asyncio.sleep(0)  # collect the answers that arrive together
            batch, self._waiting = self._waiting, []
            try:
                await self._write([outcome for outcome, _ in batch])
            except Unavailable:
                self._waiting = [*batch, *self._waiting]
                await asyncio.sleep(_AGAIN)
                continue
            except Exception as error:
                for _, done in batch:
                    done.set_exception(error)  # `settle` raises it; other batches are still written
                continue
            for _, done in batch:
                done.set_result(None)

    async def _write(self, outcomes: Sequence[Outcome]) -> None:
        now = self._means.clock()
        missed = [each.due.message.delivery_id for each in outcomes if each.result is None]
        departed = [each.due.message.delivery_id for each in outcomes if isinstance(each.result, Gone)]
        async with self._means.db.transaction() as session:
            await ownership.lock_recipients(session, departed)
            await service.release(session, missed, now=now)
            updates = [await self._status_update(session, each, now) for each in outcomes]
            await transitions.settle(session, [each for each in updates if each is not None], now=now)
            for each in outcomes:
                if isinstance(each.result, Gone):
                    await self._record_departure(session, each.due, each.result.reason, now)
            refusals = [each.result for each in outcomes if isinstance(each.result, SendError)]
            await provider_faults.apply(session, self._road, refusals, now=now)
            attempts = _attempts(outcomes)
            trial = _attempts(each for each in outcomes if each.trial and not _was_postponed(each))
            taken = any(isinstance(each.result, SendResult) for each in outcomes)
            verdict = await lanes.record_attempts(
                session, self._road, attempts=attempts, trial=trial, now=now, accepted=taken
            )
            if not trial.tried and any(each.trial for each in outcomes):
                await lanes.retry_trial(session, self._road, now=now)
            await budgets.correct(session, _differences(outcomes))
        if missed:
            log.debug("outbox.slot_missed", road=self._road, count=len(missed))
        if verdict is Verdict.REST:
            log.error("outbox.lane_paused", road=self._road)
        elif verdict is Verdict.CLOSE:
            log.info("outbox.lane_resumed", road=self._road)

    async def _record_departure(self, session: AsyncSession, due: ClaimedDelivery, reason: str, now: datetime) -> None:
        """Record that the recipient left."""
        await departures.record_departure(session, due.address_id, reason=reason, roads=self._means.roads, now=now)

    async def _status_update(self, session: AsyncSession, outcome: Outcome, now: datetime) -> StatusUpdate | None:
        """Return the status update to write for an outcome; None if there is nothing to write."""
        due, result = outcome.due, outcome.result
        delivery_id = due.message.delivery_id
        if result is None:
            return None
        if isinstance(result, SendResult):
            return StatusUpdate(delivery_id, DeliveryState.SENT, external_id=result.external_id, parts=result.parts)
        wait = provider_faults.pause(result)
        if isinstance(result, Unreachable) and due.attempts < _TRIES:
            wait = timedelta(seconds=service.backoff(due.attempts))
        if wait is not None:
            due_at = now + wait
            # queued again
            await service.retry_later(session, delivery_id, due_at=due_at, reason=result.reason, now=now)
            return None
        if _may_fall_back(due, result) and await sms_fallback.by_sms(
            session, delivery_id, roads=self._means.roads, reason=result.reason, now=now
        ):
            return None
        state = DeliveryState.UNSURE if isinstance(result, Unsure) else DeliveryState.FAILED
        log.info("outbox.delivery_failed", road=self._road, state=state, reason=result.reason)
        return StatusUpdate(delivery_id, state, reason=result.reason)


def _attempts(outcomes: Iterable[Outcome]) -> Attempts:
    results = [each.result for each in outcomes if each.result is not None]
    return Attempts(len(results), sum(isinstance(each, SendError) and not _says_nothing(each) for each in results))


def _was_postponed(outcome: Outcome) -> bool:
    """Whether the provider asked to send later, so that the attempt does not test the road."""
    return isinstance(outcome.result, Throttled)


def _says_nothing(error: SendError) -> bool:
    """Whether a refusal says nothing about the road."""
    return isinstance(error, Throttled | Gone)


def _may_fall_back(due: ClaimedDelivery, error: SendError) -> bool:
    """Whether a campaign message may be sent by SMS instead."""
    # it was certainly not sent, and the person has not left
    return due.campaign_id is not None and isinstance(error, Rejected | Unreachable)


def _differences(outcomes: Sequence[Outcome]) -> Counter[str]:
    """Return, for each budget, the real cost of these deliveries minus the cost paid in advance."""
    differences: Counter[str] = Counter()
    for due, result in ((each.due, each.result) for each in outcomes if each.due.paid):
        if isinstance(result, Unsure):
            continue
        parts = result.parts if isinstance(result, SendResult) else 0  # not taken: costs nothing
        for name in due.paid:
            differences[name] += due.price * (parts - due.parts)
    return differences
