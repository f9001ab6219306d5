"""Write commitments to the database: update rows that exist, and insert all new rows in one statement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from api.commitments import content, rules
from api.commitments.content import CommitmentRecord
from api.commitments.fields import Statuses
from api.commitments.models import Commitment, Milestone, Plan
from api.commitments.schemas import CommitmentIn, CommitmentSheet, MilestoneIn, MilestoneSheet
from api.db import Base


class RowChange(NamedTuple):
    """The row to change and the values to write; `row` is None for a new row."""

    row: Base | None
    values: dict[str, Any]


async def by_number(session: AsyncSession, plan: Plan, only: int | None) -> dict[int, CommitmentRecord]:
    """Return a plan's commitments, or only the one with the number `only`. The keys are commitment numbers."""
    return {each.commitment.number: each for each in await content.read(session, plan, number=only)}


async def put_rows(session: AsyncSession, table: type[Base], changes: Sequence[RowChange]) -> None:
    """Update the rows that exist, and insert all new rows in one statement."""
    for row, values in changes:
        for name, value in values.items() if row is not None else ():
            setattr(row, name, value)
    await session.flush()
    if fresh := [values for row, values in changes if row is None]:
        await session.execute(insert(table), fresh)


def commitment_values(plan: Plan, data: CommitmentIn) -> dict[str, Any]:
    """Return the column values of a commitment."""
    return {
        "plan_id": plan.id,
        **{name: getattr(data, name) for name in ("number", "theme", "provinces")},
        "title": data.title.model_dump(),
        "label": data.label.model_dump() if data.label else None,
        "confirmed": list(data.confirmed),
        "sheet": data.model_dump(mode="json", include=set(CommitmentSheet.model_fields), exclude_none=True),
    }


def milestone_values(commitment: Commitment, data: MilestoneIn) -> dict[str, Any]:
    """Return the column values of a milestone."""
    sheet = data.model_dump(mode="json", include=set(MilestoneSheet.model_fields), exclude_none=True)
    key = {"commitment_id": commitment.id, "number": data.number}
    return {**key, "title": data.title.model_dump(), "due_on": data.due_on, "sheet": sheet}


def new_assessments(
    record: CommitmentRecord, milestone: Milestone | None, data: Statuses, *, who: str, now: datetime
) -> Iterator[RowChange]:
    """Yield a new row for each status in `data` that differs from the newest assessment by the same source."""
    for source in rules.SOURCES:
        new, before = getattr(data, source), record.latest(source, milestone)
        same = before and new and (before.status, before.on, before.evidence) == (new.status, new.on, new.evidence)
        if new is not None and not same:
            values = {
                "commitment_id": record.commitment.id, "milestone_id": milestone.id if milestone else None,
                "source": source, "status": new.status, "on": new.on, "evidence": new.evidence, "who": who, "at": now,
            }  # fmt: skip
            yield RowChange(None, values)
