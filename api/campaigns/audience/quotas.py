"""Quotas and waves: how many of a province get a campaign, and who gets it first; fair, repeatable, in SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any

from sqlalchemy import ColumnElement, Subquery, and_, case, func, literal, or_, select

from api.campaigns.models import Campaign
from api.db import Moment
from api.residents.models import Resident

QUOTA = "quota"

_GOLDEN = 2_654_435_761  # 2^32 by the golden ratio (Knuth, The Art of Computer Programming 6.4): neighbours part widely
_CIRCLE = 2**32


def turn(campaign: Campaign) -> ColumnElement[int]:
    """A resident's place in the order of a campaign: always the same there, another in the next one.

    Nobody is first each time. No two residents share a place below 2^32; the product fits 63 bits below 3.4 thousand
    million.
    """
    return (Resident.id + campaign.id) * _GOLDEN % _CIRCLE


def within_quotas(people: Subquery, quotas: Mapping[str, int], *, already: str) -> Subquery:
    """Leave out, with the reason "quota", whoever comes after so many of their province.

    Those who are left out as `already` having it count, so that a launch in several statements keeps the quota.
    """
    counted = or_(people.c.excluded.is_(None), people.c.excluded == already)
    place = func.row_number().over(
        partition_by=(people.c.province, counted), order_by=(people.c.excluded.is_(None), people.c.turn)
    )
    ranked = select(*people.c, place.label("place")).subquery("ranked")
    most = case(dict(quotas), value=ranked.c.province)  # NULL where a province has no quota: nothing is beyond that
    beyond = and_(ranked.c.excluded.is_(None), ranked.c.place > most)
    excluded = case((beyond, literal(QUOTA)), else_=ranked.c.excluded).label("excluded")
    kept = [column for column in ranked.c if column.name not in ("excluded", "place")]
    return select(*kept, excluded).subquery("within_quotas")


def due_at(campaign: Campaign, wave: ColumnElement[int], *, now: datetime) -> ColumnElement[datetime]:
    """When a message of each wave is due, launched now."""
    moments = enumerate(now + timedelta(minutes=each["after_minutes"]) for each in waves_of(campaign))
    return case(*((wave == number, literal(moment, Moment())) for number, moment in moments))


def waves_of(campaign: Campaign) -> Sequence[Mapping[str, int]]:
    """Its waves; all at once where none are given."""
    return campaign.waves or ({"share": 100, "after_minutes": 0},)


def in_waves(people: Subquery, waves: Sequence[Mapping[str, int]]) -> Subquery:
    """Say the wave of each, 0 being the first. Each channel is divided by itself; what is left over comes earlier."""
    same = (people.c.channel, people.c.excluded)
    place: Any = func.row_number().over(partition_by=same, order_by=people.c.turn)
    size: Any = func.count().over(partition_by=same)
    ranked = select(*people.c, place.label("place"), size.label("size")).subquery("ranked")
    until = accumulate(wave["share"] for wave in waves)
    reached = [((ranked.c.place - 1) * 100 < ranked.c.size * share, number) for number, share in enumerate(until)]
    kept = [column for column in ranked.c if column.name not in ("place", "size", "wave")]
    return select(*kept, case(*reached).label("wave")).subquery("in_waves")
