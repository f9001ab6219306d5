"""Format plans, commitments and late milestones as table rows."""

from __future__ import annotations

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from api.clock import now
from api.commitments import content, ground_checks, rules, service, status
from api.commitments.models import Plan
from api.commitments.view_schemas import LateOut
from api.pagination import PageRequest, PageRows
from api.text.formats import short_day


def plan(plan: Plan, count: int) -> tuple[str, ...]:
    """Return a plan as a row, with its number of commitments and its axes (its main parts)."""
    axes = ", ".join(f"{axis['title']['fr']} ({axis['commitments'] or '?'})" for axis in plan.axes)
    days = (short_day(plan.starts_on), short_day(plan.ends_on))
    return (plan.code, plan.title["fr"], plan.scope, *days, f"{count}/{plan.announced or '?'}", axes)


def late(milestone: LateOut) -> tuple[str, ...]:
    """Return a late milestone as a row."""
    numbers = (str(milestone.commitment), str(milestone.milestone))
    return (*numbers, milestone.title["fr"], short_day(milestone.due_on), str(milestone.days_late))


async def commitments(session: AsyncSession, code: str, asked: PageRequest) -> PageRows[tuple[str, ...]]:
    """Return a page of a plan's commitments with their states, as rows. Raises NotFound."""
    page = await status.records(session, code, asked)
    checks = await ground_checks.results(session, [step for each in page.items for step in each.milestones])
    return page.map(lambda each: _row(each, checks, service.today(now())))


def _row(each: content.CommitmentRecord, checks: list[ground_checks.GroundResult], today: date) -> tuple[str, ...]:
    step = each.upcoming()
    upcoming = ""
    if step is not None:
        expected = f", {short_day(step.due_on)}" if step.due_on else ""
        days = each.days_late(step, today)
        upcoming = f"{step.title['fr']}{expected}" + (f", {days} days late" if days else "")
    latest = [each.latest(source) for source in (rules.SELF_ASSESSED, rules.MONITORING)]
    ids = {milestone.id for milestone in each.milestones}
    ground = ", ".join(_ground(check) for check in checks if check.milestone_id in ids)
    others = [f"{one.status} ({short_day(one.on)})" if one else "" for one in latest]
    return (str(each.commitment.number), each.label["fr"], each.state(today), *others, upcoming, ground)


def _ground(check: ground_checks.GroundResult) -> str:
    return f"{check.commune}: few answers" if check.yes is None else f"{check.commune}: {check.yes} yes, {check.no} no"
