"""Claiming: taking what is due on a road, for this process alone, as far as there is room and money."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.channel import Attachment, Choice, Outgoing
from api.errors import Invalid
from api.outbox import payload, service, states, transitions
from api.outbox.flow import budgets, send_windows
from api.outbox.models import Body, Delivery
from api.outbox.transitions import News
from api.outbox.write.replies import REPLY, TRIAL
from api.residents.models import Address, Resident
from api.residents.service import open_address
from api.routing.prices import Prices
from api.runtime.wakeups import OUTBOX, wake
from api.security.crypto import Keyring
from api.security.seals import Cipher, cipher_of

_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Due:
    """A claimed delivery: what to send, how often it was tried, and what was paid for it in advance.

    `price` is of one segment, in millionths; `paid` names the purses that paid `price` times `parts`.
    """

    message: Outgoing
    address_id: int
    attempts: int
    campaign_id: int | None = None
    parts: int = 1
    price: int = 0
    paid: tuple[str, ...] = ()
    until: datetime = _NEVER  # the end of its lease: later than that, nothing is sent

    @property
    def cost(self) -> int:
        """What was paid, in millionths."""
        return self.price * self.parts


@dataclass(frozen=True, slots=True)
class Claim:
    """Who claims: for which road, for how long (`lease`, in seconds), at what prices, within which day's ceiling."""

    road: str
    keyring: Keyring
    lease: float
    prices: Prices = field(default_factory=Prices)
    day_ceiling: int | None = None  # millionths


async def claim(session: AsyncSession, given: Claim, *, of: str, now: datetime, limit: int) -> list[Due]:
    """Take up to `limit` deliveries that are due on the road `of`, replies before notices before campaigns.

    Consent is read again here, of whoever the address is now: a campaign never reaches someone who is not active any
    more. What comes from another road goes over to the one that claims.
    """
    numbers = await _take(session, given, of, None, now=now, limit=limit)
    if len(numbers) < limit and not await _spent_up(session, given, now):
        for campaign_id in await send_windows.open_now(session, now=now):
            numbers += await _take(session, given, of, campaign_id, now=now, limit=limit - len(numbers))
            if len(numbers) >= limit:
                break
    found = await _load(session, given, numbers, now=now)
    return await _paid(session, given, found, now=now)


async def _take(
    session: AsyncSession, given: Claim, of: str, campaign_id: int | None, *, now: datetime, limit: int
) -> list[int]:
    """Claim what is due of one campaign, in the order of its index, so that a million that wait need no sorting."""
    if limit <= 0:
        return []
    order = (Delivery.due_at, Delivery.id) if campaign_id else (Delivery.priority, Delivery.due_at, Delivery.id)
    # A plain subquery may be run once per row by PostgreSQL, and lock past its limit; a CTE that locks is run once.
    due = (
        select(Delivery.id)
        .join(Address, Address.id == Delivery.address_id)
        .join(Resident, Resident.id == Address.resident_id)
        .where(
            Delivery.road == of,
            Delivery.state == states.QUEUED,
            Delivery.due_at <= now,
            Delivery.campaign_id == campaign_id,
            or_(Delivery.expires_at.is_(None), Delivery.expires_at > now),
            or_(Delivery.priority <= REPLY, Resident.state == "active"),
            true() if of == given.road else Delivery.priority != TRIAL,
        )
        .order_by(*order)
        .limit(limit)
        .with_for_update(skip_locked=True, of=Delivery)
        .cte("due")
    )
    until = now + timedelta(seconds=given.lease)
    claimed = (
        update(Delivery)
        .where(Delivery.id.in_(select(due.c.id)), Delivery.state == states.QUEUED)
        .values(state=states.SENDING, leased_until=until, road=given.road, attempts=Delivery.attempts + 1)
        .returning(Delivery.id)
    )
    return list((await session.scalars(claimed)).all())


async def _spent_up(session: AsyncSession, given: Claim, now: datetime) -> bool:
    """Whether the day's money is spent: then campaigns wait for tomorrow, and replies go on."""
    return given.day_ceiling is not None and await budgets.is_empty(
        session, budgets.of_day(now), ceiling=given.day_ceiling
    )


async def _load(session: AsyncSession, given: Claim, numbers: Sequence[int], *, now: datetime) -> list[Due]:
    if not numbers:
        return []
    rows = await session.execute(
        select(
            Delivery.id, Delivery.address_id, Delivery.attempts, Delivery.campaign_id, Delivery.sealed.label("reply"),
            Address.sealed.label("address"), Address.prefix, Body.text, Body.choices, Body.parts,
        )
        .join(Address, Address.id == Delivery.address_id)
        .outerjoin(Body, Body.id == Delivery.body_id)
        .where(Delivery.id.in_(numbers))
        .order_by(Delivery.priority, Delivery.due_at, Delivery.id)
    )  # fmt: skip
    found, unreadable, seals = [], [], cipher_of(session, given.keyring)
    for row in rows:
        try:
            found.append(_due(given, seals, row, now))
        except Invalid:  # its key is gone, or its consultation closed: no other delivery may wait for it
            unreadable.append(News(row.id, states.FAILED, reason="unreadable"))
    await transitions.settle(session, unreadable, now=now)
    if unreadable:
        wake(session, OUTBOX)  # what comes behind them was not looked at
    return found


def _due(given: Claim, seals: Cipher, row: Any, now: datetime) -> Due:
    text: str = row.text or ""
    choices: tuple[Choice, ...] = payload.unpack(row.choices or ())
    attachments: tuple[Attachment, ...] = ()
    if row.reply is not None:
        reply = payload.unseal(seals, row.reply)
        text, choices, attachments = reply.text, reply.choices, reply.attachments
    address = open_address(given.keyring, row.address)
    message = Outgoing(row.id, address, text, choices, road=given.road, attachments=attachments)
    price = given.prices.of(given.road, row.prefix) or 0
    until = now + timedelta(seconds=given.lease)
    return Due(message, row.address_id, row.attempts, row.campaign_id, parts=row.parts or 1, price=price, until=until)


async def _paid(session: AsyncSession, given: Claim, found: list[Due], *, now: datetime) -> list[Due]:
    """Those that there is money for; the others wait, as if they had not been claimed."""
    free = [due for due in found if due.campaign_id is None or due.cost == 0]
    costly = [due for due in found if due.campaign_id is not None and due.cost > 0]
    if not costly:
        return found
    kept: list[Due] = []
    for name, theirs in sorted(_by_purse(costly).items()):
        count = await budgets.pay(session, name, [due.cost for due in theirs])
        if count < len(theirs):
            await send_windows.shut(
                session, theirs[0].campaign_id or 0
            )  # or it would stand before all others at every claim
        kept += [replace(due, paid=(name,)) for due in theirs[:count]]
    if given.day_ceiling is not None:
        day = budgets.of_day(now)
        await budgets.ensure(session, day, ceiling=given.day_ceiling)
        count = await budgets.pay(session, day, [due.cost for due in kept])
        for due in kept[count:]:
            await budgets.correct(session, {due.paid[0]: -due.cost})
        kept = [replace(due, paid=(*due.paid, day)) for due in kept[:count]]
    unpaid = {due.message.delivery_id for due in costly} - {due.message.delivery_id for due in kept}
    await service.give_back(session, unpaid, now=now)
    return [*free, *kept]


def _by_purse(costly: Sequence[Due]) -> dict[str, list[Due]]:
    found: dict[str, list[Due]] = {}
    for due in costly:
        found.setdefault(budgets.of_campaign(due.campaign_id or 0), []).append(due)
    return found
