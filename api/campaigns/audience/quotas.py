"""Quotas and waves: how many people of a province get a campaign, and which people get it first.

The order is fair and repeatable, and is computed in SQL.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Subquery, and_, case, func, literal, or_, select

from api.campaigns.models import Campaign
from api.db import Moment
from api.residents.models import Resident

QUOTA = "quota"

_GOLDEN = 2_654_435_761  # 2^32 divided by the golden ratio (Knuth, TAOCP 6.4): neighbouring ids get distant places
_CIRCLE = 2**32


class WaveShare(NamedTuple):
    """A wave of a campaign: its share of the recipients in percent, and its delay after the launch."""

    share: int
    after_minutes: int


def turn(campaign: Campaign) -> ColumnElement[int]:
    """Return the SQL expression for a resident's place in the order in which a campaign reaches people.

    The order differs in the next campaign, so that nobody is always first.
    """
    # two ids below 2^32 never share a place; the product fits into 63 bits for ids below 3.4 billion
    return (Resident.id + campaign.id) * _GOLDEN % _CIRCLE


def within_quotas(people: Subquery, quotas: Mapping[str, int], *, already: str) -> Subquery:
    """Exclude people beyond the quota of their province, with the reason "quota".

    People who already have the campaign count towards the quota. They are excluded with the reason `already`.
    """
    counted = or_(people.c.excluded.is_(None), people.c.excluded == already)
    place = func.row_number().over(
        partition_by=(people.c.province, counted), order_by=(people.c.excluded.is_(None), people.c.turn)
    )
    ranked = select(*people.c, place.label("place")).subquery("ranked")
    most = case(dict(quotas), value=ranked.c.province)  # NULL if a province has no quota: nothing exceeds it
    beyond = and_(ranked.c.excluded.is_(None), ranked.c.place > most)
    excluded = case((beyond, literal(QUOTA)), else_=ranked.c.excluded).label("excluded")
    kept = [column for column in ranked.c if column.name not in ("excluded", "place")]
    return select(*kept, excluded).subquery("within_quotas")


def due_at(campaign: Campaign, wave: ColumnElement[int], *, now: datetime) -> ColumnElement[datetime]:
    """Return the SQL expression for when a wave's messages are due if the campaign is launched now."""
    moments = enumerate(now + timedelta(minutes=each.after_minutes) for each in waves_of(campaign))
    return case(*((wave == number, literal(moment, Moment())) for number, moment in moments))


def waves_of(campaign: Campaign) -> Sequence[WaveShare]:
    """Return the campaign's waves. If none are set, return one wave with everybody."""
    return [WaveShare(**wave) for wave in campaign.waves] if campaign.waves else [WaveShare(100, 0)]


def in_waves(people: Subquery, waves: Sequence[WaveShare]) -> Subquery:
    """Add to each person the number of their wave, counted from 0.

    The people on each channel are divided separately. If the division leaves a remainder, early waves are larger.
    """
    same = (people.c.channel, people.c.excluded)
    place: Any = func.row_number().over(partition_by=same, order_by=people.c.turn)
    size: Any = func.count().over(partition_by=same)
    ranked = select(*people.c, place.label("place"), size.label("size")).subquery("ranked")
    until = accumulate(wave.share for wave in waves)
    reached = [((ranked.c.place - 1) * 100 < ranked.c.size * share, number) for number, share in enumerate(until)]
    kept = [column for column in ranked.c if column.name not in ("place", "size", "wave")]
    return select(*kept, case(*reached).label("wave")).subquery("in_waves")
