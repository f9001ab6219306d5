"""What became of a campaign's messages: by state, reason, channel, language and province."""

from __future__ import annotations

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api import places
from api.campaigns import service
from api.campaigns.schemas import Report
from api.outbox.models import Delivery
from api.residents.models import Resident


async def report(session: AsyncSession, campaign_id: int) -> Report:
    """The counts of a campaign as they stand. Raises NotFound."""
    campaign = await service.get(session, campaign_id)
    groups: dict[str, ColumnElement[str]] = {
        "channel": Delivery.channel.expression,
        "language": func.coalesce(Resident.language, ""),
        "province": func.coalesce(Resident.province, ""),
    }
    by = {name: await _states_by(session, campaign_id, column) for name, column in groups.items()}
    states: dict[str, int] = {}
    for counts in by["channel"].values():
        for state, count in counts.items():
            states[state] = states.get(state, 0) + count
    return Report(
        id=campaign.id,
        name=campaign.name,
        state=campaign.state,
        total=sum(states.values()),
        states=states,
        reasons=await _reasons(session, campaign_id),
        by=by,
    )


async def _states_by(session: AsyncSession, campaign_id: int, column: ColumnElement[str]) -> dict[str, dict[str, int]]:
    rows = await session.execute(
        select(column, Delivery.state, func.count())
        .join(Resident, Resident.id == Delivery.resident_id)
        .where(Delivery.campaign_id == campaign_id)
        .group_by(column, Delivery.state)
        .order_by(column)
    )
    found: dict[str, dict[str, int]] = {}
    for name, state, count in rows:
        found.setdefault(_named(name), {})[state] = count
    return found


async def _reasons(session: AsyncSession, campaign_id: int) -> dict[str, int]:
    rows = await session.execute(
        select(Delivery.reason, func.count())
        .where(Delivery.campaign_id == campaign_id, Delivery.reason.is_not(None))
        .group_by(Delivery.reason)
        .order_by(func.count().desc())
    )
    return {reason or "": count for reason, count in rows}


def _named(key: str) -> str:
    place = places.province(key)
    return place.fr if place is not None else key or "—"
