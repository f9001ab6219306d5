"""Send a real test message by every road, and wait for each outcome.

A road is a delivery route: one provider account. The routing, which usually selects a road, is not used.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from api import audit
from api.campaigns.estimate.trial import mark
from api.channel import Reply
from api.clock import Clock
from api.clock import now as present
from api.db import Database
from api.errors import Invalid
from api.outbox.flow import lanes
from api.outbox.states import DeliveryState
from api.outbox.write import test_messages
from api.outbox.write.replies import TRIAL
from api.outbox.write.test_messages import MessageOutcome
from api.routing.roads import Road
from api.settings import Settings
from sawt.context import kit
from sawt.roads import providers_of, roads_of
from sawt.settings import keys_of

_LOOK = 0.5  # seconds
_OPEN = frozenset({DeliveryState.QUEUED, DeliveryState.SENDING})  # states in which the outcome is still open
_LEFT_OUT, _UNHEARD = "left out", "no outcome"
_WORDS = {
    DeliveryState.SENT: "handed over",
    DeliveryState.DELIVERED: "delivered",
    DeliveryState.UNSURE: "unsure",
    DeliveryState.FAILED: "refused",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of the test message on one road. `touched` is whether a running service tried to send the message."""

    road: str
    outcome: str
    why: str = ""
    touched: bool = False

    @property
    def fine(self) -> bool:
        """Whether the provider accepted the message, or there was nothing to test."""
        return self.outcome in (_WORDS[DeliveryState.SENT], _WORDS[DeliveryState.DELIVERED], _LEFT_OUT)


async def try_roads(
    db: Database, settings: Settings, number: str, *, who: str, wait: timedelta, now: Clock = present
) -> list[Verdict]:
    """Send a message by every road that is switched on, and wait at most `wait` for the outcomes.

    Messages that no provider has accepted by then expire. The test is recorded under the name `who`.

    Raises Invalid if no road is switched on, or Conflict if the owner of the number said STOP.
    """
    async with db.transaction() as session:
        await audit.note(session, who=who, act="roads tried", subject="roads", now=now())
        queued, left_out = await _queue(session, settings, number, kept=wait, now=now())
    reporting = {road.name for road in roads_of(settings).all if road.reports}
    fates = await _wait_for(db, queued, reporting, wait=wait)
    async with db.transaction() as session:
        resting = {lane.road: lane.reason or "" for lane in await lanes.resting(session, now=now())}
    return [*(verdict(each, rests=resting.get(each.road)) for each in fates), *left_out]


async def _queue(
    session: AsyncSession, settings: Settings, number: str, *, kept: timedelta, now: datetime
) -> tuple[list[int], list[Verdict]]:
    """Queue one message for each road that can reach the phone.

    Return the delivery ids, and verdicts on other roads.
    """
    on = providers_of(settings)
    wanted = [road for road in roads_of(settings).all if road.provider in on]
    if not wanted:
        raise Invalid("no road is switched on. Try: sawt doctor")
    keyring = keys_of(settings)
    phone = await test_messages.find_phone(session, number, keyring=keyring, road=wanted[0].name, now=now)
    heading = mark(kit(settings), "fr")
    queued: list[int] = []
    left_out = []
    for road in wanted:
        if road.channel != "sms" and phone.telegram is None:
            left_out.append(Verdict(road.name, _LEFT_OUT, f"the owner of this number has no address on {road.channel}"))
            continue
        delivery = await test_messages.queue(
            session, _message(heading, road), keyring=keyring, to=phone.on(road.channel), road=road.name,
            priority=TRIAL, now=now, kept=kept,
        )  # fmt: skip
        queued.append(delivery)
    return queued, left_out


def _message(heading: str, road: Road) -> Reply:
    return Reply(f"{heading} Sawt, {road.name}")


async def _wait_for(
    db: Database, numbers: list[int], reporting: Collection[str], *, wait: timedelta
) -> list[MessageOutcome]:
    """Wait until each message has an outcome, or until `wait` has passed; return the outcomes.

    `reporting` contains the roads whose providers report deliveries. On any other road, "sent" is the outcome.
    """

    def waits(fate: MessageOutcome) -> bool:
        return fate.state in _OPEN or (fate.state == DeliveryState.SENT and fate.road in reporting)

    until = time.monotonic() + wait.total_seconds()
    while True:
        async with db.transaction() as session:
            fates = await test_messages.outcomes(session, numbers)
        if time.monotonic() >= until or not any(map(waits, fates)):
            return fates
        await asyncio.sleep(_LOOK)


def verdict(fate: MessageOutcome, *, rests: str | None) -> Verdict:
    """Return the verdict on a road from the state of its test message.

    `rests` is the reason why the road's lane (its sending limit) is paused, or None.
    """
    if fate.state in _WORDS:
        return Verdict(fate.road, _WORDS[fate.state], fate.reason or "", touched=True)
    touched = fate.attempts > 0
    if fate.state == DeliveryState.SENDING:
        return Verdict(fate.road, _UNHEARD, "its outcome is not known yet", touched=True)
    if rests is not None:
        return Verdict(fate.road, "not handed over", f"the road rests: {rests}", touched=True)
    if touched:
        return Verdict(fate.road, "not handed over", fate.reason or "it expired", touched=True)
    return Verdict(fate.road, _UNHEARD, "no service sent it")
