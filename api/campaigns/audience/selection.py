"""Who of an audience gets a campaign, on which channel, and why the others do not: one classified selection in SQL."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, func, literal, or_, select

from api.campaigns.audience import digest, topics
from api.campaigns.audience.digest import WEEK
from api.campaigns.audience.quotas import in_waves, turn, within_quotas
from api.campaigns.models import Campaign
from api.consultations.models import Participation, ParticipationState
from api.outbox import states
from api.outbox.models import Delivery
from api.outbox.states import LOST
from api.residents import service as residents
from api.residents.models import Address, Resident

INVITE, REMIND, INFORM, MEETING, RESULT = "invite", "remind", "inform", "meeting", "result"
CHANNELS = ("telegram", "sms")  # the free one first; nobody gets a campaign on both
NO_CONSENT, STOPPED, UNREACHABLE = "no consent", "stopped", "unreachable"
ALREADY, ANSWERED, REMINDED, CAPPED = "already has it", "already asked or answered", "already reminded", "weekly cap"


def classified(campaign: Campaign, *, now: datetime, weekly: int) -> Subquery:
    """Every resident of the audience: channel, address, language, script, province, wave, and why they are left out.

    `weekly` is the most campaign messages a resident gets in seven days; urgent campaigns do not count. The column
    `wait` is in days (`digest.py`).
    """
    people = _people(campaign, now=now, weekly=weekly)
    if campaign.quotas:
        people = within_quotas(people, campaign.quotas, already=ALREADY)
    return in_waves(people, campaign.waves) if campaign.waves else people


def _people(campaign: Campaign, *, now: datetime, weekly: int) -> Subquery:
    reached = _addresses()
    channel = case(
        (reached.c.telegram.is_not(None), literal(CHANNELS[0])), (reached.c.sms.is_not(None), literal("sms"))
    )
    address = func.coalesce(reached.c.telegram, reached.c.sms)
    left_out = _left_out(campaign, now=now, weekly=weekly)
    news = digest.newest(now=now).subquery("news")
    wait = digest.wait(news.c.due_at, now=now) if digest.applies(campaign) else literal(0)
    found = (
        select(
            Resident.id.label("resident_id"),
            channel.label("channel"),
            address.label("address_id"),
            _prefix(address).label("prefix"),
            func.coalesce(Resident.language, "ar").label("language"),
            case((Resident.language == "zgh", Resident.latin), else_=False).label("latin"),
            func.coalesce(Resident.province, "").label("province"),
            turn(campaign).label("turn"),
            literal(0).label("wave"),
            wait.label("wait"),
            _excluded(address, left_out, wait).label("excluded"),
            topics.variant(campaign).label("variant"),
        )
        .select_from(Resident)
        .outerjoin(reached, reached.c.resident_id == Resident.id)
        .where(_meant(campaign))
    )
    for rows in (*(rows for rows, _ in left_out), *([news] if digest.applies(campaign) else ())):
        found = found.outerjoin(rows, rows.c.resident_id == Resident.id)
    # Planned by itself: PostgreSQL takes being left out for the rule, nests its loops for the few others, and runs for
    # minutes. Nested, as Python's sqlite3 counts the rows of an INSERT only where that is the first word.
    return select(found.cte("planned", nesting=True).prefix_with("MATERIALIZED")).subquery("people")


def _meant(campaign: Campaign) -> ColumnElement[bool]:
    """The audience; of a campaign that resends another, those whom that one failed to reach."""
    meant = topics.meant(campaign)
    if campaign.resends is None:
        return meant
    missed = select(Delivery.resident_id).where(
        Delivery.campaign_id == campaign.resends, Delivery.state.in_((states.FAILED, states.EXPIRED))
    )
    return and_(meant, Resident.id.in_(missed))


def _prefix(address: ColumnElement[Any]) -> ColumnElement[str | None]:
    """Of the address that is chosen, what roads and prices depend on."""
    return select(Address.prefix).where(Address.id == address).scalar_subquery()


def _addresses() -> Subquery:
    """The newest address of each channel, by resident."""
    newest = {name: func.max(case((Address.channel == name, Address.id))).label(name) for name in CHANNELS}
    found: Any = select(Address.resident_id, *newest.values()).where(Address.state == "active")
    reached: Subquery = found.group_by(Address.resident_id).subquery("reached")
    return reached


def _excluded(
    address: ColumnElement[Any], left_out: list[tuple[Subquery, str]], wait: ColumnElement[int]
) -> ColumnElement[str | None]:
    """The first reason that holds; NULL for those who get it."""
    reasons: list[tuple[ColumnElement[bool], str]] = [
        (Resident.state == residents.STOPPED, STOPPED),
        (or_(Resident.state != residents.ACTIVE, Resident.language.is_(None)), NO_CONSENT),
        (address.is_(None), UNREACHABLE),
        *((rows.c.resident_id.is_not(None), name) for rows, name in left_out),
        (wait > digest.LONGEST, CAPPED),
    ]
    return case(*((held, literal(name)) for held, name in reasons))


def _left_out(campaign: Campaign, *, now: datetime, weekly: int) -> list[tuple[Subquery, str]]:
    """Who does not get it for what happened before, each resident once in each set: they are joined, not looked up."""
    found = [(_has(campaign), ALREADY)]
    if campaign.purpose == INVITE:
        # An invitation that failed left them asked, and they never knew.
        answered = (ParticipationState.BEGUN, ParticipationState.FINISHED) if campaign.resends is not None else ()
        found.append((_took_part(campaign, *answered), ANSWERED))
    elif campaign.purpose == REMIND:
        found += [(_took_part(campaign, ParticipationState.FINISHED), ANSWERED), (_reminded(campaign), REMINDED)]
    if not campaign.urgent:
        found.append((_had_enough(now, weekly), CAPPED))
    return [(rows.subquery(), name) for rows, name in found]


def _has(campaign: Campaign) -> Select[Any]:
    """It, or what it resends, or another resending of the same."""
    held = Delivery.campaign_id == campaign.id
    if campaign.origin is not None:
        same = select(Campaign.id).where(or_(Campaign.id == campaign.origin, Campaign.origin == campaign.origin))
        held = or_(held, and_(Delivery.campaign_id.in_(same), Delivery.state.not_in(LOST)))
    return select(Delivery.resident_id).where(held).group_by(Delivery.resident_id)


def _took_part(campaign: Campaign, *far: str) -> Select[Any]:
    found = select(Participation.resident_id).where(Participation.consultation_id == campaign.consultation_id)
    return found.where(Participation.state.in_(far)) if far else found


def _reminded(campaign: Campaign) -> Select[Any]:
    """One reminder of a consultation is enough, whatever campaign it is in."""
    reminders = select(Campaign.id).where(
        Campaign.purpose == REMIND, Campaign.consultation_id == campaign.consultation_id
    )
    held = and_(Delivery.campaign_id.in_(reminders), Delivery.state.not_in(LOST))
    return select(Delivery.resident_id).where(held).group_by(Delivery.resident_id)


def _had_enough(now: datetime, weekly: int) -> Select[Any]:
    """So many campaign messages went, or will go, to them within seven days."""
    counted = and_(Delivery.campaign_id.is_not(None), Delivery.created_at >= now - WEEK, Delivery.state.not_in(LOST))
    return select(Delivery.resident_id).where(counted).group_by(Delivery.resident_id).having(func.count() >= weekly)
