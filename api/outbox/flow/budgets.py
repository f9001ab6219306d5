"""Purses: money set aside for a campaign or a day, in millionths; what they cannot pay for is not sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from itertools import accumulate

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.clock import MOROCCO
from api.db import insert
from api.outbox.models import Purse


def of_campaign(campaign_id: int) -> str:
    """The name of a campaign's purse."""
    return f"campaign:{campaign_id}"


def of_day(now: datetime) -> str:
    """The name of the purse of today, in Morocco, for all campaigns together."""
    return f"day:{now.astimezone(MOROCCO):%Y-%m-%d}"


def tomorrow(now: datetime) -> datetime:
    """When the purse of the next day takes over."""
    return datetime.combine(now.astimezone(MOROCCO).date() + timedelta(days=1), time(), MOROCCO)


async def fill(session: AsyncSession, name: str, *, ceiling: int | None) -> None:
    """Set what a purse may spend in all (None: it only counts); make it where it is missing."""
    made = insert(session)(Purse).values(name=name, ceiling=ceiling, spent=0, empty=False)
    news = {"ceiling": made.excluded.ceiling, "empty": False}
    await session.execute(made.on_conflict_do_update(index_elements=("name",), set_=news))


async def ensure(session: AsyncSession, name: str, *, ceiling: int) -> None:
    """Make a purse where it is missing; one that is there keeps what it says, unless its ceiling was changed."""
    made = insert(session)(Purse).values(name=name, ceiling=ceiling, spent=0, empty=False)
    news = {"ceiling": made.excluded.ceiling, "empty": False}
    changed = Purse.ceiling.is_distinct_from(made.excluded.ceiling)
    await session.execute(made.on_conflict_do_update(index_elements=("name",), set_=news, where=changed))


async def pay(session: AsyncSession, name: str, costs: Sequence[int]) -> int:
    """Pay for messages in their order; returns for how many there was money. The rest must not be sent."""
    found = await session.scalar(select(Purse).where(Purse.name == name).with_for_update())
    if found is None:
        return len(costs)
    count = affordable(costs, None if found.ceiling is None else found.ceiling - found.spent)
    found.spent += sum(costs[:count])
    found.empty = found.empty or count < len(costs)
    await session.flush()
    return count


async def correct(session: AsyncSession, differences: Mapping[str, int]) -> None:
    """Give back what was not spent after all, or take what was spent beyond.

    Purses are taken by their names' order, here and where a claim pays: so no two transactions wait for each other.
    """
    for name, difference in sorted(differences.items()):
        if difference:
            await session.execute(update(Purse).where(Purse.name == name).values(spent=Purse.spent + difference))


async def look(session: AsyncSession, name: str) -> Purse | None:
    """A purse as it stands; None if nothing was ever paid from it."""
    return await session.get(Purse, name)


async def is_empty(session: AsyncSession, name: str, *, ceiling: int | None = None) -> bool:
    """Whether a message had to wait for money; where a ceiling is given, under this one and no other."""
    held = () if ceiling is None else (Purse.ceiling == ceiling,)
    return bool(await session.scalar(select(Purse.empty).where(Purse.name == name, *held)))


async def spent(session: AsyncSession, name: str) -> int:
    """What was spent so far."""
    return await session.scalar(select(Purse.spent).where(Purse.name == name)) or 0


def affordable(costs: Sequence[int], left: int | None) -> int:
    """For how many messages, in their order, the money suffices."""
    if left is None:
        return len(costs)
    return sum(total <= left for total in accumulate(costs))
