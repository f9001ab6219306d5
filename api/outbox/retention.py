"""Retention: rows of messages go once they have served, by themselves; `SAWT_KEPT_DAYS` says after how many days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.db import insert
from api.inbound.models import Heard, Inbound
from api.inbound.service import known_by
from api.outbox import states
from api.outbox.models import Delivery
from api.security.crypto import Keyring

# What is kept: that a message came in (a provider may repeat it for a day); messages that answer nothing and are no
# campaign's; who got what of a campaign that is over (its counts stay); replies that nobody understood.
MESSAGES, NOTICES, CAMPAIGNS, UNMATCHED = "messages", "notices", "campaigns", "unmatched"  # the names in the setting
USUAL: Mapping[str, float] = {MESSAGES: 2, NOTICES: 30, CAMPAIGNS: 365, UNMATCHED: 60}

_CHUNK = 5_000  # rows of one statement
CHUNKS = 10  # of them in one run: what is left over comes with the next
_TOLD = timedelta(hours=1)  # a reply that was handed over is of no use after minutes
_OVER = Delivery.state.not_in((states.QUEUED, states.SENDING))
_ALONE = Delivery.campaign_id.is_(None)


def since(kind: str, days: Mapping[str, float], now: datetime) -> datetime:
    """What is older goes. `days` by kind; a kind that is not named is kept as long as usual."""
    return now - timedelta(days=days.get(kind, USUAL[kind]))


async def keep(session: AsyncSession, *, days: Mapping[str, float], now: datetime) -> None:
    """Delete the replies and notices that were kept long enough."""
    await replies(session, before=now - _TOLD)
    old = Delivery.settled_at <= since(NOTICES, days, now)
    await session.execute(delete(Delivery).where(_ALONE, Delivery.inbound_id.is_(None), _OVER, old))


async def replies(session: AsyncSession, *, before: datetime) -> None:
    """Delete the replies that were settled before a moment: how many somebody got, and when, tells how far they came.

    What a provider is still to delete goes once it has.
    """
    told = (_ALONE, Delivery.inbound_id.is_not(None), _OVER, Delivery.forget_at.is_(None))
    await session.execute(delete(Delivery).where(*told, Delivery.settled_at <= before))


async def level(session: AsyncSession, *, before: datetime) -> None:
    """Let all replies from before a closing that a provider is still to delete be alike: written in that moment.

    Only whom they went to, and what the provider knows them by, is needed until then.
    """
    kept = (_ALONE, Delivery.inbound_id.is_not(None), _OVER, Delivery.forget_at.is_not(None))
    alike: dict[str, Any] = dict.fromkeys(("created_at", "due_at", "settled_at"), before)
    alike |= {"inbound_id": None, "parts": None, "leased_until": None, "expires_at": None, "attempts": 1}
    await session.execute(update(Delivery).where(*kept, Delivery.created_at <= before).values(**alike))


async def of_campaign(session: AsyncSession, campaign_id: int) -> None:
    """Delete who got what of a campaign that is over; its counts stay."""
    chunk = select(Delivery.id).where(Delivery.campaign_id == campaign_id, _OVER).limit(_CHUNK)
    for _ in range(CHUNKS):
        await session.execute(delete(Delivery).where(Delivery.id.in_(chunk)))


async def forget(session: AsyncSession, theirs: Any) -> None:
    """Delete deliveries of somebody who is erased, and what leads from a campaign's to a provider.

    What a provider is still to delete keeps its id there until it has.
    """
    done = (theirs, _OVER, Delivery.forget_at.is_(None))
    await session.execute(delete(Delivery).where(*done, _ALONE))
    await session.execute(update(Delivery).where(*done).values(external_id=None))


async def messages(session: AsyncSession, *, keyring: Keyring, before: datetime) -> bool:
    """Delete messages that came in before a moment, and say whether there were any: one chunk, to be committed at once.

    A keyed hash of a message's id stays: should anybody repeat the request ever so late, it changes nothing.
    """
    old = (Inbound.received_at <= before, Inbound.forget_at.is_(None))
    columns = select(Inbound.id, Inbound.provider, Inbound.external_id)
    rows = (await session.execute(columns.where(*old).order_by(Inbound.id).limit(_CHUNK))).all()
    if not rows:
        return False
    numbers = [row.id for row in rows]
    heard = [{"known_by": known_by(keyring, row.provider, row.external_id)} for row in rows]
    await session.execute(insert(session)(Heard).on_conflict_do_nothing(), heard)
    theirs = Delivery.inbound_id.in_(numbers)
    await session.execute(delete(Delivery).where(theirs, _OVER, Delivery.forget_at.is_(None)))
    await session.execute(update(Delivery).where(theirs).values(inbound_id=None))
    await session.execute(delete(Inbound).where(Inbound.id.in_(numbers)))
    return True
