"""Delete rows of messages that are no longer needed, after the number of days in the setting `SAWT_KEPT_DAYS`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.db import insert
from api.inbound.models import Heard, Inbound
from api.inbound.service import known_by
from api.outbox.models import Delivery
from api.outbox.states import DeliveryState
from api.security.crypto import Keyring

# The kinds of rows, as named in the setting: inbound message ids (a provider may repeat a message for a day),
# notifications, recipients of ended campaigns (the campaign's counts stay), and messages that were not understood.
MESSAGES, NOTICES, CAMPAIGNS, UNMATCHED = "messages", "notices", "campaigns", "unmatched"
USUAL: Mapping[str, float] = {MESSAGES: 2, NOTICES: 30, CAMPAIGNS: 365, UNMATCHED: 60}

_BATCH = 5_000  # rows per statement
BATCHES = 10  # per run; the next run continues
_REPLY_KEPT = timedelta(hours=1)  # the row of a sent reply is not needed after a few minutes
_SETTLED = Delivery.state.not_in((DeliveryState.QUEUED, DeliveryState.SENDING))
_NO_CAMPAIGN = Delivery.campaign_id.is_(None)


def cutoff(kind: str, days: Mapping[str, float], now: datetime) -> datetime:
    """Return the time before which rows of this kind are deleted. If `days` lacks the kind, a default is used."""
    return now - timedelta(days=days.get(kind, USUAL[kind]))


async def delete_expired(session: AsyncSession, *, days: Mapping[str, float], now: datetime) -> None:
    """Delete old replies and notifications.

    Replies stay for an hour after they were sent or failed, notifications for the configured number of days.
    """
    await delete_replies(session, before=now - _REPLY_KEPT)
    old = Delivery.settled_at <= cutoff(NOTICES, days, now)
    await session.execute(delete(Delivery).where(_NO_CAMPAIGN, Delivery.inbound_id.is_(None), _SETTLED, old))


async def delete_replies(session: AsyncSession, *, before: datetime) -> None:
    """Delete replies that were sent or failed before a given time.

    Their number and times would reveal how far a person came in a consultation. If a reply must still be deleted at its
    provider, it stays until then.
    """
    deletable = (_NO_CAMPAIGN, Delivery.inbound_id.is_not(None), _SETTLED, Delivery.forget_at.is_(None))
    await session.execute(delete(Delivery).where(*deletable, Delivery.settled_at <= before))


async def level_timestamps(session: AsyncSession, *, before: datetime) -> None:
    """Hide when old replies were written, while they wait to be deleted at their provider.

    Their times would reveal how far a person came in a consultation.
    """
    pending = (_NO_CAMPAIGN, Delivery.inbound_id.is_not(None), _SETTLED, Delivery.forget_at.is_not(None))
    values: dict[str, Any] = dict.fromkeys(("created_at", "due_at", "settled_at"), before)
    values |= {"inbound_id": None, "parts": None, "leased_until": None, "expires_at": None, "attempts": 1}
    await session.execute(update(Delivery).where(*pending, Delivery.created_at <= before).values(**values))


async def delete_recipients(session: AsyncSession, campaign_id: int) -> None:
    """Delete the deliveries of a campaign that has ended, a few batches per call. The campaign's counts stay."""
    batch = select(Delivery.id).where(Delivery.campaign_id == campaign_id, _SETTLED).limit(_BATCH)
    for _ in range(BATCHES):
        await session.execute(delete(Delivery).where(Delivery.id.in_(batch)))


async def erase(session: AsyncSession, recipient: Any) -> None:
    """Delete an erased resident's deliveries outside campaigns, and the provider's ids of their campaign deliveries.

    If a message must still be deleted at its provider, it keeps its row and id until then.
    """
    done = (recipient, _SETTLED, Delivery.forget_at.is_(None))
    await session.execute(delete(Delivery).where(*done, _NO_CAMPAIGN))
    await session.execute(update(Delivery).where(*done).values(external_id=None))


async def delete_inbound(session: AsyncSession, *, keyring: Keyring, before: datetime) -> bool:
    """Delete one batch of inbound messages received before a given time; return whether there were any.

    The caller commits after each call. A keyed hash of each id stays, so that a repeated message still changes nothing.
    """
    old = (Inbound.received_at <= before, Inbound.forget_at.is_(None))
    columns = select(Inbound.id, Inbound.provider, Inbound.external_id)
    rows = (await session.execute(columns.where(*old).order_by(Inbound.id).limit(_BATCH))).all()
    if not rows:
        return False
    ids = [row.id for row in rows]
    heard = [{"known_by": known_by(keyring, row.provider, row.external_id)} for row in rows]
    await session.execute(insert(session)(Heard).on_conflict_do_nothing(), heard)
    answers = Delivery.inbound_id.in_(ids)
    await session.execute(delete(Delivery).where(answers, _SETTLED, Delivery.forget_at.is_(None)))
    await session.execute(update(Delivery).where(answers).values(inbound_id=None))
    await session.execute(delete(Inbound).where(Inbound.id.in_(ids)))
    return True
