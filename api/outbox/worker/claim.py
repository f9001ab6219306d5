"""Claim due deliveries of a road for this process. Their number depends on free slots and on the money left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.channel import Attachment, Choice, Outgoing
from api.errors import Invalid
from api.outbox import payload, service, transitions
from api.outbox.flow import budgets, send_windows
from api.outbox.models import Body, Delivery
from api.outbox.states import DeliveryState
from api.outbox.transitions import StatusUpdate
from api.outbox.write.replies import REPLY, TRIAL
from api.residents.models import Address, Resident
from api.residents.service import open_address
from api.routing.prices import Prices
from api.runtime.wakeups import OUTBOX, wake
from api.security.crypto import Keyring
from api.security.seals import Cipher, cipher_of

_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ClaimedDelivery:
    """A claimed delivery: what to send, how often it was tried, and what was paid for it in advance.

    `price` is per segment, in millionths. Each budget named in `paid` has paid `price` times `parts`.
    """

    message: Outgoing
    address_id: int
    attempts: int
    campaign_id: int | None = None
    parts: int = 1
    price: int = 0
    paid: tuple[str, ...] = ()
    until: datetime = _NEVER  # the end of its claim: it is not sent after this

    @property
    def cost(self) -> int:
        """The cost of the message, in millionths."""
        return self.price * self.parts


@dataclass(frozen=True, slots=True)
class Claim:
    """Who claims deliveries and how: the road, the seconds a claim lasts (`lease`), the prices, the daily limit."""

    road: str
    keyring: Keyring
    lease: float
    prices: Prices = field(default_factory=Prices)
    day_ceiling: int | None = None  # millionths


async def claim(session: AsyncSession, claimant: Claim, *, of: str, now: datetime, limit: int) -> list[ClaimedDelivery]:
    """Claim up to `limit` due deliveries queued on the road `of`: replies, then notifications, then campaigns.

    If `of` is not the claiming road, the deliveries move to the claiming road. No campaign reaches a person who has
    left.
    """
    ids = await _take(session, claimant, of, None, now=now, limit=limit)
    if len(ids) < limit and not await _day_budget_spent(session, claimant, now):
        for campaign_id in await send_windows.open_now(session, now=now):
            ids += await _take(session, claimant, of, campaign_id, now=now, limit=limit - len(ids))
            if len(ids) >= limit:
                break
    loaded = await _load(session, claimant, ids, now=now)
    return await _pay(session, claimant, loaded, now=now)


async def _take(
    session: AsyncSession, claimant: Claim, of: str, campaign_id: int | None, *, now: datetime, limit: int
) -> list[int]:
    """Claim due deliveries of one campaign or, if it is None, those outside campaigns. Return their ids."""
    if limit <= 0:
        return []
    # the order of an index, so that a million waiting rows need no sorting
    order = (Delivery.due_at, Delivery.id) if campaign_id else (Delivery.priority, Delivery.due_at, Delivery.id)
    # PostgreSQL may run a plain subquery once per row and lock more rows than the limit; a locking CTE runs once.
    due = (
        select(Delivery.id)
        .join(Address, Address.id == Delivery.address_id)
        .join(Resident, Resident.id == Address.resident_id)
        .where(
            Delivery.road == of,
            Delivery.state == DeliveryState.QUEUED,
            Delivery.due_at <= now,
            Delivery.campaign_id == campaign_id,
            or_(Delivery.expires_at.is_(None), Delivery.expires_at > now),
            or_(Delivery.priority <= REPLY, Resident.state == "active"),
            true() if of == claimant.road else Delivery.priority != TRIAL,
        )
        .order_by(*order)
        .limit(limit)
        .with_for_update(skip_locked=True, of=Delivery)
        .cte("due")
    )
    until = now + timedelta(seconds=claimant.lease)
    claimed = (
        update(Delivery)
        .where(Delivery.id.in_(select(due.c.id)), Delivery.state == DeliveryState.QUEUED)
        .values(state=DeliveryState.SENDING, leased_until=until, road=claimant.road, attempts=Delivery.attempts + 1)
        .returning(Delivery.id)
    )
    return list((await session.scalars(claimed)).all())


async def _day_budget_spent(session: AsyncSession, claimant: Claim, now: datetime) -> bool:
    """Whether the campaigns have spent today's money and must wait until tomorrow."""
    return claimant.day_ceiling is not None and await budgets.is_empty(
        session, budgets.of_day(now), ceiling=claimant.day_ceiling
    )


