"""Commitments as staff write them, as rows: those that are there are changed, the others added by one statement."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from api.commitments import content, rules
from api.commitments.content import Whole
from api.commitments.fields import Statuses
from api.commitments.models import Commitment, Milestone, Plan
from api.commitments.schemas import CommitmentIn, CommitmentSheet, MilestoneIn, MilestoneSheet
from api.db import Base


async def known_of(session: AsyncSession, plan: Plan, only: int | None) -> dict[int, Whole]:
    """The commitments of a plan by number, or only the one of this number."""
    return {each.commitment.number: each for each in await content.read(session, plan, number=only)}


def commitment_of(known: Mapping[int, Whole], given: CommitmentIn) -> Commitment | None:
    """The row that is there already."""
    found = known.get(given.number)
    return None if found is None else found.commitment


async def put_rows(
    session: AsyncSession, table: type[Base], rows: Sequence[tuple[Base | None, dict[str, Any]]]
) -> None:
    """Change the rows that are there, and add the others in one statement."""
    for row, values in rows:
        for name, value in values.items() if row is not None else ():
            setattr(row, name, value)
    await session.flush()
    if fresh := [values for row, values in rows if row is None]:
        await session.execute(insert(table), fresh)


def commitment_row(plan: Plan, given: CommitmentIn) -> dict[str, Any]:
    """A commitment as a row."""
    return {
        "plan_id": plan.id,
        **{name: getattr(given, name) for name in ("number", "theme", "provinces")},
        "title": given.title.model_dump(),
        "label": given.label.model_dump() if given.label else None,
        "confirmed": list(given.confirmed),
        "sheet": given.model_dump(mode="json", include=set(CommitmentSheet.model_fields), exclude_none=True),
    }


def step_row(of: Commitment, given: MilestoneIn) -> dict[str, Any]:
    """A milestone as a row."""
    sheet = given.model_dump(mode="json", include=set(MilestoneSheet.model_fields), exclude_none=True)
    key = {"commitment_id": of.id, "number": given.number}
    return {**key, "title": given.title.model_dump(), "due_on": given.due_on, "sheet": sheet}


def news_rows(
    found: Whole, milestone: Milestone | None, given: Statuses, *, who: str, now: datetime
) -> Iterator[dict[str, Any]]:
    """The statuses that differ from the newest of their source, as rows."""
    for source in rules.SOURCES:
        new, before = getattr(given, source), found.latest(source, milestone)
        same = before and new and (before.status, before.on, before.evidence) == (new.status, new.on, new.evidence)
        if new is not None and not same:
            yield {
                "commitment_id": found.commitment.id, "milestone_id": milestone.id if milestone else None,
                "source": source, "status": new.status, "on": new.on, "evidence": new.evidence, "who": who, "at": now,
            }  # fmt: skip
