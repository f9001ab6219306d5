"""What staff record: commitments and milestones, what each source says of them, and news."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from api import audit
from api.commitments import rules, service
from api.commitments.content import Whole
from api.commitments.fields import Statuses
from api.commitments.models import Assessment, Commitment, Milestone, Update
from api.commitments.rows import commitment_of, commitment_row, known_of, news_rows, put_rows, step_row
from api.commitments.schemas import CommitmentIn, MilestoneIn
from api.commitments.update_schemas import UpdateIn
from api.errors import Invalid, NotFound


async def put(session: AsyncSession, code: str, given: CommitmentIn, *, who: str, now: datetime) -> Whole:
    """Keep a commitment with its milestones, in place of what was known of it, as `put_all` does."""
    await put_all(session, code, [given], who=who, now=now)
    found = await service.commitment(session, code, given.number)
    await _record(session, "commitment kept", found, who=who, now=now)
    return found


async def put_all(session: AsyncSession, code: str, given: Sequence[CommitmentIn], *, who: str, now: datetime) -> None:
    """Keep commitments, each with its milestones, in place of what was known of them; few statements, however many.

    A status that differs from the newest of its source is recorded as a new assessment; one left out stays, as do
    milestones left out. Each number is there once. Raises NotFound where there is no such plan.
    """
    plan = await service.plan(session, code)
    only = given[0].number if len(given) == 1 else None
    known = await known_of(session, plan, only)
    await put_rows(session, Commitment, [(commitment_of(known, each), commitment_row(plan, each)) for each in given])
    known = await known_of(session, plan, only)
    steps = [(known[each.number], step) for each in given for step in each.milestones]
    await put_rows(session, Milestone, [(of.step(step.number), step_row(of.commitment, step)) for of, step in steps])
    known = await known_of(session, plan, only)
    said = [row for each in given for row in news_rows(known[each.number], None, each, who=who, now=now)]
    for of, step in steps:
        found = known[of.commitment.number]
        said += news_rows(found, found.step(step.number), step, who=who, now=now)
    await put_rows(session, Assessment, [(None, row) for row in said])


async def put_milestone(
    session: AsyncSession, code: str, number: int, given: MilestoneIn, *, who: str, now: datetime
) -> Whole:
    """Keep one milestone of a commitment, in place of what was known of it. Raises NotFound."""
    found = await service.commitment(session, code, number)
    await put_rows(session, Milestone, [(found.step(given.number), step_row(found.commitment, given))])
    found = await service.commitment(session, code, number)
    news = news_rows(found, found.step(given.number), given, who=who, now=now)
    await put_rows(session, Assessment, [(None, row) for row in news])
    await _record(session, "milestone kept", found, who=who, now=now)
    return await service.commitment(session, code, number)


async def assess(
    session: AsyncSession,
    code: str,
    number: int,
    given: Statuses,
    *,
    milestone: int | None = None,
    who: str,
    now: datetime,
) -> Whole:
    """Record what one or several sources say of a commitment, or of one of its milestones.

    Raises NotFound, or Invalid where nothing is said.
    """
    found = await service.commitment(session, code, number)
    news = list(news_rows(found, _milestone(found, milestone), given, who=who, now=now))
    if not news:
        raise Invalid("say a status other than the one that is known: operational, self_assessed or monitoring")
    await put_rows(session, Assessment, [(None, row) for row in news])
    return await service.commitment(session, code, number)


async def write_update(
    session: AsyncSession, code: str, number: int, given: UpdateIn, *, who: str, now: datetime
) -> tuple[Whole, Update]:
    """Keep news of a commitment. Raises NotFound."""
    found = await service.commitment(session, code, number)
    milestone = _milestone(found, given.milestone)
    made = Update(
        commitment_id=found.commitment.id,
        milestone_id=milestone.id if milestone else None,
        text=given.text.model_dump(),
        who=who,
        at=now,
    )
    session.add(made)
    await session.flush()
    return found, made


def untold() -> Select[Milestone, Commitment]:
    """The milestones that are done and that nobody was told of yet, each with its commitment."""
    newest = (
        select(Assessment.status)
        .where(
            Assessment.commitment_id == Milestone.commitment_id,
            Assessment.milestone_id == Milestone.id,
            Assessment.source == rules.OPERATIONAL,
        )
        .order_by(Assessment.id.desc())
        .limit(1)
        .correlate(Milestone)
        .scalar_subquery()
    )
    return (
        select(Milestone, Commitment)
        .join(Commitment, Commitment.id == Milestone.commitment_id)
        .where(Milestone.told_at.is_(None), newest == rules.DONE)
    )


async def newly_done(session: AsyncSession, *, now: datetime) -> list[tuple[Milestone, Commitment]]:
    """The milestones that are done and that nobody was told of yet, marked as told now; each is had once."""
    free = untold().order_by(Milestone.id).with_for_update(of=Milestone, skip_locked=True)
    rows = await session.execute(free)
    found = [(milestone, commitment) for milestone, commitment in rows]
    for milestone, _ in found:
        milestone.told_at = now
    await session.flush()
    return found


async def _record(session: AsyncSession, act: str, of: Whole, *, who: str, now: datetime) -> None:
    await audit.note(session, who=who, act=act, subject=f"commitment {of.ref}", now=now)


def _milestone(found: Whole, number: int | None) -> Milestone | None:
    if number is None:
        return None
    kept = found.step(number)
    if kept is None:
        raise NotFound(f"{found.ref} has no milestone {number}")
    return kept
