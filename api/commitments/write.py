"""Save what staff enter about commitments: milestones, assessments and updates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from api import audit
from api.commitments import recorded, service
from api.commitments.content import CommitmentRecord
from api.commitments.fields import Statuses
from api.commitments.models import Assessment, Commitment, Milestone, Update
from api.commitments.recorded import Fields
from api.commitments.rows import RowChange, by_number, commitment_values, milestone_values, new_assessments, put_rows
from api.commitments.schemas import CommitmentIn, MilestoneIn
from api.commitments.update_schemas import UpdateIn
from api.errors import Invalid, NotFound


class WrittenUpdate(NamedTuple):
    """An update that was saved, and the commitment it is about."""

    record: CommitmentRecord
    update: Update


async def put(session: AsyncSession, code: str, data: CommitmentIn, *, who: str, now: datetime) -> CommitmentRecord:
    """Create or replace one commitment with its milestones, and record who did it.

    If a status differs from the newest one of its source, it becomes a new assessment. Statuses and milestones that
    `data` leaves out do not change. Raises NotFound if there is no such plan.
    """
    await put_all(session, code, [data], who=who, now=now)
    return await service.commitment(session, code, data.number)


async def put_all(session: AsyncSession, code: str, data: Sequence[CommitmentIn], *, who: str, now: datetime) -> None:
    """Create or replace several commitments with their milestones, in few statements, and record what changed in each.

    Each number may occur once. If a status differs from the newest one of its source, it becomes a new assessment.
    Statuses and milestones that `data` leaves out do not change. Raises NotFound if there is no such plan.
    """
    plan = await service.plan(session, code)
    only = data[0].number if len(data) == 1 else None
    known = await by_number(session, plan, only)
    before = {each.number: recorded.fields(known.get(each.number)) for each in data}
    changes = []
    for each in data:
        row = known[each.number].commitment if each.number in known else None
        changes.append(RowChange(row, commitment_values(plan, each)))
    await put_rows(session, Commitment, changes)
    known = await by_number(session, plan, only)
    steps = [(known[each.number], step) for each in data for step in each.milestones]
    changes = [RowChange(of.milestone(step.number), milestone_values(of.commitment, step)) for of, step in steps]
    await put_rows(session, Milestone, changes)
    known = await by_number(session, plan, only)
    changes = [row for each in data for row in new_assessments(known[each.number], None, each, who=who, now=now)]
    for of, step in steps:
        record = known[of.commitment.number]
        changes += new_assessments(record, record.milestone(step.number), step, who=who, now=now)
    await put_rows(session, Assessment, changes)
    known = await by_number(session, plan, only) if changes else known
    for number, fields in before.items():
        if only is not None or fields != recorded.fields(known[number]):
            await _record(session, "commitment kept", known[number], before=fields, who=who, now=now)


async def put_milestone(
    session: AsyncSession, code: str, number: int, data: MilestoneIn, *, who: str, now: datetime
) -> CommitmentRecord:
    """Create or replace one milestone of a commitment, and record who did it. Raises NotFound."""
    record = await service.commitment(session, code, number)
    before = recorded.fields(record)
    change = RowChange(record.milestone(data.number), milestone_values(record.commitment, data))
    await put_rows(session, Milestone, [change])
    record = await service.commitment(session, code, number)
    assessments = new_assessments(record, record.milestone(data.number), data, who=who, now=now)
    await put_rows(session, Assessment, list(assessments))
    record = await service.commitment(session, code, number)
    await _record(session, "milestone kept", record, before=before, who=who, now=now)
    return record


async def assess(
    session: AsyncSession,
    code: str,
    number: int,
    data: Statuses,
    *,
    milestone: int | None = None,
    who: str,
    now: datetime,
) -> CommitmentRecord:
    """Record the statuses that sources report for a commitment, or for one of its milestones.

    Raises NotFound, or Invalid if every status equals the newest one of its source.
    """
    record = await service.commitment(session, code, number)
    assessments = list(new_assessments(record, _milestone(record, milestone), data, who=who, now=now))
    if not assessments:
        raise Invalid("nothing to record: give a new status for operational, self_assessed or monitoring")
    before = recorded.fields(record)
    await put_rows(session, Assessment, assessments)
    about = None if milestone is None else f"milestone {milestone}"
    record = await service.commitment(session, code, number)
    await _record(session, "assessed", record, about=about, before=before, who=who, now=now)
    return record


async def write_update(
    session: AsyncSession, code: str, number: int, data: UpdateIn, *, who: str, now: datetime
) -> WrittenUpdate:
    """Save an update on a commitment. Raises NotFound."""
    record = await service.commitment(session, code, number)
    milestone = _milestone(record, data.milestone)
    update = Update(
        commitment_id=record.commitment.id,
        milestone_id=milestone.id if milestone else None,
        text=data.text.model_dump(),
        who=who,
        at=now,
    )
    session.add(update)
    await session.flush()
    about: dict[str, Any] = {"subject": f"commitment {record.ref}", "new": {"text": update.text}}
    await audit.note(session, who=who, act="update written", now=now, **about)
    return WrittenUpdate(record, update)


async def _record(
    session: AsyncSession, act: str, record: CommitmentRecord, *, before: Fields, who: str, now: datetime,
    about: str | None = None,
) -> None:  # fmt: skip
    """Record an act on a commitment, with the fields that differ from those before."""
    changed = recorded.changes(before, record)
    await audit.note(session, who=who, act=act, subject=f"commitment {record.ref}", now=now, about=about, **changed)


def _milestone(record: CommitmentRecord, number: int | None) -> Milestone | None:
    if number is None:
        return None
    milestone = record.milestone(number)
    if milestone is None:
        raise NotFound(f"{record.ref} has no milestone {number}")
    return milestone
