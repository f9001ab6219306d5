"""A real message by every road: queued so that no other road takes it, and followed to its outcome."""

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
_OPEN = frozenset({DeliveryState.QUEUED, DeliveryState.SENDING})  # what certainly becomes something else
_LEFT_OUT, _UNHEARD = "left out", "not heard of"
_WORDS = {
    DeliveryState.SENT: "handed over",
    DeliveryState.DELIVERED: "delivered",
    DeliveryState.UNSURE: "unsure",
    DeliveryState.FAILED: "refused",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of the message on one road. `touched` says whether a service tried it at all."""

    road: str
    outcome: str
    why: str = ""
    touched: bool = False

    @property
    def fine(self) -> bool:
        """Whether the provider took it, or there was nothing to try."""
        return self.outcome in (_WORDS[DeliveryState.SENT], _WORDS[DeliveryState.DELIVERED], _LEFT_OUT)


async def try_roads(
    db: Database, settings: Settings, number: str, *, who: str, wait: timedelta, now: Clock = present
) -> list[Verdict]:
    """Send by every road that is switched on and wait for what becomes of it, at most so long.

    What was not handed over by then expires: nobody is surprised by it later. Who did it is recorded.

    Raises Invalid where no road is on, Conflict where the owner of the number said STOP.
    """
    async with db.transaction() as session:
        await audit.note(session, who=who, act="roads tried", subject="roads", now=now())
        queued, left_out = await _queue(session, settings, number, kept=wait, now=now())
    reporting = {road.name for road in roads_of(settings).all if road.reports}
    fates = await _followed(db, queued, reporting, wait=wait)
    async with db.transaction() as session:
        resting = {lane.road: lane.reason or "" for lane in await lanes.resting(session, now=now())}
    return [*(verdict(each, rests=resting.get(each.road)) for each in fates), *left_out]


async def _queue(
    session: AsyncSession, settings: Settings, number: str, *, kept: timedelta, now: datetime
) -> tuple[list[int], list[Verdict]]:
    """Queue one trial for each road; returns their numbers, and the roads left out."""
    on = providers_of(settings)
    wanted = [road for road in roads_of(settings).all if road.provider in on]
    if not wanted:
        raise Invalid("no road is switched on. Try: sawt doctor")
    keyring = keys_of(settings)
    phone = await test_messages.find_phone(session, number, keyring=keyring, road=wanted[0].name, now=now)
    said = mark(kit(settings), "fr")
    queued: list[int] = []
    left_out = []
    for road in wanted:
        if road.channel != "sms" and phone.telegram is None:
            left_out.append(Verdict(road.name, _LEFT_OUT, f"the owner of this number is not known on {road.channel}"))
            continue
        made = await test_messages.queue(
            session, _message(said, road), keyring=keyring, to=phone.on(road.channel), road=road.name,
            priority=TRIAL, now=now, kept=kept,
        )  # fmt: skip
        queued.append(made)
    return queued, left_out


def _message(said: str, road: Road) -> Reply:
    return Reply(f"{said} Sawt, {road.name}")


async def _followed(
    db: Database, numbers: list[int], reporting: Collection[str], *, wait: timedelta
) -> list[MessageOutcome]:
    """Look until each has come to its end, or the time is over.

    What a road took is at its end where the road is not `reporting`: nothing more is ever heard of it.
    """

    def waits(fate: MessageOutcome) -> bool:
        return fate.state in _OPEN or (fate.state == DeliveryState.SENT and fate.road in reporting)

    until = time.monotonic() + wait.total_seconds()
    while True:
        async with db.transaction() as session:
            found = await test_messages.outcomes(session, numbers)
        if time.monotonic() >= until or not any(map(waits, found)):
            return found
        await asyncio.sleep(_LOOK)


def verdict(fate: MessageOutcome, *, rests: str | None) -> Verdict:
    """What a trial's state says of its road; `rests` is why its lane rests, None where it does not."""
    if fate.state in _WORDS:
        return Verdict(fate.road, _WORDS[fate.state], fate.reason or "", touched=True)
    touched = fate.attempts > 0
    if fate.state == DeliveryState.SENDING:
        return Verdict(fate.road, _UNHEARD, "it is on its way", touched=True)
    if rests is not None:
        return Verdict(fate.road, "not handed over", f"the road rests: {rests}", touched=True)
    if touched:
        return Verdict(fate.road, "not handed over", fate.reason or "its time is over", touched=True)
    return Verdict(fate.road, _UNHEARD, "nothing took it up")
