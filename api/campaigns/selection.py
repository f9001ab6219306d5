"""Who of an audience gets a campaign, on which channel, and why the others do not: one classified selection in SQL."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Subquery, case, exists, func, literal, or_, select

from api.campaigns.audience import Audience, condition
from api.campaigns.models import Campaign
from api.consultations.ballots import FINISHED
from api.consultations.models import Participation
from api.outbox import states
from api.outbox.models import Delivery
from api.outbox.replies import CAMPAIGN
from api.residents import service as residents
from api.residents.models import Address, Resident

INVITE, REMIND, INFORM, UPDATE, MEETING, RESULT = "invite", "remind", "inform", "update", "meeting", "result"
PURPOSES = (INVITE, REMIND, INFORM, UPDATE, MEETING, RESULT)
CHANNELS = ("telegram", "sms")  # the free one first; nobody gets a campaign on both

NO_CONSENT, STOPPED, UNREACHABLE = "no consent", "stopped", "unreachable"
ALREADY, ANSWERED, CAPPED = "already has it", "already asked or answered", "weekly cap"
WEEK = timedelta(days=7)


def classified(campaign: Campaign, *, now: datetime, weekly: int) -> Subquery:
    """Every resident of the audience: their channel, address, language, script, province, and why they are left out.

    `weekly` is the most campaign messages a resident gets in seven days; urgent campaigns do not count.
    """
    reached = _addresses()
    channel = case(
        (reached.c.telegram.is_not(None), literal(CHANNELS[0])), (reached.c.sms.is_not(None), literal("sms"))
    )
    address = func.coalesce(reached.c.telegram, reached.c.sms)
    found = (
        select(
            Resident.id.label("resident_id"),
            channel.label("channel"),
            address.label("address_id"),
            func.coalesce(Resident.language, "ar").label("language"),
            case((Resident.language == "zgh", Resident.latin), else_=False).label("latin"),
            func.coalesce(Resident.province, "").label("province"),
            _excluded(campaign, address, now=now, weekly=weekly).label("excluded"),
        )
        .select_from(Resident)
        .outerjoin(reached, reached.c.resident_id == Resident.id)
        .where(condition(Audience.model_validate(campaign.audience)))
    )
    return found.subquery("classified")


def _addresses() -> Subquery:
    """The newest address of each channel, by resident."""
    newest = {name: func.max(case((Address.channel == name, Address.id))).label(name) for name in CHANNELS}
    found: Any = select(Address.resident_id, *newest.values()).where(Address.state == "active")
    reached: Subquery = found.group_by(Address.resident_id).subquery("reached")
    return reached


def _excluded(
    campaign: Campaign, address: ColumnElement[Any], *, now: datetime, weekly: int
) -> ColumnElement[str | None]:
    """The first reason that holds; NULL for those who get it."""
    reasons: list[tuple[ColumnElement[bool], str]] = [
        (Resident.state == residents.STOPPED, STOPPED),
        (or_(Resident.state != residents.ACTIVE, Resident.language.is_(None)), NO_CONSENT),
        (address.is_(None), UNREACHABLE),
        (_has(campaign), ALREADY),
    ]
    if campaign.purpose == INVITE:
        reasons.append((_took_part(campaign), ANSWERED))
    elif campaign.purpose == REMIND:
        reasons.append((_took_part(campaign, FINISHED), ANSWERED))
    if not campaign.urgent:
        reasons.append((_had_enough(now, weekly), CAPPED))
    return case(*((held, literal(name)) for held, name in reasons))


def _has(campaign: Campaign) -> ColumnElement[bool]:
    return exists(select(Delivery.id).where(Delivery.campaign_id == campaign.id, Delivery.resident_id == Resident.id))


def _took_part(campaign: Campaign, state: str | None = None) -> ColumnElement[bool]:
    found = select(Participation.resident_id).where(
        Participation.consultation_id == campaign.consultation_id, Participation.resident_id == Resident.id
    )
    return exists(found if state is None else found.where(Participation.state == state))


def _had_enough(now: datetime, weekly: int) -> ColumnElement[bool]:
    """That so many campaign messages went, or will go, to them within seven days."""
    count = (
        select(func.count())
        .where(
            Delivery.resident_id == Resident.id,
            Delivery.priority == CAMPAIGN,
            Delivery.created_at >= now - WEEK,
            Delivery.state.not_in((states.FAILED, states.EXPIRED, states.CANCELLED)),
        )
        .scalar_subquery()
    )
    return count >= weekly
