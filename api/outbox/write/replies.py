"""Queue the replies of a dialogue in the transaction of its changes, and find the replies to a repeated message."""

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
from api.outbox import payload
from api.outbox.models import Delivery
from api.outbox.payload import AnsweredMessage
from api.outbox.states import DeliveryState
from api.security.crypto import Keyring
from api.security.seals import cipher_of

# Priorities: lower is sent first. A message that tests a road is sent on that road or not at all, never on a backup.
TRIAL, REPLY, NOTICE, CAMPAIGN = -1, 0, 1, 2
ARRIVED = timedelta(minutes=10)  # after this time a reply has almost always arrived, or never will


@dataclass(frozen=True, slots=True)
class QueuedReply:
    """A reply and the id of its delivery. The id is None if the reply edits a message that was sent before."""

    reply: Reply
    delivery_id: int | None = None


@cache
def _insert_statement() -> Any:
    return insert_rows(Delivery).returning(Delivery.id, sort_by_parameter_order=True)


async def earlier_replies(
    session: AsyncSession, *, provider: str, external_id: str, keyring: Keyring
) -> list[QueuedReply]:
    """Return the replies to a message that was received before, to send them again.

    If their texts were deleted or a newer message was answered, there are none.
    """
    # an old question below a newer one would be mistaken for the current question
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
    replies = ((_unsealed(session, sealed, keyring), delivery_id) for delivery_id, sealed in rows)
    return [QueuedReply(reply, delivery_id) for reply, delivery_id in replies if reply is not None]


@dataclass(frozen=True, slots=True)
class AnsweredReplies:
    """The replies to a message, a hash of that message (`heard`), and a note about it (`about`)."""

    replies: Sequence[Reply]
    heard: bytes
    about: Any


async def replies_to(session: AsyncSession, inbound_id: int, *, keyring: Keyring) -> AnsweredReplies | None:
    """Return the replies to an inbound message, if there are any and their texts still exist."""
    rows = await session.scalars(
        select(Delivery.sealed)
        .where(Delivery.inbound_id == inbound_id, Delivery.sealed.is_not(None))
        .order_by(Delivery.id)
    )
    replies: list[Reply] = []
    answered: AnsweredMessage | None = None
    seals = cipher_of(session, keyring)
    for sealed in rows:
        try:
            if sealed is not None:
                replies.append(payload.unseal(seals, sealed))
                answered = answered or payload.answered(seals, sealed)
        except Invalid:  # its consultation has closed, or its key is destroyed
            continue
    return AnsweredReplies(replies, *answered) if answered is not None else None


def _unsealed(session: AsyncSession, sealed: bytes | None, keyring: Keyring) -> Reply | None:
    """Return a reply, decrypted; None if its text can no longer be read."""
    try:
        return None if sealed is None else payload.unseal(cipher_of(session, keyring), sealed)
    except Invalid:  # its consultation has closed, or its key is destroyed
        return None


async def queue_replies(
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
) -> list[QueuedReply]:
    """Write replies as deliveries, and return them with their ids.

    If the HTTP response to the provider contains the replies (`carried`), they count as sent. Otherwise the channel
    sends them at once. If this process dies before that, the outbox sends them after `patience` seconds. If the
    provider stores messages (`kept`), it is asked to delete them later. `heard` is a hash of the message that they
    answer, and `about` is a note on it.
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
            "state": DeliveryState.SENT if carried else DeliveryState.QUEUED,
            "sealed": payload.seal(seals, reply, heard=heard, about=about),
            "due_at": now + timedelta(seconds=patience),
            "created_at": now,
            "settled_at": now if carried else None,
            "forget_at": now + ARRIVED if kept else None,
        }
        for reply in replies
        if not reply.replaces
    ]
    ids = iter((await (await session.connection()).scalars(_insert_statement(), rows)).all() if rows else ())
    return [QueuedReply(reply, None if reply.replaces else next(ids)) for reply in replies]
