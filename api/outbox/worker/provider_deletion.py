"""Delete messages at providers, because providers store what people wrote and the replies they got."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.channel import Forgetful, SendError, StoredMessage, Throttled, Untraceable
from api.inbound.models import Inbound
from api.outbox.context import OutboxContext
from api.outbox.models import Delivery
from api.residents.models import Address
from api.residents.service import open_address
from api.runtime.loops import forever

log = structlog.get_logger(__name__)

_AT_ONCE = 8  # concurrent requests
_LEAST, _MOST = timedelta(minutes=1), timedelta(hours=6)  # between attempts
_SWEEP = timedelta(hours=1)
LATE = timedelta(days=1)  # staff are told about messages that are not deleted after this time
_UNNAMED = timedelta(hours=1)  # until then, a status update may still bring the provider's id of a reply

Row = type[Inbound] | type[Delivery]


@dataclass(frozen=True, slots=True)
class PendingDeletion:
    """A message still to be deleted: its table and row, and what identifies it at its provider."""

    table: Row
    number: int
    kept: StoredMessage


class Forgetter:
    """A loop that deletes messages at a channel's providers and retries failures. Several processes may run it."""

    def __init__(self, name: str, channel: Forgetful, means: OutboxContext) -> None:
        """Prepare to delete messages of `channel`, which the database calls `name`."""
        self._channel, self._name, self._means = channel, name, means
        self._rests_until = self._sweeps_at = means.clock()

    async def run(self) -> None:
        """Delete messages until cancelled. No wake-up is needed: messages are due minutes after they are written."""
        note = self._means.watch.note(f"forget {self._name}")
        await forever(self._check, asyncio.Event(), name=f"forget {self._name}", note=note)

    async def once(self) -> None:
        """Delete all messages that are due, a few at a time. Do nothing while a provider asks us to slow down."""
        while self._rests_until <= self._means.clock() and (batch := await self._claim()):
            errors = await asyncio.gather(*(self._forget(each.kept) for each in batch))
            async with self._means.db.transaction() as session:
                for each, error in zip(batch, errors, strict=True):
                    if error is None or isinstance(error, Untraceable):  # nothing identifies the message now
                        await self._done(session, each)
            failed = Counter(type(error).__name__ for error in errors if error is not None)
            log.info("outbox.deleted_at_provider", channel=self._name, done=len(batch) - failed.total(), **failed)
            rest = max(error.retry_after if isinstance(error, Throttled) else 0.0 for error in errors)
            self._rests_until = self._means.clock() + timedelta(seconds=rest)

    async def sweep(self) -> None:
        """Delete messages that the provider received over an hour ago, even those without a row here."""
        now = self._means.clock()
        self._sweeps_at = now + _SWEEP
        try:
            await self._channel.sweep(now - _SWEEP)
        except SendError as error:  # the next sweep retries
            log.warning("outbox.sweep_failed", channel=self._name, error=type(error).__name__)

    async def _check(self) -> float:
        if self._means.clock() >= self._sweeps_at:
            await self.sweep()
        if await self._until_due() <= 0:
            await self.once()
        return max(await self._until_due(), 1.0)

    async def _until_due(self) -> float:
        async with self._means.db.reading() as connection:
            result = await connection.execute(
                select(*(select(func.min(table.forget_at)).scalar_subquery() for table in (Inbound, Delivery)))
            )
        moments = [moment for moment in result.one() if moment is not None]
        due = max(min(moments), self._rests_until) if moments else None
        net = self._means.settings.net
        return net if due is None else min((due - self._means.clock()).total_seconds(), net)

    async def _claim(self) -> list[PendingDeletion]:
        """Return due messages, which no other process takes at the same time."""
        now = self._means.clock()
        inbound = select(Inbound.id, Inbound.external_id, Inbound.received_at.label("since"), Inbound.provider)
        outbound = select(Delivery.id, Delivery.external_id, Delivery.created_at.label("since"), Delivery.road)
        outbound = outbound.add_columns(Address.sealed).join(Address, Address.id == Delivery.address_id)
        async with self._means.db.transaction() as session:
            inbound_rows = await _take(session, Inbound, inbound, now=now)
            outbound_rows = await _take(session, Delivery, outbound, now=now)
        pending = [self._inbound(row, now) for row in inbound_rows]
        return pending + [each for row in outbound_rows if (each := self._reply(row, now)) is not None]

    def _inbound(self, row: Any, now: datetime) -> PendingDeletion:
        return PendingDeletion(Inbound, row.id, StoredMessage(row.provider, row.external_id, "", now))

    def _reply(self, row: Any, now: datetime) -> PendingDeletion | None:
        if row.external_id is None and now - row.since < _UNNAMED:
            return None
        provider = self._means.roads.get(row.road, self._name).provider
        address = open_address(self._means.keyring, row.sealed) if row.sealed else ""  # empty for an erased resident
        return PendingDeletion(Delivery, row.id, StoredMessage(provider, row.external_id, address, row.since))

    async def _forget(self, kept: StoredMessage) -> SendError | None:
        try:
            await self._channel.forget(kept)
        except SendError as error:
            return error
        return None

    async def _done(self, session: AsyncSession, pending: PendingDeletion) -> None:
        """Record that a message was deleted at its provider."""
        same_row = pending.table.id == pending.number
        if pending.table is Delivery:
            await session.execute(delete(Delivery).where(same_row))
        else:
            await session.execute(update(Inbound).where(same_row).values(forget_at=None))  # kept, to know repeats


async def _take(session: AsyncSession, table: Row, rows: Any, *, now: datetime) -> Sequence[Any]:
    """Return due rows, locked, and set when each is tried next."""
    due = rows.where(table.forget_at <= now).order_by(table.forget_at).limit(_AT_ONCE)
    due_rows: Sequence[Any] = (await session.execute(due.with_for_update(of=table, skip_locked=True))).all()
    for row in due_rows:
        next_attempt = now + min(max((now - row.since) / 4, _LEAST), _MOST)  # the older, the later
        await session.execute(update(table).where(table.id == row.id).values(forget_at=next_attempt))
    return due_rows


async def count_left(session: AsyncSession, *, before: datetime | None = None) -> int:
    """Return how many messages of dialogues providers still store. With `before`, later messages are not counted."""
    total = 0
    for table, since in ((Inbound, Inbound.received_at), (Delivery, Delivery.created_at)):
        conditions = (table.forget_at.is_not(None), *(() if before is None else (since <= before,)))
        total += await session.scalar(select(func.count()).select_from(table).where(*conditions)) or 0
    return total
