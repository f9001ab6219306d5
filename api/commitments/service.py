"""Plans and commitments: keeping a plan, and finding those residents and staff ask for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api import audit
from api.clock import MOROCCO
from api.commitments import content
from api.commitments.content import Whole
from api.commitments.models import Commitment, Plan
from api.commitments.schemas import PlanIn, PlanSheet
from api.errors import NotFound
from api.pagination import PageRequest, PageRows, cut

REGIONAL = "regional"


def _placed(each: tuple[Plan, int]) -> tuple[int, int, int]:
    """The order of plans: the Region's before the national ones, the newest first."""
    plan, _ = each
    return int(plan.scope != REGIONAL), -plan.starts_on.toordinal(), plan.id


def today(now: datetime) -> date:
    """The day it is in Morocco: lateness is counted there."""
    return now.astimezone(MOROCCO).date()


async def keep_plan(session: AsyncSession, given: PlanIn, *, who: str, now: datetime) -> bool:
    """Keep a plan, in place of what was known of it, and who did; False where it was known already."""
    found: Plan | None = await session.scalar(select(Plan).where(Plan.code == given.code))
    plan = found or Plan(code=given.code)
    plan.title, plan.starts_on, plan.ends_on = given.title.model_dump(), given.starts_on, given.ends_on
    plan.scope, plan.announced = given.scope, given.announced
    plan.axes = [axis.model_dump() for axis in given.axes]
    plan.sheet = given.model_dump(mode="json", include=set(PlanSheet.model_fields), exclude_none=True)
    session.add(plan)
    await audit.note(session, who=who, act="plan kept", subject=f"plan {given.code}", now=now)
    return found is None


async def plans(session: AsyncSession) -> Sequence[Plan]:
    """All plans: the Region's before the national ones, the newest first."""
    found = await session.scalars(select(Plan).order_by(Plan.scope.desc(), Plan.starts_on.desc()))
    return found.all()


async def counted(session: AsyncSession) -> list[tuple[Plan, int]]:
    """All plans in that order, each with the number of its commitments that are kept here."""
    rows = await session.execute(select(Commitment.plan_id, func.count()).group_by(Commitment.plan_id))
    counts = dict(rows.all())
    return [(each, counts.get(each.id, 0)) for each in await plans(session)]


async def listed(session: AsyncSession, asked: PageRequest) -> PageRows[tuple[Plan, int]]:
    """The same, a page at a time."""
    return cut("plans", await counted(session), asked, key=_placed, kinds=(int, int, int))


async def plan(session: AsyncSession, code: str) -> Plan:
    """The plan of this code. Raises NotFound."""
    found = await session.scalar(select(Plan).where(Plan.code == code)) if "\x00" not in code else None
    if found is None:
        raise NotFound(f"there is no plan {code}")
    return found


async def current(session: AsyncSession) -> Plan | None:
    """The plan residents mean by a number: the Region's newest that has commitments."""
    found: Plan | None = await session.scalar(
        select(Plan)
        .where(Plan.scope == REGIONAL, Plan.id.in_(select(Commitment.plan_id)))
        .order_by(Plan.starts_on.desc(), Plan.id.desc())
        .limit(1)
    )
    return found


async def commitment(session: AsyncSession, code: str, number: int) -> Whole:
    """One commitment, whole. Raises NotFound."""
    found = await content.read(session, await plan(session, code), number=number) if 0 < number < 10**9 else []
    if not found:
        raise NotFound(f"{code} has no commitment {number}")
    return found[0]


async def named(session: AsyncSession, ref: str) -> Whole:
    """The commitment that "plan-code/3" names. Raises NotFound."""
    code, _, number = ref.rpartition("/")
    if not (number.isascii() and number.isdecimal()):
        raise NotFound(f"{ref} names no commitment")
    return await commitment(session, code, int(number))
