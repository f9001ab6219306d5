"""Plans, commitments and late milestones as rows of a table."""

from __future__ import annotations

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from api.clock import now
from api.commitments import content, ground_checks, rules, service, status
from api.commitments.models import Plan
from api.commitments.view_schemas import LateOut
from api.pagination import PageRequest, PageRows
from api.text.formats import short_day


def plan(found: Plan, count: int) -> tuple[str, ...]:
    """A plan, with its axes."""
    axes = ", ".join(f"{axis['title']['fr']} ({axis['commitments'] or '?'})" for axis in found.axes)
    days = (short_day(found.starts_on), short_day(found.ends_on))
    return (found.code, found.title["fr"], found.scope, *days, f"{count}/{found.announced or '?'}", axes)


def late(found: LateOut) -> tuple[str, ...]:
    """A milestone that is late."""
    numbers = (str(found.commitment), str(found.milestone))
    return (*numbers, found.title["fr"], short_day(found.due_on), str(found.days_late))


async def commitments(session: AsyncSession, code: str, asked: PageRequest) -> PageRows[tuple[str, ...]]:
    """A plan's commitments as they stand. Raises NotFound."""
    found = await status.records(session, code, asked)
    seen = await ground_checks.results(session, [step for each in found.items for step in each.milestones])
    return found.map(lambda each: _row(each, seen, service.today(now())))


def _row(each: content.CommitmentRecord, seen: list[ground_checks.GroundResult], today: date) -> tuple[str, ...]:
    step = each.upcoming()
    upcoming = ""
    if step is not None:
        expected = f", {short_day(step.due_on)}" if step.due_on else ""
        days = each.days_late(step, today)
        upcoming = f"{step.title['fr']}{expected}" + (f", {days} days late" if days else "")
    said = [each.latest(source) for source in (rules.SELF_ASSESSED, rules.MONITORING)]
    steps = {step.id for step in each.milestones}
    ground_said = ", ".join(_said(on) for on in seen if on.milestone_id in steps)
    others = [f"{one.status} ({short_day(one.on)})" if one else "" for one in said]
    return (str(each.commitment.number), each.label["fr"], each.state(today), *others, upcoming, ground_said)


def _said(on: ground_checks.GroundResult) -> str:
    return f"{on.commune}: few answers" if on.yes is None else f"{on.commune}: {on.yes} yes, {on.no} no"
