"""Forgetting: a provider that keeps what people said, and what they were answered, is made to delete it soon after."""

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
from api.outbox.context import Means
from api.outbox.models import Delivery
from api.residents.models import Address
from api.residents.service import open_address
from api.runtime.loops import forever

log = structlog.get_logger(__name__)

_AT_ONCE = 8  # requests on the wire
_LEAST, _MOST = timedelta(minutes=1), timedelta(hours=6)  # between two tries
_SWEEP = timedelta(hours=1)
LATE = timedelta(days=1)  # what is still there then, staff are told of
_UNNAMED = timedelta(hours=1)  # until then the id of a reply may still come, with news of it

Row = type[Inbound] | type[Delivery]


@dataclass(frozen=True, slots=True)
class Left:
    """One message that is still to be forgotten: a row of a table, and what its provider knows it by."""

    table: Row
    number: int
    kept: StoredMessage


class Forgetter:
    """Makes the providers of one channel forget, in any number of processes. What fails is tried again until done."""

    def __init__(self, name: str, channel: Forgetful, means: Means) -> None:
        """`name` is the channel's, as in the database."""
        self._channel, self._name, self._means = channel, name, means
        self._rests_until = self._sweeps_at = means.clock()

    async def run(self) -> None:
        """Forget until cancelled. Nobody need wake it: what is due lies minutes ahead when it is written."""
        note = self._means.watch.note(f"forget {self._name}")
        await forever(self._look, asyncio.Event(), name=f"forget {self._name}", note=note)

    async def once(self) -> None:
        """Forget all that is due, a few at a time; nothing while a provider asks to slow down."""
        while self._rests_until <= self._means.clock() and (batch := await self._claim()):
            errors = await asyncio.gather(*(self._forget(each.kept) for each in batch))
            async with self._means.db.transaction() as session:
                for each, error in zip(batch, errors, strict=True):
                    if error is None or isinstance(error, Untraceable):  # nothing is left to find it by
                        await self._done(session, each)
            failed = Counter(type(error).__name__ for error in errors if error is not None)
            log.info("outbox.forgotten", channel=self._name, done=len(batch) - failed.total(), **failed)
            rest = max(error.retry_after if isinstance(error, Throttled) else 0.0 for error in errors)
            self._rests_until = self._means.clock() + timedelta(seconds=rest)

    async def sweep(self) -> None:
        """Delete what came in an hour ago and is still there, though no row of ours leads to it."""
        now = self._means.clock()
        self._sweeps_at = now + _SWEEP
        try:
            await self._channel.sweep(now - _SWEEP)
        except SendError as error:  # the next sweep finds it as well
            log.warning("outbox.sweep", channel=self._name, error=type(error).__name__)

    async def _look(self) -> float:
        if self._means.clock() >= self._sweeps_at:
            await self.sweep()
        if await self._until_due() <= 0:
            await self.once()
        return max(await self._until_due(), 1.0)

    async def _until_due(self) -> float:
        async with self._means.db.reading() as connection:
            found = await connection.execute(
                select(*(select(func.min(table.forget_at)).scalar_subquery() for table in (Inbound, Delivery)))
            )
        moments = [moment for moment in found.one() if moment is not None]
        due = max(min(moments), self._rests_until) if moments else None
        net = self._means.settings.net
        return net if due is None else min((due - self._means.clock()).total_seconds(), net)

    async def _claim(self) -> list[Left]:
        """What is due, the oldest first. No process tries it again before its next try is due."""
        now = self._means.clock()
        came = select(Inbound.id, Inbound.external_id, Inbound.received_at.label("since"), Inbound.provider)
        went = select(Delivery.id, Delivery.external_id, Delivery.created_at.label("since"), Delivery.road)
        went = went.add_columns(Address.sealed).join(Address, Address.id == Delivery.address_id)
        async with self._means.db.transaction() as session:
            heard = await _take(session, Inbound, came, now=now)
            said = await _take(session, Delivery, went, now=now)
        found = [Left(Inbound, row.id, StoredMessage(row.provider, row.external_id, "", now)) for row in heard]
        return found + [each for row in said if (each := self._reply(row, now)) is not None]

    def _reply(self, row: Any, now: datetime) -> Left | None:
        if row.external_id is None and now - row.since < _UNNAMED:
            return None
        provider = self._means.roads.get(row.road, self._name).provider
        address = open_address(self._means.keyring, row.sealed) if row.sealed else ""  # none of who is erased
        return Left(Delivery, row.id, StoredMessage(provider, row.external_id, address, row.since))

    async def _forget(self, kept: StoredMessage) -> SendError | None:
        try:
            await self._channel.forget(kept)
        except SendError as error:
            return error
        return None

    async def _done(self, session: AsyncSession, left: Left) -> None:
        """Its provider holds nothing any more. A reply has served, then; a message that came in is known again by its
        id for a while.
        """
        mine = left.table.id == left.number
        if left.table is Delivery:
            await session.execute(delete(Delivery).where(mine))
        else:
            await session.execute(update(Inbound).where(mine).values(forget_at=None))


async def _take(session: AsyncSession, table: Row, rows: Any, *, now: datetime) -> Sequence[Any]:
    """Rows that are due. The older one is, the longer until it is tried again, whatever becomes of this try."""
    due = rows.where(table.forget_at <= now).order_by(table.forget_at).limit(_AT_ONCE)
    found: Sequence[Any] = (await session.execute(due.with_for_update(of=table, skip_locked=True))).all()
    for row in found:
        again = now + min(max((now - row.since) / 4, _LEAST), _MOST)
        await session.execute(update(table).where(table.id == row.id).values(forget_at=again))
    return found


async def left(session: AsyncSession, *, before: datetime | None = None) -> int:
    """How many messages of dialogues (those from `before`, if given) are still at providers that can forget them."""
    found = 0
    for table, since in ((Inbound, Inbound.received_at), (Delivery, Delivery.created_at)):
        still = (table.forget_at.is_not(None), *(() if before is None else (since <= before,)))
        found += await session.scalar(select(func.count()).select_from(table).where(*still)) or 0
    return found
