"""Choose which people of an audience get a campaign and on which channel, in one SQL query. Say why others do not."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, func, literal, or_, select

from api.campaigns.audience import digest, topics
from api.campaigns.audience.digest import WEEK
from api.campaigns.audience.quotas import in_waves, turn, waves_of, within_quotas
from api.campaigns.models import Campaign
from api.consultations.models import Participation, ParticipationState
from api.outbox.models import Delivery
from api.outbox.states import LOST, DeliveryState
from api.residents import service as residents
from api.residents.models import Address, Resident

INVITE, REMIND, INFORM, MEETING, RESULT = "invite", "remind", "inform", "meeting", "result"
CHANNELS = ("telegram", "sms")  # in order of preference: Telegram is free; nobody gets a campaign on both
NO_CONSENT, STOPPED, UNREACHABLE = "no consent", "stopped", "unreachable"
ALREADY, ANSWERED, REMINDED, CAPPED = (
    "already got this message",
    "already invited or answered",
    "already reminded",
    "weekly limit reached",
)


def classified(campaign: Campaign, *, now: datetime, weekly: int) -> Subquery:
    """Return a query of everybody in the audience: recipients, and others with the reason for their exclusion.

    `weekly` is the most campaign messages that a resident may get in seven days; urgent campaigns ignore it. The column
    `wait` is how many days the message must wait because the resident got another update.
    """
    people = _people(campaign, now=now, weekly=weekly)
    if campaign.quotas:
        people = within_quotas(people, campaign.quotas, already=ALREADY)
    return in_waves(people, waves_of(campaign)) if campaign.waves else people


def _people(campaign: Campaign, *, now: datetime, weekly: int) -> Subquery:
    addresses = _newest_addresses()
    channel = case(
        (addresses.c.telegram.is_not(None), literal(CHANNELS[0])), (addresses.c.sms.is_not(None), literal("sms"))
    )
    address = func.coalesce(addresses.c.telegram, addresses.c.sms)
    exclusions = _exclusions(campaign, now=now, weekly=weekly)
    updates = digest.newest(now=now).subquery("news")
    wait = digest.wait(updates.c.due_at, now=now) if digest.applies(campaign) else literal(0)
    query = (
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
            _excluded(address, exclusions, wait).label("excluded"),
            topics.variant(campaign).label("variant"),
        )
        .select_from(Resident)
        .outerjoin(addresses, addresses.c.resident_id == Resident.id)
        .where(_in_audience(campaign))
    )
    for rows in (*(rows for rows, _ in exclusions), *([updates] if digest.applies(campaign) else ())):
        query = query.outerjoin(rows, rows.c.resident_id == Resident.id)
    # Materialised; otherwise PostgreSQL expects that most people are excluded, and runs nested loops for minutes.
    return select(query.cte("planned", nesting=True).prefix_with("MATERIALIZED")).subquery("people")


def _in_audience(campaign: Campaign) -> ColumnElement[bool]:
    """Return the SQL condition that a `Resident` is in the audience of a campaign or resend."""
    in_audience = topics.meant(campaign)
    if campaign.resends is None:
        return in_audience
    not_reached = select(Delivery.resident_id).where(  # for a resend
        Delivery.campaign_id == campaign.resends, Delivery.state.in_((DeliveryState.FAILED, DeliveryState.EXPIRED))
    )
    return and_(in_audience, Resident.id.in_(not_reached))


def _prefix(address: ColumnElement[Any]) -> ColumnElement[str | None]:
    """Return the first digits of the chosen phone number, which decide its price and road."""
    return select(Address.prefix).where(Address.id == address).scalar_subquery()


def _newest_addresses() -> Subquery:
    """Return each resident's newest active address on each channel."""
    newest = {name: func.max(case((Address.channel == name, Address.id))).label(name) for name in CHANNELS}
    query: Any = select(Address.resident_id, *newest.values()).where(Address.state == "active")
    addresses: Subquery = query.group_by(Address.resident_id).subquery("reached")
    return addresses


def _excluded(
    address: ColumnElement[Any], exclusions: list[tuple[Subquery, str]], wait: ColumnElement[int]
) -> ColumnElement[str | None]:
    """Return the SQL expression for why a person does not get the campaign; NULL if they do."""
    reasons: list[tuple[ColumnElement[bool], str]] = [  # the first that applies counts
        (Resident.state == residents.STOPPED, STOPPED),
        (or_(Resident.state != residents.ACTIVE, Resident.language.is_(None)), NO_CONSENT),
        (address.is_(None), UNREACHABLE),
        *((rows.c.resident_id.is_not(None), name) for rows, name in exclusions),
        (wait > digest.LONGEST, CAPPED),
    ]
    return case(*((applies, literal(name)) for applies, name in reasons))


def _exclusions(campaign: Campaign, *, now: datetime, weekly: int) -> list[tuple[Subquery, str]]:
    """Return queries for people excluded because of earlier messages or answers, each with the reason."""
    exclusions = [(_has(campaign), ALREADY)]
    if campaign.purpose == INVITE:
        # People are marked as asked even if the invitation failed; a resend is for them.
        answered = (ParticipationState.BEGUN, ParticipationState.FINISHED) if campaign.resends is not None else ()
        exclusions.append((_took_part(campaign, *answered), ANSWERED))
    elif campaign.purpose == REMIND:
        exclusions += [(_took_part(campaign, ParticipationState.FINISHED), ANSWERED), (_reminded(campaign), REMINDED)]
    if not campaign.urgent:
        exclusions.append((_had_enough(now, weekly), CAPPED))
    return [(rows.subquery(), name) for rows, name in exclusions]


def _has(campaign: Campaign) -> Select[Any]:
    """Return a query for people who already have this campaign, its original, or another resend."""
    has_delivery = Delivery.campaign_id == campaign.id
    if campaign.origin is not None:
        chain = select(Campaign.id).where(or_(Campaign.id == campaign.origin, Campaign.origin == campaign.origin))
        has_delivery = or_(has_delivery, and_(Delivery.campaign_id.in_(chain), Delivery.state.not_in(LOST)))
    return select(Delivery.resident_id).where(has_delivery).group_by(Delivery.resident_id)


def _took_part(campaign: Campaign, *states: str) -> Select[Any]:
    query = select(Participation.resident_id).where(Participation.consultation_id == campaign.consultation_id)
    return query.where(Participation.state.in_(states)) if states else query


def _reminded(campaign: Campaign) -> Select[Any]:
    """Return a query for people who already got a reminder of this consultation."""
    reminders = select(Campaign.id).where(
        Campaign.purpose == REMIND, Campaign.consultation_id == campaign.consultation_id
    )
    got_reminder = and_(Delivery.campaign_id.in_(reminders), Delivery.state.not_in(LOST))
    return select(Delivery.resident_id).where(got_reminder).group_by(Delivery.resident_id)


def _had_enough(now: datetime, weekly: int) -> Select[Any]:
    """Return a query for people who already got the most campaign messages for one week."""
    counted = and_(Delivery.campaign_id.is_not(None), Delivery.created_at >= now - WEEK, Delivery.state.not_in(LOST))
    return select(Delivery.resident_id).where(counted).group_by(Delivery.resident_id).having(func.count() >= weekly)
