"""Translate the conditions of an audience into SQL."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, not_, or_, select, true

from api.campaigns.audience.definition import Audience, follow_ref
from api.clock import MOROCCO
from api.consultations.models import Consultation, Participation, ParticipationState
from api.meetings.models import Meeting, Registration
from api.outbox.models import Delivery
from api.outbox.states import DeliveryState
from api.residents.models import Address, Follow, Resident


def condition(audience: Audience) -> ColumnElement[bool]:
    """Return the SQL condition that a `Resident` belongs to an audience."""
    if audience.condition is None:
        return true()
    return _CONDITIONS[audience.condition.name](audience.condition.value)


def _reachable_on(channels: list[str]) -> ColumnElement[bool]:
    return exists(
        select(Address.id).where(
            Address.resident_id == Resident.id, Address.state == "active", Address.channel.in_(channels)
        )
    )


def _follows(references: list[str]) -> ColumnElement[bool]:
    each = (and_(Follow.kind == each.kind, Follow.ref == each.ref) for each in map(follow_ref, references))
    return exists(select(Follow.resident_id).where(Follow.resident_id == Resident.id, or_(*each)))


def _took_part(code: str, state: str) -> ColumnElement[bool]:
    # Ballots are not read: the database knows whether a resident took part, but not what they answered.
    return exists(
        select(Participation.resident_id)
        .join(Consultation, Consultation.id == Participation.consultation_id)
        .where(Participation.resident_id == Resident.id, Consultation.code == code, Participation.state == state)
    )


def _registered(code: str) -> ColumnElement[bool]:
    return exists(
        select(Registration.resident_id)
        .join(Meeting, Meeting.id == Registration.meeting_id)
        .where(Registration.resident_id == Resident.id, Meeting.code == code)
    )


def _contacted(since: date) -> ColumnElement[bool]:
    return exists(
        select(Delivery.id).where(
            Delivery.resident_id == Resident.id,
            Delivery.campaign_id.is_not(None),
            Delivery.state.in_((DeliveryState.SENT, DeliveryState.DELIVERED)),
            Delivery.settled_at >= _midnight(since),
        )
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), MOROCCO)


_CONDITIONS: Mapping[str, Callable[[Any], ColumnElement[bool]]] = {
    "all_of": lambda each: and_(*map(condition, each)),
    "any_of": lambda each: or_(*map(condition, each)),
    "not_": lambda other: not_(condition(other)),
    "province": lambda codes: func.coalesce(Resident.province, "").in_(codes),
    "commune": lambda codes: func.coalesce(Resident.commune, "").in_(codes),
    "language": lambda codes: Resident.language.in_(codes),
    "channel": _reachable_on,
    "joined_since": lambda day: Resident.joined_at >= _midnight(day),
    "source": lambda keywords: func.coalesce(Resident.source, "").in_(keywords),
    "follows": _follows,
    "answered": lambda code: _took_part(code, ParticipationState.FINISHED),
    "begun": lambda code: _took_part(code, ParticipationState.BEGUN),
    "asked": lambda code: _took_part(code, ParticipationState.ASKED),
    "registered": _registered,
    "not_contacted_since": lambda day: not_(_contacted(day)),
}
