"""The pull loop: claims deliveries for one road as soon as there is room for them in its lane and in this process."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from api.channel import Channel
from api.errors import Unavailable
from api.outbox import lanes, pace, service
from api.outbox.claiming import Claim, Due, claim
from api.outbox.means import Means
from api.outbox.models import Lane
from api.outbox.pipe import Pipe
from api.outbox.sweep import whole
from api.roads import Road

log = structlog.get_logger(__name__)

_PAUSE = 60.0  # seconds a road rests after a row that broke the loop
_SOON = 0.01  # seconds; timers may be a little early, and a look that comes too early is a look for nothing
_LEAD = timedelta(milliseconds=20)  # a claim's first slot is at least this far ahead, for the claim to be committed


class Deliverer:
    """Delivers by one road, in any number of processes: the database shares the work and the rate out.

    A pipeline: what is claimed waits for its slots, is on the wire and is settled while the next is claimed.
    """

    def __init__(self, channel: Channel, road: Road, means: Means) -> None:
        """`channel` sends; everything it must know about a delivery is in the outbox."""
        self._channel, self._road, self._means = channel, road, means
        self._pipe = Pipe(channel, road, means)
        self._covers = tuple(means.roads.covers(road.name))
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

    async def run(self) -> None:
        """Deliver until cancelled. What is claimed then is handed over and settled first.

        An answer that is on its way is worth waiting for; the channel's own time-out bounds it.
        """
        try:
            while True:
                await asyncio.sleep(await self._look())
                await self._pipe.spare()
        finally:
            await whole(self._pipe.emptied())  # also where one is told to stop again meanwhile

    async def once(self) -> bool:
        """Claim and deliver one batch; says whether there was any."""
        found, _ = await self._round()
        await self._pipe.emptied()
        self._pipe.check()
        return found

    async def _look(self) -> float:
        """Claim what there is room for. Returns how many seconds later there may be more to claim."""
        try:
            _, pause = await whole(self._round())
        except Unavailable:
            log.warning("outbox.unavailable", road=self._road.name)
            return self._means.settings.pull_every
        except Exception as error:  # a row that cannot be read must not silence the road for good
            log.error("outbox.failed", road=self._road.name, error=type(error).__name__)
            return _PAUSE
        return pause

    async def _round(self) -> tuple[bool, float]:
        self._pipe.check()
        async with self._means.db.transaction() as session:
            unsure = await service.reap(session, now=self._means.clock())
            lane = await lanes.enter(
                session, self._road.name, per_second=self._road.per_second, now=self._means.clock()
            )
            now = self._means.clock()  # read again: others may have had their turn first
            limit = pace.room(lane, now, self._pipe.free, parts=self._parts)
            batch = await self._take(session, now, limit)
            slots = pace.reserve(lane, now, self._segments(batch), lead=self._lead) if batch else []
            trial = bool(batch) and lanes.begin_trial(lane, now)
            await session.flush()
        if unsure:
            log.warning("outbox.unsure", count=unsure)
        if batch:
            self._lead = max(_LEAD, 2 * (self._means.clock() - now))
        for due, slot in zip(batch, slots, strict=True):
            self._pipe.put(due, slot, trial=trial)
        return bool(batch), self._until_next(lane, now, empty=len(batch) < max(limit, 1))

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

    def _until_next(self, lane: Lane, now: datetime, *, empty: bool) -> float:
        """Seconds until the lane has room again, or until what came into an empty outbox meanwhile is looked for."""
        pause = (lane.next_slot - now - pace.LOOK).total_seconds()
        if empty and pause <= 0:
            return self._means.settings.pull_every
        return min(max(pause, _SOON if pause > 0 else 0.0), self._means.settings.pull_every)
