"""Plans and commitments as staff read them, with their state on a given day."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from api.commitments import content, ground_checks, service
from api.commitments.content import CommitmentRecord
from api.commitments.ground_checks import GroundResult
from api.commitments.service import PlanCount
from api.commitments.view_schemas import CommitmentOut, GroundOut, LateOut, MilestoneOut, OriginOut, PlanOut
from api.pagination import PageRequest, PageRows, cut

# Returns the proposals behind commitments, by commitment id. Passed as a parameter: proposals import commitments.
Trace = Callable[[AsyncSession, Sequence[int]], Awaitable[Mapping[int, list[OriginOut]]]]


async def read(session: AsyncSession, code: str, number: int, *, today: date, trace: Trace) -> CommitmentOut:
    """Return one commitment with its state. Raises NotFound."""
    return (await _out(session, [await service.commitment(session, code, number)], today=today, trace=trace))[0]


async def listed(
    session: AsyncSession, code: str, *, today: date, trace: Trace, asked: PageRequest
) -> PageRows[CommitmentOut]:
    """Return one page of a plan's commitments with their states. Raises NotFound."""
    page = await records(session, code, asked)
    return PageRows(await _out(session, page.items, today=today, trace=trace), page.next)


async def records(session: AsyncSession, code: str, asked: PageRequest) -> PageRows[CommitmentRecord]:
    """Return one page of a plan's stored commitments, in order of number. Raises NotFound."""
    commitments = await content.read(session, await service.plan(session, code))
    return cut("commitments", commitments, asked, key=lambda each: (each.commitment.number,), kinds=(int,))


async def listed_late(session: AsyncSession, code: str, *, today: date, asked: PageRequest) -> PageRows[LateOut]:
    """Return one page of a plan's late milestones, the longest overdue first. Raises NotFound."""
    milestones = late(await content.read(session, await service.plan(session, code)), today)
    return cut("late", milestones, asked, key=_due, kinds=(int, int, int))


async def _out(
    session: AsyncSession, commitments: Sequence[CommitmentRecord], *, today: date, trace: Trace
) -> list[CommitmentOut]:
    results = await ground_checks.results(session, [step for each in commitments for step in each.milestones])
    origins = await trace(session, [each.commitment.id for each in commitments])
    return [out(each, results, origins.get(each.commitment.id, []), today) for each in commitments]


def out(
    record: CommitmentRecord, results: Sequence[GroundResult], origins: Sequence[OriginOut], today: date
) -> CommitmentOut:
    """Return a commitment as staff read it, with its state and the proposals it comes from.

    Each milestone has the number of days it is late, and the results of its ground checks.
    """
    data, upcoming = record.as_input(), record.upcoming()
    steps = {step.number: step for step in record.milestones}
    milestones = [
        MilestoneOut.model_construct(
            **dict(each),
            days_late=record.days_late(steps[each.number], today),
            ground=[_ground(result) for result in results if result.milestone_id == steps[each.number].id],
        )
        for each in data.milestones
    ]
    return CommitmentOut.model_construct(
        **dict(data) | {"milestones": milestones},
        plan=record.plan.code,
        state=record.state(today),
        upcoming=upcoming.number if upcoming else None,
        came_from=list(origins),
    )


def late(records: Iterable[CommitmentRecord], today: date) -> list[LateOut]:
    """Return the late milestones of these commitments, the longest overdue first."""
    milestones = [
        LateOut(
            commitment=each.commitment.number,
            milestone=step.number,
            title=step.title,
            due_on=step.due_on,
            days_late=each.days_late(step, today),
        )
        for each in records
        for step in each.milestones
        if step.due_on is not None and each.days_late(step, today)
    ]
    return sorted(milestones, key=_due)


def _due(late: LateOut) -> tuple[int, int, int]:
    return late.due_on.toordinal(), late.commitment, late.milestone


def plan_out(counted: PlanCount) -> PlanOut:
    """Return a plan as staff read it, with the number of its stored commitments."""
    plan, count = counted
    names = ("code", "title", "starts_on", "ends_on", "scope", "announced", "axes")
    return PlanOut.model_validate({**plan.sheet, **{name: getattr(plan, name) for name in names}, "commitments": count})


def _ground(result: GroundResult) -> GroundOut:
    values = {name: value for name, value in asdict(result).items() if name != "milestone_id"}
    return GroundOut.model_validate(values)
