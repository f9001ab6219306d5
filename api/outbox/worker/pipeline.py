"""What a process has claimed of one road and not settled: each delivery waits for its slot, leaves, is settled."""

from __future__ import annotations

import asyncio
import contextlib
import math
from datetime import datetime

import structlog

from api.channel import Channel, SendError, SendResult, Unsure
from api.errors import Unavailable
from api.outbox.context import Means
from api.outbox.flow import lanes, slots
from api.outbox.flow.slots import Slot
from api.outbox.worker.claim import Due
from api.outbox.worker.settle import Outcome, Settler
from api.routing.roads import Road
from api.runtime.failures import describe

log = structlog.get_logger(__name__)


class Pipe:
    """Holds a bounded number of deliveries. What breaks in one of them is raised to whoever looks next."""

    def __init__(self, channel: Channel, road: Road, means: Means) -> None:
        """`channel` sends."""
        self._channel, self._road, self._means = channel, road, means
        self._most = slots.at_once(road.per_second, means.settings.at_once)
        self._settler = Settler(road.name, means)
        self._open: set[asyncio.Task[None]] = set()
        self._late: list[tuple[Slot, datetime]] = []
        self._broken: BaseException | None = None
        self._spare = asyncio.Event()
        self._spare.set()

    @property
    def free(self) -> int:
        """For how many more there is room."""
        return self._most - len(self._open)

    def put(self, due: Due, slot: Slot, *, trial: bool) -> None:
        """Take one in. `trial`: it tries whether a road that rested works again."""
        task = asyncio.create_task(self._deliver(due, slot, trial=trial))
        self._open.add(task)
        task.add_done_callback(self._closed)
        if 2 * self.free < self._most:
            self._spare.clear()

    async def spare(self) -> None:
        """Return once half of it is free: claims are for batches."""
        await self._spare.wait()

    async def emptied(self) -> None:
        """Return once all is settled."""
        if self._open:
            await asyncio.wait(self._open)

    def check(self) -> None:
        """Raise what broke since the last look, if anything did."""
        broken, self._broken = self._broken, None
        if broken is not None:
            raise broken

    def _closed(self, task: asyncio.Task[None]) -> None:
        self._open.discard(task)
        self._broken = task.exception() or self._broken
        if 2 * self.free >= self._most:
            self._spare.set()

    async def _deliver(self, due: Due, slot: Slot, *, trial: bool) -> None:
        if (wait := (slot.at - self._means.clock()).total_seconds()) > 0:
            await asyncio.sleep(wait)
        if self._means.clock() >= due.until:  # others hold it for unsure by now, and may have asked about it
            return
        missed = slots.is_missed(slot, self._means.clock(), per_second=self._road.per_second)
        result = None if missed else await self._leave(due, slot)
        await self._settler.settle(Outcome(due, result, trial=trial))

    async def _leave(self, due: Due, slot: Slot) -> SendResult | SendError:
        if math.isinf(self._road.per_second):
            return await self._hand_over(due)
        handing = asyncio.create_task(self._hand_over(due))
        await asyncio.sleep(0)  # its first step, in which a channel makes its request ...
        await asyncio.sleep(0)  # ... and a second, in which an HTTP client writes the body
        left = self._means.clock()
        if slots.is_late(slot, left):
            await self._make_up(slot, left)
        return await handing

    async def _make_up(self, slot: Slot, left: datetime) -> None:
        """Move the lane away from a message that left late; those of the same stall go together."""
        self._late.append((slot, left))
        if len(self._late) > 1:
            return
        await asyncio.sleep(0)
        late, self._late = self._late, []
        with contextlib.suppress(Unavailable):  # then nobody claims, either
            async with self._means.db.transaction() as session:
                moved = await lanes.make_up(session, self._road.name, late, per_second=self._road.per_second)
            log.debug("outbox.late", road=self._road.name, count=len(late), seconds=moved.total_seconds())

    async def _hand_over(self, due: Due) -> SendResult | SendError:
        try:
            return await self._channel.send(due.message)
        except SendError as error:
            return error
        except Exception as error:
            log.error("outbox.send", road=self._road.name, **describe(error))
            return Unsure("internal")
