"""Whoever takes part in an open consultation is told to nobody: an audience of one person would tell it."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.campaigns.audience.definition import Audience
from api.campaigns.audience.selection import REMIND
from api.campaigns.models import Campaign
from api.consultations.models import Consultation, ConsultationState
from api.errors import Conflict


async def check(session: AsyncSession, campaign: Campaign) -> None:
    """Raises Conflict where `fault` finds one."""
    if found := await fault(session, campaign):
        raise Conflict(found)


async def fault(session: AsyncSession, campaign: Campaign) -> str | None:
    """What is wrong with an audience that says who takes part in a consultation whose counts move in steps, or None.

    A reminder may say it of its own consultation: it is for those who did not come to the end.
    """
    audiences = [campaign.audience, *(part["audience"] for part in campaign.parts or ())]
    codes = {code for each in audiences for code in _named(Audience.model_validate(each or {}))}
    if not codes:
        return None
    hidden = select(Consultation.code).where(
        Consultation.code.in_(codes), Consultation.state == ConsultationState.OPEN, Consultation.smallest_count > 1
    )
    if campaign.purpose == REMIND:
        hidden = hidden.where(Consultation.id != campaign.consultation_id)
    code = await session.scalar(hidden.order_by(Consultation.id).limit(1))
    if code is None:
        return None
    return f"who takes part in {code} is told once it is closed: until then only its reminders may name it"


def _named(audience: Audience) -> Iterator[str]:
    """The consultations that the conditions name."""
    yield from (code for code in (audience.answered, audience.begun, audience.asked) if code is not None)
    for each in (*(audience.all_of or ()), *(audience.any_of or ()), *((audience.not_,) if audience.not_ else ())):
        yield from _named(each)
