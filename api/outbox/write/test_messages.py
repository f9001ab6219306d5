"""Messages that staff send to a phone of theirs, to see a text or to try a road: written, and followed to their end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.channel import Reply
from api.errors import Conflict, NotFound
from api.outbox import payload, states
from api.outbox.models import Delivery
from api.residents import service as residents
from api.residents.models import Address, Resident
from api.runtime.wakeups import OUTBOX, wake
from api.security.crypto import Keyring

KEPT = timedelta(hours=1)  # after which a trial that did not go out is given up: nobody looks for it any more


@dataclass(frozen=True, slots=True)
class Phone:
    """Where trials go: a number, its owner, and their Telegram chat where it is known."""

    resident: Resident
    sms: Address
    telegram: Address | None

    def on(self, channel: str) -> Address:
        """The address on a channel. Raises NotFound where there is none."""
        if channel == "sms":
            return self.sms
        if channel != "telegram" or self.telegram is None:
            raise NotFound(f"the owner of this number is not known on {channel}")
        return self.telegram


class Fate(NamedTuple):
    """What became of a trial so far."""

    id: int
    road: str
    state: str
    reason: str | None
    attempts: int


async def phone(session: AsyncSession, number: str, *, keyring: Keyring, road: str, now: datetime) -> Phone:
    """The phone with this number; if nobody is known by it, its owner is met, as one who has agreed to nothing.

    The owner is locked, so that a STOP which comes at the same time is heard before or after. Raises Conflict where
    they want nothing, or nothing arrives there.
    """
    resident, sms = await residents.get_or_create(
        session, keyring=keyring, channel="sms", road=road, address=number, now=now
    )
    await session.refresh(resident, with_for_update={"key_share": True})
    if resident.state in (residents.STOPPED, residents.DECLINED):
        raise Conflict("the owner of this number said STOP or declined: nothing is sent there, no test either")
    if sms.state != "active":
        raise Conflict("the provider says that nothing arrives at this number any more")
    return Phone(resident, sms, await residents.newest_address(session, resident.id, channel="telegram"))


async def write(
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
    """Queue a trial; returns its number. It belongs to no campaign, so that it is counted nowhere."""
    made = Delivery(
        channel=to.channel,
        road=road,
        address_id=to.id,
        resident_id=to.resident_id,
        priority=priority,
        state=states.QUEUED,
        sealed=payload.seal(keyring, reply),
        due_at=now,
        created_at=now,
        expires_at=now + kept,
    )
    session.add(made)
    await session.flush()
    wake(session, OUTBOX)
    return made.id


async def fates(session: AsyncSession, numbers: Sequence[int]) -> list[Fate]:
    """What became of these trials so far, in their order."""
    columns = (Delivery.id, Delivery.road, Delivery.state, Delivery.reason, Delivery.attempts)
    rows = await session.execute(select(*columns).where(Delivery.id.in_(numbers)).order_by(Delivery.id))
    return [Fate(*row) for row in rows]
