"""Show a resident's complete phone number or chat to staff. The reason is recorded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api import audit, reasons
from api.actors import Action
from api.audit import service as record
from api.audit.models import Act
from api.audit.service import Filters
from api.errors import Invalid, NotFound
from api.pagination import PageRequest, PageRows
from api.residents.models import Address, Resident
from api.residents.service import open_address
from api.security import rights
from api.security.crypto import Keyring

SHOWN_FOR = timedelta(minutes=5)
LEAST, MOST = 5, reasons.LONGEST  # characters of a reason
ACT = "unmask"


@dataclass(frozen=True, slots=True)
class Unmasked:
    """An unmasked number. It may be shown until a given time and is not stored."""

    resident: int
    channel: str
    address: str
    until: datetime


async def unmask(
    session: AsyncSession, number: int, *, channel: str, reason: str, action: Action, keyring: Keyring
) -> Unmasked:
    """Return the complete address of a resident on a channel, and record who saw it and why.

    Raises NotFound if there is no such address, and Forbidden for a resident of another province. Raises Invalid if the
    reason is missing or contains a number, because the record must not contain numbers.
    """
    why = checked_reason(reason)
    resident = await session.get(Resident, number)
    if resident is None:
        raise NotFound(f"there is no resident {number}")
    rights.within(resident.province)
    query = select(Address).where(Address.resident_id == number, Address.channel == channel).order_by(Address.id.desc())
    addresses = [each for each in await session.scalars(query) if each.sealed]
    if not addresses:
        raise NotFound(f"resident {number} has no address on {channel}")
    subject = f"resident {number}"
    await audit.note(session, who=action.actor, act=ACT, subject=subject, about=channel, reason=why, now=action.at)
    return Unmasked(number, channel, open_address(keyring, addresses[0].sealed), action.at + SHOWN_FOR)


def checked_reason(reason: str) -> str:
    """Return a reason without spaces at its ends. Raises Invalid if it is too short, too long, or contains a number."""
    why = reason.strip()
    if not LEAST <= len(why) <= MOST:
        raise Invalid(f"the reason must have {LEAST} to {MOST} characters", field="reason")
    if reasons.has_number(why):
        raise Invalid("the reason must not contain the number, because the record keeps the reason", field="reason")
    return why


async def listed(session: AsyncSession, page: PageRequest) -> PageRows[Act]:
    """List who saw which resident's number and why, the newest first."""
    return await record.listed(session, page, Filters(act=ACT))
