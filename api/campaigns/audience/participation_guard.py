"""Keep secret who takes part in an open consultation. A campaign to a chosen audience could reveal it."""

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
    """Raise Conflict if a campaign's audience would reveal who takes part in an open consultation."""
    if message := await fault(session, campaign):
        raise Conflict(message)


async def fault(session: AsyncSession, campaign: Campaign) -> str | None:
    """Return why a campaign's audience would reveal who takes part in an open consultation, if it would.

    Demonstrations, which show exact counts live, are not protected. A reminder may depend on who took part in its own
    consultation.
    """
    audiences = [campaign.audience, *(part["audience"] for part in campaign.parts or ())]
    codes = {code for each in audiences for code in _consultations(Audience.model_validate(each or {}))}
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
    return (
        f"who takes part in {code} is secret until {code} closes: before that, only a reminder for {code} "
        "can use it in its audience"
    )


def _consultations(audience: Audience) -> Iterator[str]:
    """Yield the codes of the consultations that are named in the conditions of an audience."""
    yield from (code for code in (audience.answered, audience.begun, audience.asked) if code is not None)
    for each in (*(audience.all_of or ()), *(audience.any_of or ()), *((audience.not_,) if audience.not_ else ())):
        yield from _consultations(each)
