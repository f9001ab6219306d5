"""Plans and commitments: keeping them once, reading them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.commitments.models import Commitment, Plan

CONFIRMED = ["ar"]  # the Council published Arabic titles only


async def keep_plan(
    session: AsyncSession,
    *,
    code: str,
    title: Mapping[str, str],
    starts_on: date,
    ends_on: date,
    commitments: Sequence[Mapping[str, str]],
) -> bool:
    """Keep a plan with the titles of its commitments, in their order; False where it is known already."""
    if await session.scalar(select(Plan.id).where(Plan.code == code)) is not None:
        return False
    plan = Plan(code=code, title=dict(title), starts_on=starts_on, ends_on=ends_on)
    session.add(plan)
    await session.flush()
    session.add_all(
        Commitment(plan_id=plan.id, number=number, title=dict(each), confirmed=CONFIRMED)
        for number, each in enumerate(commitments, start=1)
    )
    await session.flush()
    return True


async def commitments_of(session: AsyncSession, plan_code: str) -> Sequence[Commitment]:
    """The commitments of a plan by number."""
    found = await session.scalars(
        select(Commitment)
        .join(Plan, Plan.id == Commitment.plan_id)
        .where(Plan.code == plan_code)
        .order_by(Commitment.number)
    )
    return found.all()
