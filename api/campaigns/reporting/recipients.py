"""Who of a campaign got it and who did not, one by one and why: read by keyset, a chunk at a time, however many."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import anyio
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.campaigns import service
from api.campaigns.reporting.recipient import Recipient, State
from api.db import Database
from api.errors import Invalid
from api.outbox.models import Body, Delivery
from api.pagination import Key, Order, PageRequest, PageRows
from api.residents.models import Address
from api.residents.service import open_address
from api.routing import phones
from api.security.crypto import Keyring
from api.text import spreadsheet

CHUNK = 1000  # rows in memory at once

Part = Sequence[Recipient]
_ORDER = Order("recipients", Key(Delivery.resident_id))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which of them; None means all."""

    state: State | None = None
    reason: str | None = None
    channel: str | None = None


async def page(
    session: AsyncSession, campaign_id: int, wanted: Wanted, *, keyring: Keyring, asked: PageRequest
) -> PageRows[Recipient]:
    """Some of them, in the order of their residents' numbers. Raises NotFound."""
    await service.get(session, campaign_id)
    found = await _ORDER.rows(session, _query(campaign_id, wanted), asked)
    return found.map(lambda row: _recipient(row, keyring))


async def chunks(db: Database, campaign_id: int, wanted: Wanted, *, keyring: Keyring) -> AsyncGenerator[Part, None]:
    """All of them, chunk by chunk, each a transaction of its own: memory stays flat, and nobody waits. Raises NotFound.

    Who moves meanwhile is shown as it was when their chunk was read; nobody is shown twice or left out.
    """
    found = await _chunk(db, campaign_id, wanted, keyring=keyring, asked=PageRequest(CHUNK))
    yield found.items
    while found.next is not None:
        found = await _chunk(db, campaign_id, wanted, keyring=keyring, asked=PageRequest(CHUNK, found.next))
        yield found.items


async def begun(parts: AsyncIterator[Part]) -> AsyncIterator[Part]:
    """The same chunks, the first of them read already: what is wrong is raised before an answer begins."""
    first = await anext(parts)

    async def all_of_them() -> AsyncIterator[Part]:
        yield first
        async for part in parts:
            yield part

    return all_of_them()


async def as_csv(parts: AsyncIterator[Part]) -> AsyncIterator[str]:
    """The same as a spreadsheet opens it: a mark of UTF-8, semicolons, names first, times with their zone."""
    names = [*Recipient.model_fields, *Recipient.model_computed_fields]
    yield spreadsheet.MARK + spreadsheet.lines([names])
    async for part in parts:
        yield spreadsheet.lines([[_cell(getattr(each, name)) for name in names] for each in part])


async def _chunk(
    db: Database, campaign_id: int, wanted: Wanted, *, keyring: Keyring, asked: PageRequest
) -> PageRows[Recipient]:
    """Read to its end even if its reader leaves meanwhile: the connection goes back to the others in good order."""
    with anyio.CancelScope(shield=True):
        async with db.transaction() as session:
            found = await page(session, campaign_id, wanted, keyring=keyring, asked=asked)
    return found


def _query(campaign_id: int, wanted: Wanted) -> Any:
    filters = {Delivery.state: wanted.state, Delivery.reason: wanted.reason, Delivery.channel: wanted.channel}
    return (
        select(
            Delivery.resident_id.label("resident"), Address.sealed, Delivery.channel, Delivery.road, Body.language,
            Delivery.province, Delivery.state, Delivery.reason, Delivery.parts, Delivery.attempts,
            Delivery.created_at, Delivery.settled_at,
        )
        .join(Address, Address.id == Delivery.address_id)
        .join(Body, Body.id == Delivery.body_id)
        .where(Delivery.campaign_id == campaign_id)
        .where(*(column == value for column, value in filters.items() if value is not None))
    )  # fmt: skip


def _recipient(row: Any, keyring: Keyring) -> Recipient:
    return Recipient(
        resident=row.resident,
        address=_shown(row.sealed, keyring),
        channel=row.channel,
        road=row.road,
        language=row.language,
        province=row.province,
        state=row.state,
        reason=row.reason,
        parts=row.parts,
        attempts=row.attempts,
        queued_at=row.created_at,
        settled_at=row.settled_at,
    )


def _shown(sealed: bytes, keyring: Keyring) -> str:
    try:
        return phones.masked(open_address(keyring, sealed))
    except Invalid:  # its key is gone: who it was is lost, what became of the message is not
        return phones.masked("")


def _cell(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    return "" if value is None else str(value)
