"""Plans and commitments: save a plan, and find a plan or commitment by its code or number."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api import audit
from api.clock import MOROCCO
from api.commitments import content
from api.commitments.content import CommitmentRecord
from api.commitments.models import Commitment, Plan
from api.commitments.schemas import PlanIn, PlanSheet
from api.errors import NotFound
from api.pagination import PageRequest, PageRows, cut

REGIONAL = "regional"


class PlanCount(NamedTuple):
    """A plan, and how many of its commitments are stored."""

    plan: Plan
    commitments: int


def _sort_key(each: PlanCount) -> tuple[int, int, int]:
    """Return the sort key of a plan: the Region's plans first, the newest first."""
    return int(each.plan.scope != REGIONAL), -each.plan.starts_on.toordinal(), each.plan.id


def today(now: datetime) -> date:
    """Return the date in Morocco at this time. Days of lateness are counted up to it."""
    return now.astimezone(MOROCCO).date()


async def save_plan(session: AsyncSession, data: PlanIn, *, who: str, now: datetime) -> bool:
    """Create a plan, or replace the plan with the same code; return whether it is new. Records who saved it."""
    known: Plan | None = await session.scalar(select(Plan).where(Plan.code == data.code))
    plan = known or Plan(code=data.code)
    plan.title, plan.starts_on, plan.ends_on = data.title.model_dump(), data.starts_on, data.ends_on
    plan.scope, plan.announced = data.scope, data.announced
    plan.axes = [axis.model_dump() for axis in data.axes]
    plan.sheet = data.model_dump(mode="json", include=set(PlanSheet.model_fields), exclude_none=True)
    session.add(plan)
    changed = audit.altered(plan, "title", "starts_on", "ends_on", "scope", "announced", "axes", "sheet")
    await audit.note(session, who=who, act="plan kept", subject=f"plan {data.code}", now=now, **changed)
    return known is None


async def plans(session: AsyncSession) -> Sequence[Plan]:
    """Return all plans: the Region's plans first, then national ones; the newest first in each group."""
    return (await session.scalars(select(Plan).order_by(Plan.scope.desc(), Plan.starts_on.desc()))).all()


async def counted(session: AsyncSession) -> list[PlanCount]:
    """Return all plans with the number of stored commitments of each.

    The Region's plans are first, then national ones; the newest first in each group.
    """
    rows = await session.execute(select(Commitment.plan_id, func.count()).group_by(Commitment.plan_id))
    counts = dict(rows.all())
    return [PlanCount(each, counts.get(each.id, 0)) for each in await plans(session)]


async def listed(session: AsyncSession, asked: PageRequest) -> PageRows[PlanCount]:
    """Return one page of the plans, with the number of stored commitments of each."""
    return cut("plans", await counted(session), asked, key=_sort_key, kinds=(int, int, int))


async def plan(session: AsyncSession, code: str) -> Plan:
    """Return the plan with this code. Raises NotFound."""
    row = await session.scalar(select(Plan).where(Plan.code == code)) if "\x00" not in code else None
    if row is None:
        raise NotFound(f"there is no plan {code}")
    return row


async def current(session: AsyncSession) -> Plan | None:
    """Return the Region's newest plan that has commitments; None if there is none.

    Residents who send a commitment's number mean a commitment of this plan.
    """
    plan: Plan | None = await session.scalar(
        select(Plan)
        .where(Plan.scope == REGIONAL, Plan.id.in_(select(Commitment.plan_id)))
        .order_by(Plan.starts_on.desc(), Plan.id.desc())
        .limit(1)
    )
    return plan


async def commitment(session: AsyncSession, code: str, number: int) -> CommitmentRecord:
    """Return one commitment with its plan, milestones and newest assessments. Raises NotFound."""
    records = await content.read(session, await plan(session, code), number=number) if 0 < number < 10**9 else []
    if not records:
        raise NotFound(f"{code} has no commitment {number}")
    return records[0]


async def named(session: AsyncSession, ref: str) -> CommitmentRecord:
    """Return the commitment with a reference such as "plan-code/3". Raises NotFound."""
    code, _, number = ref.rpartition("/")
    if not (number.isascii() and number.isdecimal()):
        raise NotFound(f"{ref} is not a commitment: write PLAN/NUMBER, such as plan-code/3")
    return await commitment(session, code, int(number))
