"""Format plans, commitments and late milestones as table rows."""

from __future__ import annotations

from api.commitments.fields import Statuses
from api.commitments.view_schemas import CommitmentOut, GroundOut, LateOut, PlanOut
from api.text.formats import short_day


def plan(plan: PlanOut) -> tuple[str, ...]:
    """Return a plan as a row, with its number of commitments and its axes (its main parts)."""
    axes = ", ".join(f"{axis.title.fr} ({axis.commitments or '?'})" for axis in plan.axes)
    days = (short_day(plan.starts_on), short_day(plan.ends_on))
    return (plan.code, plan.title.fr, plan.scope, *days, f"{plan.commitments}/{plan.announced or '?'}", axes)


def late(milestone: LateOut) -> tuple[str, ...]:
    """Return a late milestone as a row."""
    numbers = (str(milestone.commitment), str(milestone.milestone))
    return (*numbers, milestone.title["fr"], short_day(milestone.due_on), str(milestone.days_late))


def commitment(each: CommitmentOut) -> tuple[str, ...]:
    """Return a commitment as a row: its state, its status from each source, and what comes next."""
    name = (each.label or each.title).fr
    ground = ", ".join(_ground(check) for step in each.milestones for check in step.ground)
    return (str(each.number), name, each.state, *_statuses(each), _upcoming(each), ground)


def _upcoming(each: CommitmentOut) -> str:
    step = next((step for step in each.milestones if step.number == each.upcoming), None)
    if step is None:
        return ""
    expected = f", {short_day(step.due_on)}" if step.due_on else ""
    return f"{step.title.fr}{expected}" + (f", {step.days_late} days late" if step.days_late else "")


def _statuses(each: Statuses) -> tuple[str, str]:
    """Return what those who do the work and the monitoring body found."""
    found = (each.self_assessed, each.monitoring)
    first, second = (f"{one.status} ({short_day(one.on)})" if one else "" for one in found)
    return first, second


def _ground(check: GroundOut) -> str:
    return f"{check.commune}: few answers" if check.yes is None else f"{check.commune}: {check.yes} yes, {check.no} no"
