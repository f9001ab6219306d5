"""Spending limits of a campaign or a day, in millionths. A message that would exceed its budget is not sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from itertools import accumulate

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.clock import MOROCCO
from api.db import insert
from api.outbox.models import Budget


def of_campaign(campaign_id: int) -> str:
    """Return the name of a campaign's budget."""
    return f"campaign:{campaign_id}"


def of_day(now: datetime) -> str:
    """Return the name of the budget for today's date in Morocco. All campaigns share this budget."""
    return f"day:{now.astimezone(MOROCCO):%Y-%m-%d}"


def tomorrow(now: datetime) -> datetime:
    """Return when the next day's budget begins, which is midnight in Morocco."""
    return datetime.combine(now.astimezone(MOROCCO).date() + timedelta(days=1), time(), MOROCCO)


async def set_ceiling(session: AsyncSession, name: str, *, ceiling: int | None) -> None:
    """Set a budget's limit, creating the budget if needed. None means no limit, but spending is still counted."""
    statement = insert(session)(Budget).values(name=name, ceiling=ceiling, spent=0, empty=False)
    values = {"ceiling": statement.excluded.ceiling, "empty": False}
    await session.execute(statement.on_conflict_do_update(index_elements=("name",), set_=values))


async def ensure(session: AsyncSession, name: str, *, ceiling: int) -> None:
    """Create a budget with this limit, or change its limit. Nothing is written if the limit is the same."""
    statement = insert(session)(Budget).values(name=name, ceiling=ceiling, spent=0, empty=False)
    values = {"ceiling": statement.excluded.ceiling, "empty": False}
    changed = Budget.ceiling.is_distinct_from(statement.excluded.ceiling)
    await session.execute(statement.on_conflict_do_update(index_elements=("name",), set_=values, where=changed))


async def pay(session: AsyncSession, name: str, costs: Sequence[int]) -> int:
    """Pay for messages from a budget, in order, while money is left; return how many could be paid for.

    The remaining messages must not be sent.
    """
    budget = await session.scalar(select(Budget).where(Budget.name == name).with_for_update())
    if budget is None:
        return len(costs)
    count = affordable(costs, None if budget.ceiling is None else budget.ceiling - budget.spent)
    budget.spent += sum(costs[:count])
    budget.empty = budget.empty or count < len(costs)
    await session.flush()
    return count


async def correct(session: AsyncSession, differences: Mapping[str, int]) -> None:
    """Add a difference to the amount spent from each of these budgets. A negative difference is a refund."""
    # in order of names, as when deliveries are claimed, so that transactions do not deadlock
    for name, difference in sorted(differences.items()):
        if difference:
            await session.execute(update(Budget).where(Budget.name == name).values(spent=Budget.spent + difference))


async def get(session: AsyncSession, name: str) -> Budget | None:
    """Return a budget; None if it does not exist."""
    return await session.get(Budget, name)


async def is_empty(session: AsyncSession, name: str, *, ceiling: int | None = None) -> bool:
    """Whether a budget had no money left for a message that was due.

    If `ceiling` is given and is no longer the limit, the result is False.
    """
    same_ceiling = () if ceiling is None else (Budget.ceiling == ceiling,)
    return bool(await session.scalar(select(Budget.empty).where(Budget.name == name, *same_ceiling)))


async def spent(session: AsyncSession, name: str) -> int:
    """Return the amount spent so far from a budget."""
    return await session.scalar(select(Budget.spent).where(Budget.name == name)) or 0


def affordable(costs: Sequence[int], left: int | None) -> int:
    """Return how many messages, in this order, the money left can pay for. If `left` is None, it pays for all."""
    if left is None:
        return len(costs)
    return sum(total <= left for total in accumulate(costs))
