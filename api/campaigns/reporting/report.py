"""Report what became of a campaign's messages. This reads counters, so it is equally fast for any campaign."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.campaigns import service
from api.campaigns.reporting.schemas import Arrivals, Report
from api.outbox.flow import budgets
from api.outbox.models import Body, Delivery, MinuteCount, StateCount
from api.outbox.states import DeliveryState
from api.region import places
from api.routing.prices import Prices, money

_POINTS = 60  # the most spans of time in a report
_STEPS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 1440, 10080))

Counts = dict[str, dict[str, int]]


class Row(NamedTuple):
    """The number of deliveries (`people`) with the same channel, language, province, state and reason."""

    channel: str
    language: str
    province: str
    state: DeliveryState
    reason: str
    people: int


async def report(session: AsyncSession, campaign_id: int, *, prices: Prices) -> Report:
    """Return the current report on a campaign. Raises NotFound."""
    campaign = await service.get(session, campaign_id)
    rows = await _counts(session, campaign_id)
    reasons = _summed((row.reason, row.people) for row in rows if row.reason)
    by_state = _summed((row.state, row.people) for row in rows)
    return Report(
        id=campaign.id,
        name=campaign.name,
        state=campaign.state,
        total=sum(by_state.values()),
        states=by_state,
        reasons=reasons | await _unsure(session, campaign_id),
        by={
            "channel": _grouped((row.channel, row) for row in rows),
            "language": _grouped((row.language, row) for row in rows),
            "province": _grouped((_named(row.province), row) for row in rows),
        },
        arrivals=await _arrivals(session, campaign_id),
        spent=money(await budgets.spent(session, budgets.of_campaign(campaign_id))),
        budget=None if campaign.budget is None else money(campaign.budget),
        currency=prices.currency,
    )


async def _counts(session: AsyncSession, campaign_id: int) -> list[Row]:
    groups = (Body.channel, Body.language, StateCount.province, StateCount.state, StateCount.reason)
    rows = await session.execute(
        select(*groups, func.sum(StateCount.count))
        .join(Body, Body.id == StateCount.body_id)
        .where(StateCount.campaign_id == campaign_id)
        .group_by(*groups)
        .having(func.sum(StateCount.count) != 0)
        .order_by(*groups)
    )
    return [Row(*row[:5], int(row[5])) for row in rows]


async def _unsure(session: AsyncSession, campaign_id: int) -> dict[str, int]:
    """Count the unsure deliveries of a campaign by reason."""
    # the counters lack these reasons; unsure deliveries are few, so reading them is fast
    rows = await session.execute(
        select(Delivery.reason, func.count())
        .where(Delivery.campaign_id == campaign_id, Delivery.state == DeliveryState.UNSURE)
        .group_by(Delivery.reason)
    )
    return {f"unsure: {reason or ''}": count for reason, count in rows}


async def _arrivals(session: AsyncSession, campaign_id: int) -> list[Arrivals]:
    """Return how many messages reached each state over time, in at most 60 spans of equal length."""
    rows = (
        await session.execute(
            select(MinuteCount.minute, MinuteCount.state, func.sum(MinuteCount.count))
            .where(MinuteCount.campaign_id == campaign_id)
            .group_by(MinuteCount.minute, MinuteCount.state)
            .order_by(MinuteCount.minute)
        )
    ).all()
    return _spans([(minute, state, int(count)) for minute, state, count in rows])


def _spans(rows: Sequence[tuple[datetime, str, int]]) -> list[Arrivals]:
    """Join counts of single minutes, sorted by time, into at most 60 spans of equal length."""
    if not rows:
        return []
    step = _step(rows[0][0], rows[-1][0])
    spans: dict[datetime, Counter[str]] = {}
    for minute, state, count in rows:
        spans.setdefault(_floor(minute, step), Counter())[state] += count
    minutes = step // timedelta(minutes=1)
    return [Arrivals(begins=begins, minutes=minutes, states=dict(counts)) for begins, counts in spans.items()]


def _step(first: datetime, last: datetime) -> timedelta:
    fits = (step for step in _STEPS if _floor(last, step) - _floor(first, step) < _POINTS * step)
    return next(fits, _STEPS[-1])


def _floor(moment: datetime, step: timedelta) -> datetime:
    return moment - timedelta(seconds=moment.timestamp() % step.total_seconds())


def _summed(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    totals: Counter[str] = Counter()
    for name, count in pairs:
        totals[name] += count
    return dict(totals.most_common())


def _grouped(rows: Iterable[tuple[str, Row]]) -> Counts:
    groups: dict[str, Counter[str]] = {}
    for name, row in rows:
        groups.setdefault(name, Counter())[row.state] += row.people
    return {name: dict(counts) for name, counts in groups.items()}


def _named(key: str) -> str:
    return places.label(key)
