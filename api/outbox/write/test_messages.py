"""Queue test messages that staff send to their own phone, to see a text or to test a road, and report their state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.channel import Reply
from api.errors import Conflict, NotFound
from api.outbox import payload
from api.outbox.models import Delivery
from api.outbox.states import DeliveryState
from api.residents import service as residents
from api.residents.models import Address, Resident
from api.runtime.wakeups import OUTBOX, wake
from api.security.crypto import Keyring

KEPT = timedelta(hours=1)  # a test message that was not sent by then expires, because nobody waits for it any more


@dataclass(frozen=True, slots=True)
class Phone:
    """The recipient of test messages: a phone number, its owner and, if known, the owner's Telegram chat."""

    resident: Resident
    sms: Address
    telegram: Address | None

    def on(self, channel: str) -> Address:
        """Return the phone's address on a channel. Raises NotFound if there is none."""
        if channel == "sms":
            return self.sms
        if channel != "telegram" or self.telegram is None:
            raise NotFound(f"the owner of this number does not use {channel}")
        return self.telegram


class MessageOutcome(NamedTuple):
    """A test message and its state so far."""

    id: int
    road: str
    state: DeliveryState
    reason: str | None
    attempts: int


async def find_phone(session: AsyncSession, number: str, *, keyring: Keyring, road: str, now: datetime) -> Phone:
    """Return the phone with this number. If its owner is unknown, they are stored as a resident without consent.

    The owner is locked, so that a STOP at the same time is handled before or after. Raises Conflict if the owner
    stopped or declined, or if the number is unreachable.
    """
    resident, sms = await residents.get_or_create(
        session, keyring=keyring, channel="sms", road=road, address=number, now=now
    )
    await session.refresh(resident, with_for_update={"key_share": True})
    if resident.state in (residents.STOPPED, residents.DECLINED):
        raise Conflict("the owner of this number sent STOP or declined to take part, so no test can be sent to it")
    if sms.state != "active":
        raise Conflict("messages no longer reach this number, as the provider reported")
    return Phone(resident, sms, await residents.newest_address(session, resident.id, channel="telegram"))


async def queue(
    session: AsyncSession,
    reply: Reply,
    *,
    keyring: Keyring,
    to: Address,
    road: str,
    priority: int,
    now: datetime,
    kept: timedelta = KEPT,
) -> int:
    """Queue a test message; return the id of its delivery. It belongs to no campaign, so no counter includes it."""
    delivery = Delivery(
        channel=to.channel,
        road=road,
        address_id=to.id,
        resident_id=to.resident_id,
        priority=priority,
        state=DeliveryState.QUEUED,
        sealed=payload.seal(keyring, reply),
        due_at=now,
        created_at=now,
        expires_at=now + kept,
    )
    session.add(delivery)
    await session.flush()
    wake(session, OUTBOX)
    return delivery.id


async def outcomes(session: AsyncSession, delivery_ids: Sequence[int]) -> list[MessageOutcome]:
    """Return these test messages with their states so far, in the order of their ids."""
    columns = (Delivery.id, Delivery.road, Delivery.state, Delivery.reason, Delivery.attempts)
    rows = await session.execute(select(*columns).where(Delivery.id.in_(delivery_ids)).order_by(Delivery.id))
    return [MessageOutcome(*row) for row in rows]
