"""The delivery loop of a road: it claims deliveries when the lane (the road's rate) and this process have room."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from api.channel import Channel
from api.errors import Unavailable
from api.outbox.context import OutboxContext
from api.outbox.flow import budgets, circuit_breaker, lanes
from api.outbox.flow import slots as flow_slots
from api.outbox.flow.circuit_breaker import State
from api.outbox.worker import next_due
from api.outbox.worker.claim import Claim, ClaimedDelivery, claim
from api.outbox.worker.next_due import Cover
from api.outbox.worker.pipeline import Pipeline
from api.routing.prices import PAID
from api.routing.roads import Road
from api.runtime.failures import describe
from api.runtime.loops import to_completion
from api.runtime.supervisor import backoff
from api.runtime.wakeups import OUTBOX, rest

log = structlog.get_logger(__name__)

_FIRST, _LONGEST = 1.0, 60.0  # seconds to wait after the first unexpected error, and at most
_SOON = 0.01  # seconds; timers may fire slightly early, and checking too early is useless
_AGAIN = 1.0  # seconds before the next check if the database is unavailable, or if something is due but was not claimed
_LEAD = timedelta(milliseconds=20)  # the first slot is at least this far ahead, so that the claim is committed by then


class Round(NamedTuple):
    """The result of one round of claiming."""

    limit: int  # for how many deliveries there was room
    claimed: int
    pause: float  # seconds until the lane has room again


class Deliverer:
    """A loop that sends the deliveries of one road. Several processes may run it: they share the work and the rate.

    While claimed deliveries wait for their slots, are sent and are recorded, the next ones are already claimed.
    """

    def __init__(self, channel: Channel, road: Road, means: OutboxContext) -> None:
        """Prepare to send on `road` through `channel`. `means` has the database, keys and settings."""
        self._channel, self._road, self._means = channel, road, means
        self._note = means.watch.note(f"deliver {road.name}")
        self._pipeline = Pipeline(channel, road, means)
        self._covers = tuple(Cover(*each) for each in means.roads.backed_up_by(road.name))
        if road == means.roads.of(channel.name)[0] and road.name != channel.name:
            # A process without these settings, such as the command line, queues messages under the channel's name.
            self._covers = (Cover(channel.name, ()), *self._covers)
        self._claim_of = Claim(
            road=road.name,
            keyring=means.keyring,
            lease=means.settings.claim_lease,
            prices=means.prices_on(channel.name),
            day_ceiling=means.day_ceiling_on(channel.name),
        )
        self._lead, self._parts = _LEAD, 1.0  # how far ahead the first slot must be; recent segments per message
        self._rules: object = None  # the rules in force at the last claim
        self._failures = 0  # consecutive unexpected errors
        self._more_due = False  # whether to claim without first checking what is due
        self._fruitless = 0  # consecutive claims without a result

    async def run(self) -> None:
        """Send deliveries until cancelled. Deliveries that are claimed by then are still sent and recorded.

        Between checks the loop sleeps until a delivery is due or it is woken. When it is cancelled, it waits for the
        provider's answers.
        """
        try:
            with self._means.db.wakeups.sleeper(OUTBOX) as woken:
                while True:
                    pause = await self._check()
                    # After an error, no wake-up cuts the sleep short.
                    await (asyncio.sleep(pause) if self._failures else rest(woken, pause))
                    await self._pipeline.has_room()
        finally:
            await to_completion(self._pipeline.drained())  # even if cancelled again meanwhile

    async def once(self) -> bool:
        """Claim and send one batch of deliveries. Return False if there was nothing to send."""
        result = await self._round()
        await self._pipeline.drained()
        self._pipeline.check()
        return result.claimed > 0

    async def _check(self) -> float:
        """Claim due deliveries; return the seconds until the next check. Errors are logged."""
        try:
            pause = await to_completion(self._claim_due())
        except Unavailable as away:
            self._note(away)
            log.warning("outbox.unavailable", road=self._road.name)
            return _AGAIN
        except Exception as error:  # one unreadable row must not silence the road for good
            self._note(error)
            self._failures += 1
            log.error("outbox.claim_failed", road=self._road.name, failures=self._failures, **describe(error))
            return backoff(self._failures, first=_FIRST, longest=_LONGEST)
        self._note(None)
        self._failures = 0
        return pause

    async def _claim_due(self) -> float:
        """Claim deliveries unless none is due. Return the seconds until the next check."""
        self._pipeline.check()
        checked = not self._more_due
        if checked and (pause := await self._until_due()) > 0:
            self._fruitless = 0
            return pause
        result = await self._round()
        if result.claimed or self._more_due:
            self._fruitless = 0
            return min(result.pause, self._means.settings.net)
        if result.limit == 0 or not checked:
            return await self._until_due()
        return min(await self._until_due(after=self._means.clock()), self._fruitless_pause())

    async def _until_due(self, **after: datetime) -> float:
        """Return the seconds until a delivery may be due, or until the next regular check."""
        async with self._means.db.reading() as connection:
            now = self._means.clock()
            due = await next_due.next_due(connection, self._road.name, self._covers, now=now, **after)
        if self._claim_of.day_ceiling is not None:  # campaigns can be paid for again tomorrow
            due = min(due, max(budgets.tomorrow(now), now))
        return min((due - now).total_seconds(), self._means.settings.net)

    def _fruitless_pause(self) -> float:
        """Return the pause after a claim that got nothing although a delivery was due."""
        # no wake-up tells when it can be claimed, so check again, with longer and longer pauses
        self._fruitless += 1
        return float(min(_AGAIN * 2 ** min(self._fruitless - 1, 8), self._means.settings.net))

    async def _round(self) -> Round:
        """Reserve slots, claim deliveries and start to send them."""
        self._pipeline.check()
        async with self._means.db.transaction() as session:
            await self._renew_rules(session)  # before waiting for the lane's lock
            lane = await lanes.enter(
                session, self._road.name, per_second=self._road.per_second, now=self._means.clock()
            )
            now = self._means.clock()  # read again, because waiting for the lock may have taken time
            limit = flow_slots.room(lane, now, self._pipeline.free, parts=self._parts)
            batch = await self._take(session, now, limit)
            slots = flow_slots.reserve(lane, now, self._segments(batch), lead=self._lead) if batch else []
            trial = bool(batch) and lanes.begin_trial(lane, now)
            await session.flush()
        if batch:
            self._lead = max(_LEAD, 2 * (self._means.clock() - now))
        for due, slot in zip(batch, slots, strict=True):
            self._pipeline.put(due, slot, trial=trial)
        pause = (lane.next_slot - now - flow_slots.LOOK).total_seconds()
        self._more_due = len(batch) == limit and circuit_breaker.state(lane.paused_until, now) is not State.OPEN
        return Round(limit, len(batch), max(pause, _SOON) if pause > 0 else 0.0)

    async def _renew_rules(self, session: AsyncSession) -> None:
        """Use the prices and the daily limit that are in force now."""
        means, name = self._means, self._channel.name
        if name not in PAID or (values := await means.book.renew(session)) is self._rules:
            return
        self._rules = values
        self._claim_of = replace(self._claim_of, prices=means.prices_on(name), day_ceiling=means.day_ceiling_on(name))

    async def _take(self, session: AsyncSession, now: datetime, limit: int) -> list[ClaimedDelivery]:
        """Claim deliveries of this road, then those of paused roads that it stands in for."""
        batch = await claim(session, self._claim_of, of=self._road.name, now=now, limit=limit)
        for other, before in self._covers:
            if len(batch) < limit and await lanes.all_rest(session, before, now=now):
                batch += await claim(session, self._claim_of, of=other, now=now, limit=limit - len(batch))
        return batch

    def _segments(self, batch: Sequence[ClaimedDelivery]) -> list[int]:
        """Return the number of segments of each message in a batch."""
        texts = {(due.message.text, due.message.choices) for due in batch}  # campaign messages share few texts
        by_text = {each: self._channel.preview(*each).parts for each in texts}
        segments = [by_text[due.message.text, due.message.choices] for due in batch]
        self._parts = max(sum(segments) / len(segments), 1.0)  # the average, for the next claim
        return segments
