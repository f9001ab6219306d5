"""Send the claimed deliveries of a road in this process. Each one waits for its slot, is sent, and is recorded."""

from __future__ import annotations

import asyncio
import contextlib
import math
from datetime import datetime

import structlog

from api.channel import Channel, SendError, SendResult, Unsure
from api.errors import Unavailable
from api.outbox.context import OutboxContext
from api.outbox.flow import lanes, slots
from api.outbox.flow.slots import LateDeparture, Slot
from api.outbox.worker.claim import ClaimedDelivery
from api.outbox.worker.settle import Outcome, Settler
from api.routing.roads import Road
from api.runtime.failures import describe

log = structlog.get_logger(__name__)


class Pipeline:
    """The deliveries that are in progress, up to a maximum. An error in one of them is raised by the next `check`."""

    def __init__(self, channel: Channel, road: Road, means: OutboxContext) -> None:
        """Prepare to send on `road` through `channel`. `means` has the database, keys and settings."""
        self._channel, self._road, self._means = channel, road, means
        self._most = slots.at_once(road.per_second, means.settings.at_once)
        self._settler = Settler(road.name, means)
        self._open: set[asyncio.Task[None]] = set()
        self._late: list[LateDeparture] = []
        self._error: BaseException | None = None
        self._room = asyncio.Event()
        self._room.set()

    @property
    def free(self) -> int:
        """The number of deliveries that may be started now."""
        return self._most - len(self._open)

    def put(self, due: ClaimedDelivery, slot: Slot, *, trial: bool) -> None:
        """Start to send a delivery. `trial` means that it tests whether a paused road works again."""
        task = asyncio.create_task(self._deliver(due, slot, trial=trial))
        self._open.add(task)
        task.add_done_callback(self._closed)
        if 2 * self.free < self._most:
            self._room.clear()

    async def has_room(self) -> None:
        """Wait until half of the maximum is free, so that deliveries are claimed in batches."""
        await self._room.wait()

    async def drained(self) -> None:
        """Wait until all deliveries in progress are recorded."""
        if self._open:
            await asyncio.wait(self._open)

    def check(self) -> None:
        """Raise an error that occurred since the last check, if any."""
        error, self._error = self._error, None
        if error is not None:
            raise error

    def _closed(self, task: asyncio.Task[None]) -> None:
        self._open.discard(task)
        self._error = task.exception() or self._error
        if 2 * self.free >= self._most:
            self._room.set()

    async def _deliver(self, due: ClaimedDelivery, slot: Slot, *, trial: bool) -> None:
        if (wait := (slot.at - self._means.clock()).total_seconds()) > 0:
            await asyncio.sleep(wait)
        if self._means.clock() >= due.until:  # the claim ran out: other processes may have marked it as unsure
            return
        missed = slots.is_missed(slot, self._means.clock(), per_second=self._road.per_second)
        result = None if missed else await self._send_timed(due, slot)
        await self._settler.settle(Outcome(due, result, trial=trial))

    async def _send_timed(self, due: ClaimedDelivery, slot: Slot) -> SendResult | SendError:
        """Send a delivery. If it left late, delay those that follow."""
        if math.isinf(self._road.per_second):
            return await self._hand_over(due)
        sending = asyncio.create_task(self._hand_over(due))
        await asyncio.sleep(0)  # the first step, in which the channel makes its request ...
        await asyncio.sleep(0)  # ... and the second, in which the HTTP client writes the body
        left_at = self._means.clock()
        if slots.is_late(slot, left_at):
            await self._delay_lane(slot, left_at)
        return await sending

    async def _delay_lane(self, slot: Slot, left_at: datetime) -> None:
        """Delay the lane's next slots after a message left late."""
        self._late.append(LateDeparture(slot, left_at))
        if len(self._late) > 1:
            return
        await asyncio.sleep(0)  # messages that are late together cause one delay
        late, self._late = self._late, []
        with contextlib.suppress(Unavailable):  # without the database, no process can claim and send too early
            async with self._means.db.transaction() as session:
                delay = await lanes.delay_after(session, self._road.name, late, per_second=self._road.per_second)
            log.debug("outbox.sent_late", road=self._road.name, count=len(late), seconds=delay.total_seconds())

    async def _hand_over(self, due: ClaimedDelivery) -> SendResult | SendError:
        try:
            return await self._channel.send(due.message)
        except SendError as error:
            return error
        except Exception as error:
            log.error("outbox.send_failed", road=self._road.name, **describe(error))
            return Unsure("internal")