async def _load(session: AsyncSession, claimant: Claim, ids: Sequence[int], *, now: datetime) -> list[ClaimedDelivery]:
    """Return the claimed deliveries with their texts."""
    if not ids:
        return []
    rows = await session.execute(
        select(
            Delivery.id, Delivery.address_id, Delivery.attempts, Delivery.campaign_id, Delivery.sealed.label("reply"),
            Address.sealed.label("address"), Address.prefix, Body.text, Body.choices, Body.parts,
        )
        .join(Address, Address.id == Delivery.address_id)
        .outerjoin(Body, Body.id == Delivery.body_id)
        .where(Delivery.id.in_(ids))
        .order_by(Delivery.priority, Delivery.due_at, Delivery.id)
    )  # fmt: skip
    claimed, unreadable, seals = [], [], cipher_of(session, claimant.keyring)
    for row in rows:
        try:
            claimed.append(_claimed(claimant, seals, row, now))
        except Invalid:  # the key was destroyed; this delivery must not block the others
            unreadable.append(StatusUpdate(row.id, DeliveryState.FAILED, reason="unreadable"))
    await transitions.settle(session, unreadable, now=now)
    if unreadable:
        wake(session, OUTBOX)  # the deliveries that come after the unreadable ones were not claimed yet
    return claimed


def _claimed(claimant: Claim, seals: Cipher, row: Any, now: datetime) -> ClaimedDelivery:
    text: str = row.text or ""
    choices: tuple[Choice, ...] = payload.unpack(row.choices or ())
    attachments: tuple[Attachment, ...] = ()
    if row.reply is not None:
        reply = payload.unseal(seals, row.reply)
        text, choices, attachments = reply.text, reply.choices, reply.attachments
    address = open_address(claimant.keyring, row.address)
    message = Outgoing(row.id, address, text, choices, road=claimant.road, attachments=attachments)
    price = claimant.prices.of(claimant.road, row.prefix) or 0
    until = now + timedelta(seconds=claimant.lease)
    return ClaimedDelivery(
        message, row.address_id, row.attempts, row.campaign_id, parts=row.parts or 1, price=price, until=until
    )


async def _pay(
    session: AsyncSession, claimant: Claim, claimed: list[ClaimedDelivery], *, now: datetime
) -> list[ClaimedDelivery]:
    """Pay for the claimed deliveries; return those that can be sent."""
    free = [due for due in claimed if due.campaign_id is None or due.cost == 0]
    costly = [due for due in claimed if due.campaign_id is not None and due.cost > 0]
    if not costly:
        return claimed
    paid: list[ClaimedDelivery] = []
    for name, of_budget in sorted(_by_budget(costly).items()):
        count = await budgets.pay(session, name, [due.cost for due in of_budget])
        if count < len(of_budget):
            # Close the window; otherwise this campaign would be tried first every time.
            await send_windows.close(session, of_budget[0].campaign_id or 0)
        paid += [replace(due, paid=(name,)) for due in of_budget[:count]]
    if claimant.day_ceiling is not None:
        day = budgets.of_day(now)
        await budgets.ensure(session, day, ceiling=claimant.day_ceiling)
        count = await budgets.pay(session, day, [due.cost for due in paid])
        for due in paid[count:]:
            await budgets.correct(session, {due.paid[0]: -due.cost})
        paid = [replace(due, paid=(*due.paid, day)) for due in paid[:count]]
    # without money, a delivery is queued again
    unpaid = {due.message.delivery_id for due in costly} - {due.message.delivery_id for due in paid}
    await service.release(session, unpaid, now=now)
    return [*free, *paid]


def _by_budget(costly: Sequence[ClaimedDelivery]) -> dict[str, list[ClaimedDelivery]]:
    groups: dict[str, list[ClaimedDelivery]] = {}
    for due in costly:
        groups.setdefault(budgets.of_campaign(due.campaign_id or 0), []).append(due)
    return groups
