"""The pull loop: claims deliveries for one road as soon as there is room for them in its lane and in this process."""

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
from api.outbox.context import Means
from api.outbox.flow import budgets, circuit_breaker, lanes
from api.outbox.flow import slots as flow_slots
from api.outbox.flow.circuit_breaker import State
from api.outbox.worker import next_due
from api.outbox.worker.claim import Claim, Due, claim
from api.outbox.worker.pipeline import Pipe
from api.routing.prices import PAID
from api.routing.roads import Road
from api.runtime.failures import describe
from api.runtime.loops import to_completion
from api.runtime.supervisor import backoff
from api.runtime.wakeups import OUTBOX, rest

log = structlog.get_logger(__name__)

_FIRST, _LONGEST = 1.0, 60.0  # seconds a road rests after what broke the loop, such as a row: at first, and at most
_SOON = 0.01  # seconds; timers may be a little early, and a look that comes too early is a look for nothing
_AGAIN = 1.0  # seconds before the next look where the database is away, or what is due could not be claimed
_LEAD = timedelta(milliseconds=20)  # a claim's first slot is at least this far ahead, for the claim to be committed


class Round(NamedTuple):
    """For how many there was room, how many were claimed, and in how many seconds the lane has room again."""

    limit: int
    claimed: int
    pause: float


class Deliverer:
    """Delivers by one road, in any number of processes: the database shares the work and the rate out.

    A pipeline: what is claimed waits for its slots, is on the wire and is settled while the next is claimed.
    """

    def __init__(self, channel: Channel, road: Road, means: Means) -> None:
        """`channel` sends; everything it must know about a delivery is in the outbox."""
        self._channel, self._road, self._means = channel, road, means
        self._note = means.watch.note(f"deliver {road.name}")
        self._pipe = Pipe(channel, road, means)
        self._covers = tuple(means.roads.backed_up_by(road.name))
        if road == means.roads.of(channel.name)[0] and road.name != channel.name:
            # What a process without these settings queued, as a command line may: it knows no other road's name.
            self._covers = ((channel.name, ()), *self._covers)
        self._claim_of = Claim(
            road=road.name,
            keyring=means.keyring,
            lease=means.settings.claim_lease,
            prices=means.prices_on(channel.name),
            day_ceiling=means.day_ceiling_on(channel.name),
        )
        self._lead, self._parts = _LEAD, 1.0  # how long claims took lately, how many segments messages had
        self._heeded: object = None  # the rules that it claims by
        self._failures = 0  # looks in a row that went wrong for a reason nobody expected
        self._sure, self._vain = False, 0  # whether the next look may claim at once; looks in a row that were in vain

    async def run(self) -> None:
        """Deliver until cancelled. What is claimed then is handed over and settled first.

        Between looks it sleeps until something is due or until it is woken. An answer that is on its way is worth
        waiting for; the channel's own time-out bounds it.
        """
        try:
            with self._means.db.wakeups.sleeper(OUTBOX) as woken:
                while True:
                    pause = await self._look()
                    await (asyncio.sleep(pause) if self._failures else rest(woken, pause))  # cut short by no wake-up
                    await self._pipe.spare()
        finally:
            await to_completion(self._pipe.emptied())  # also where one is told to stop again meanwhile

    async def once(self) -> bool:
        """Claim and deliver one batch; says whether there was any."""
        found = await self._round()
        await self._pipe.emptied()
        self._pipe.check()
        return found.claimed > 0

    async def _look(self) -> float:
        """Claim what is due and has room. Returns how many seconds later there may be more to claim."""
        try:
            pause = await to_completion(self._claim_due())
        except Unavailable as away:
            self._note(away)
            log.warning("outbox.unavailable", road=self._road.name)
            return _AGAIN
        except Exception as error:  # a row that cannot be read must not silence the road for good
            self._note(error)
            self._failures += 1
            log.error("outbox.failed", road=self._road.name, failures=self._failures, **describe(error))
            return backoff(self._failures, first=_FIRST, longest=_LONGEST)
        self._note(None)
        self._failures = 0
        return pause

    async def _claim_due(self) -> float:
        self._pipe.check()
        looked = not self._sure
        if looked and (pause := await self._until_due()) > 0:
            self._vain = 0
            return pause
        done = await self._round()
        if done.claimed or self._sure:
            self._vain = 0
            return min(done.pause, self._means.settings.net)
        if done.limit == 0 or not looked:
            return await self._until_due()
        return min(await self._until_due(after=self._means.clock()), self._in_vain())

    async def _until_due(self, **after: datetime) -> float:
        """Seconds until something is due, and no more than until the next look; nothing is locked meanwhile."""
        async with self._means.db.reading() as connection:
            now = self._means.clock()
            due = await next_due.next_due(connection, self._road.name, self._covers, now=now, **after)
        if self._claim_of.day_ceiling is not None:  # tomorrow there is money again
            due = min(due, max(budgets.tomorrow(now), now))
        return min((due - now).total_seconds(), self._means.settings.net)

    def _in_vain(self) -> float:
        """Seconds until the next look, growing: what could not be claimed waits for something that nobody tells of."""
        self._vain += 1
        return float(min(_AGAIN * 2 ** min(self._vain - 1, 8), self._means.settings.net))

    async def _round(self) -> Round:
        self._pipe.check()
        async with self._means.db.transaction() as session:
            await self._heed_rules(session)  # before anybody waits for the lane
            lane = await lanes.enter(
                session, self._road.name, per_second=self._road.per_second, now=self._means.clock()
            )
            now = self._means.clock()  # read again: others may have had their turn first
            limit = flow_slots.room(lane, now, self._pipe.free, parts=self._parts)
            batch = await self._take(session, now, limit)
            slots = flow_slots.reserve(lane, now, self._segments(batch), lead=self._lead) if batch else []
            trial = bool(batch) and lanes.begin_trial(lane, now)
            await session.flush()
        if batch:
            self._lead = max(_LEAD, 2 * (self._means.clock() - now))
        for due, slot in zip(batch, slots, strict=True):
            self._pipe.put(due, slot, trial=trial)
        pause = (lane.next_slot - now - flow_slots.LOOK).total_seconds()
        self._sure = len(batch) == limit and circuit_breaker.state(lane.paused_until, now) is not State.OPEN
        return Round(limit, len(batch), max(pause, _SOON) if pause > 0 else 0.0)

    async def _heed_rules(self, session: AsyncSession) -> None:
        """Claim at the prices and within the day's money that hold now."""
        means, name = self._means, self._channel.name
        if name not in PAID or (values := await means.book.renew(session)) is self._heeded:
            return
        self._heeded = values
        self._claim_of = replace(self._claim_of, prices=means.prices_on(name), day_ceiling=means.day_ceiling_on(name))

    async def _take(self, session: AsyncSession, now: datetime, limit: int) -> list[Due]:
        """What is due on this road, then on those that rest and have it as their backup."""
        batch = await claim(session, self._claim_of, of=self._road.name, now=now, limit=limit)
        for other, before in self._covers:
            if len(batch) < limit and await lanes.all_rest(session, before, now=now):
                batch += await claim(session, self._claim_of, of=other, now=now, limit=limit - len(batch))
        return batch

    def _segments(self, batch: Sequence[Due]) -> list[int]:
        texts = {(due.message.text, due.message.choices) for due in batch}  # a campaign's are all the same
        parts = {each: self._channel.preview(*each).parts for each in texts}
        found = [parts[due.message.text, due.message.choices] for due in batch]
        self._parts = max(sum(found) / len(found), 1.0)
        return found
