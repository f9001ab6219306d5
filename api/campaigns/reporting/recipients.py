"""List the recipients of a campaign, with what became of the message to each. Any number can be listed, in batches."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import anyio
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.campaigns import service
from api.campaigns.reporting.recipient import Recipient
from api.db import Database
from api.errors import Invalid
from api.outbox.models import Body, Delivery
from api.outbox.states import DeliveryState
from api.pagination import Key, Order, PageRequest, PageRows
from api.residents.models import Address
from api.residents.service import open_address
from api.routing import phones
from api.security.crypto import Keyring
from api.text import spreadsheet

BATCH = 1000  # rows in memory at once

Batch = Sequence[Recipient]
_ORDER = Order("recipients", Key(Delivery.resident_id))


@dataclass(frozen=True, slots=True)
class RecipientFilter:
    """The conditions that the listed recipients must meet. None means any value."""

    state: DeliveryState | None = None
    reason: str | None = None
    channel: str | None = None


async def page(
    session: AsyncSession, campaign_id: int, criteria: RecipientFilter, *, keyring: Keyring, page_request: PageRequest
) -> PageRows[Recipient]:
    """Return one page of a campaign's recipients, in order of resident id. Raises NotFound."""
    await service.get(session, campaign_id)
    recipients = await _ORDER.rows(session, _query(campaign_id, criteria), page_request)
    return recipients.map(lambda row: _recipient(row, keyring))


async def batches(
    db: Database, campaign_id: int, criteria: RecipientFilter, *, keyring: Keyring
) -> AsyncGenerator[Batch, None]:
    """Yield all recipients of a campaign in batches, so that memory use stays constant. Raises NotFound.

    Each batch is read in its own transaction and shows the recipients' states at that time. No recipient is listed
    twice or left out.
    """
    current = await _batch(db, campaign_id, criteria, keyring=keyring, page_request=PageRequest(BATCH))
    yield current.items
    while current.next is not None:
        current = await _batch(
            db, campaign_id, criteria, keyring=keyring, page_request=PageRequest(BATCH, current.next)
        )
        yield current.items


async def started(pending: AsyncIterator[Batch]) -> AsyncIterator[Batch]:
    """Read the first batch now; return an iterator over all batches, including the first.

    So an error is raised before the response to a request starts.
    """
    first = await anext(pending)

    async def all_of_them() -> AsyncIterator[Batch]:
        yield first
        async for batch in pending:
            yield batch

    return all_of_them()


async def as_csv(recipients: AsyncIterator[Batch]) -> AsyncIterator[str]:
    """Yield the recipients as CSV for spreadsheets.

    The text has a byte order mark, semicolons between values, column names in the first line, and times with time
    zones.
    """
    names = [*Recipient.model_fields, *Recipient.model_computed_fields]
    yield spreadsheet.MARK + spreadsheet.lines([names])
    async for batch in recipients:
        yield spreadsheet.lines([[_cell(getattr(each, name)) for name in names] for each in batch])


async def _batch(
    db: Database, campaign_id: int, criteria: RecipientFilter, *, keyring: Keyring, page_request: PageRequest
) -> PageRows[Recipient]:
    """Return one batch, even if the client disconnects meanwhile."""
    # an interrupted read would leave a broken connection in the pool
    with anyio.CancelScope(shield=True):
        async with db.transaction() as session:
            recipients = await page(session, campaign_id, criteria, keyring=keyring, page_request=page_request)
    return recipients


def _query(campaign_id: int, criteria: RecipientFilter) -> Any:
    filters = {Delivery.state: criteria.state, Delivery.reason: criteria.reason, Delivery.channel: criteria.channel}
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
        address=_masked(row.sealed, keyring),
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


def _masked(sealed: bytes, keyring: Keyring) -> str:
    try:
        return phones.masked(open_address(keyring, sealed))
    except Invalid:  # the key was destroyed: the number is lost, but the outcome is known
        return phones.masked("")


def _cell(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    return "" if value is None else str(value)
