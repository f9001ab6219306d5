"""What a dialogue turn needs of the outbox: hear a message once, and write its replies beside what it changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy import insert as insert_rows
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from api.channel import Reply
from api.errors import Invalid
from api.inbound.models import Inbound
from api.outbox import payload, states
from api.outbox.models import Delivery
from api.security.crypto import Keyring
from api.security.seals import cipher_of

# Priorities: the lower is claimed first. A trial of a road goes by this road or not at all; no other stands in for it.
TRIAL, REPLY, NOTICE, CAMPAIGN = -1, 0, 1, 2
ARRIVED = timedelta(minutes=10)  # after this a reply has arrived, or never will, nearly always


@dataclass(frozen=True, slots=True)
class Spoken:
    """A reply and the delivery that stands for it; an edit of a message already there has none."""

    reply: Reply
    delivery_id: int | None = None


@cache
def _speaking() -> Any:
    return insert_rows(Delivery).returning(Delivery.id, sort_by_parameter_order=True)


async def said_before(session: AsyncSession, *, provider: str, external_id: str, keyring: Keyring) -> list[Spoken]:
    """What was answered to a message heard before, as long as its text is kept and nothing newer was answered.

    An old question below a newer one would be taken for the one that is open.
    """
    newer = aliased(Delivery)
    overtaken = exists().where(
        newer.address_id == Delivery.address_id, newer.campaign_id.is_(None), newer.inbound_id > Delivery.inbound_id
    )
    rows = await session.execute(
        select(Delivery.id, Delivery.sealed)
        .join(Inbound, Inbound.id == Delivery.inbound_id)
        .where(Inbound.provider == provider, Inbound.external_id == external_id)
        .where(Delivery.sealed.is_not(None), ~overtaken)
        .order_by(Delivery.id)
    )
    found = ((_kept(session, sealed, keyring), number) for number, sealed in rows)
    return [Spoken(reply, number) for reply, number in found if reply is not None]


@dataclass(frozen=True, slots=True)
class Answered:
    """The replies to a message; of that message a hash, and what was noted `about` it."""

    replies: Sequence[Reply]
    heard: bytes
    about: Any


async def answered(session: AsyncSession, inbound_id: int, *, keyring: Keyring) -> Answered | None:
    """What was answered to a message; None if nothing was, or is kept no more."""
    rows = await session.scalars(
        select(Delivery.sealed)
        .where(Delivery.inbound_id == inbound_id, Delivery.sealed.is_not(None))
        .order_by(Delivery.id)
    )
    kept: list[Reply] = []
    told: tuple[bytes, Any] | None = None
    seals = cipher_of(session, keyring)
    for sealed in rows:
        try:
            if sealed is not None:
                kept.append(payload.unseal(seals, sealed))
                told = told or payload.answered(seals, sealed)
        except Invalid:  # its consultation has closed, or its key is gone
            continue
    return Answered(kept, *told) if told is not None else None


def _kept(session: AsyncSession, sealed: bytes | None, keyring: Keyring) -> Reply | None:
    """A reply whose text can still be read."""
    try:
        return None if sealed is None else payload.unseal(cipher_of(session, keyring), sealed)
    except Invalid:  # its consultation has closed, or its key is gone
        return None


async def speak(
    session: AsyncSession,
    replies: Sequence[Reply],
    *,
    keyring: Keyring,
    channel: str,
    road: str,
    address_id: int,
    resident_id: int,
    inbound_id: int,
    now: datetime,
    carried: bool,
    patience: float,
    heard: bytes = b"",
    kept: bool = False,
    about: Any = None,
) -> list[Spoken]:
    """Write the replies as deliveries; `heard` is a hash of what they answer, and `about` what is noted of that: both
    are forgotten with their text.

    Where the request itself carries them (`carried`) they count as sent. Otherwise the channel sends them at once, and
    the outbox takes them over after `patience` seconds if the process died before saying that it did. Where the
    provider keeps them (`kept`), it is told to forget them once they have arrived.
    """
    seals = cipher_of(session, keyring)
    rows = [
        {
            "channel": channel,
            "road": road,
            "address_id": address_id,
            "resident_id": resident_id,
            "inbound_id": inbound_id,
            "priority": REPLY,
            "state": states.SENT if carried else states.QUEUED,
            "sealed": payload.seal(seals, reply, heard=heard, about=about),
            "due_at": now + timedelta(seconds=patience),
            "created_at": now,
            "settled_at": now if carried else None,
            "forget_at": now + ARRIVED if kept else None,
        }
        for reply in replies
        if not reply.replaces
    ]
    numbers = iter((await (await session.connection()).scalars(_speaking(), rows)).all() if rows else ())
    return [Spoken(reply, None if reply.replaces else next(numbers)) for reply in replies]
