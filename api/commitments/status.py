"""How plans and commitments stand on a day, as staff read it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from api.commitments import content, ground_checks, service
from api.commitments.content import Whole
from api.commitments.ground_checks import Seen
from api.commitments.models import Plan
from api.commitments.view_schemas import CommitmentOut, GroundOut, LateOut, MilestoneOut, OriginOut, PlanOut
from api.pagination import PageRequest, PageRows, cut

# Where commitments came from, by their ids: proposals know of commitments, not the reverse, so their side is handed in.
Trace = Callable[[AsyncSession, Sequence[int]], Awaitable[Mapping[int, list[OriginOut]]]]


async def read(session: AsyncSession, code: str, number: int, *, today: date, trace: Trace) -> CommitmentOut:
    """One commitment as it stands. Raises NotFound."""
    return (await _out(session, [await service.commitment(session, code, number)], today=today, trace=trace))[0]


async def every(
    session: AsyncSession, code: str, *, today: date, trace: Trace, asked: PageRequest
) -> PageRows[CommitmentOut]:
    """The commitments of a plan as they stand. Raises NotFound."""
    found = await wholes(session, code, asked)
    return PageRows(await _out(session, found.items, today=today, trace=trace), found.next)


async def wholes(session: AsyncSession, code: str, asked: PageRequest) -> PageRows[Whole]:
    """The commitments of a plan, by number. Raises NotFound."""
    found = await content.read(session, await service.plan(session, code))
    return cut("commitments", found, asked, key=lambda each: (each.commitment.number,), kinds=(int,))


async def listed_late(session: AsyncSession, code: str, *, today: date, asked: PageRequest) -> PageRows[LateOut]:
    """The milestones of a plan that are late, the latest first. Raises NotFound."""
    found = late(await content.read(session, await service.plan(session, code)), today)
    return cut("late", found, asked, key=_due, kinds=(int, int, int))


async def _out(session: AsyncSession, found: Sequence[Whole], *, today: date, trace: Trace) -> list[CommitmentOut]:
    seen = await ground_checks.seen(session, [step for each in found for step in each.milestones])
    origins = await trace(session, [each.commitment.id for each in found])
    return [out(each, seen, origins.get(each.commitment.id, []), today) for each in found]


def out(found: Whole, seen: Sequence[Seen], origins: Sequence[OriginOut], today: date) -> CommitmentOut:
    """A commitment with its state, its origins and, beside each milestone, its days late and what residents see."""
    given, upcoming = found.as_given(), found.upcoming()
    steps = {step.number: step for step in found.milestones}
    milestones = [
        MilestoneOut.model_construct(
            **dict(each),
            days_late=found.days_late(steps[each.number], today),
            ground=[_ground(on) for on in seen if on.milestone_id == steps[each.number].id],
        )
        for each in given.milestones
    ]
    return CommitmentOut.model_construct(
        **dict(given) | {"milestones": milestones},
        plan=found.plan.code,
        state=found.state(today),
        upcoming=upcoming.number if upcoming else None,
        came_from=list(origins),
    )


def late(found: Iterable[Whole], today: date) -> list[LateOut]:
    """The milestones that are late, the latest first."""
    listed = [
        LateOut(
            commitment=each.commitment.number,
            milestone=step.number,
            title=step.title,
            due_on=step.due_on,
            days_late=each.days_late(step, today),
        )
        for each in found
        for step in each.milestones
        if step.due_on is not None and each.days_late(step, today)
    ]
    return sorted(listed, key=_due)


def _due(late: LateOut) -> tuple[int, int, int]:
    return late.due_on.toordinal(), late.commitment, late.milestone


def plan_out(plan: Plan, count: int) -> PlanOut:
    """A plan with the number of its commitments that are kept here."""
    names = ("code", "title", "starts_on", "ends_on", "scope", "announced", "axes")
    return PlanOut.model_validate({**plan.sheet, **{name: getattr(plan, name) for name in names}, "commitments": count})


def _ground(on: Seen) -> GroundOut:
    return GroundOut.model_validate({name: value for name, value in asdict(on).items() if name != "milestone_id"})
