"""Export a plan to CSV or JSON, and import it from CSV. The JSON has OGP's order of fields."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from api import audit
from api.commitments import content, service, write
from api.commitments.files import ogp
from api.commitments.files.importing import COMMITMENT, MILESTONE, PLAN, ROW, STEP, parse
from api.commitments.models import Plan
from api.commitments.schemas import CommitmentIn
from api.region import places
from api.text import spreadsheet


async def export_csv(session: AsyncSession, code: str) -> bytes:
    """Return a plan as CSV: each commitment has a row, followed by a row for each milestone. Raises NotFound."""
    records = await content.read(session, await service.plan(session, code))
    return to_csv([each.as_input() for each in records], code)


async def import_csv(session: AsyncSession, code: str, data: bytes, *, who: str, now: datetime) -> int:
    """Create or replace the commitments in a CSV file; return how many. A file with errors changes nothing.

    Raises NotFound if there is no such plan, or Invalid with the list of errors.
    """
    await service.plan(session, code)
    commitments = parse(data, code)
    await write.put_all(session, code, commitments, who=who, now=now)
    await audit.note(
        session, who=who, act="plan imported", subject=f"plan {code}", now=now, new={"commitments": len(commitments)}
    )
    return len(commitments)


async def export_json(session: AsyncSession, code: str) -> dict[str, Any]:
    """Return a plan and its commitments as JSON data, with the fields in OGP's order. Raises NotFound."""
    plan = await service.plan(session, code)
    records = await content.read(session, plan)
    return {"plan": _plan(plan), "commitments": [_ordered(each.as_input(), code) for each in records]}


def to_csv(commitments: Iterable[CommitmentIn], code: str) -> bytes:
    """Return commitments as CSV for spreadsheets, with one row per commitment and one per milestone."""
    names = ogp.columns()
    lines = [names]
    for each in commitments:
        key = {PLAN: code, "number": str(each.number)}
        provinces = "; ".join(map(places.label, each.provinces))  # a spreadsheet would read a bare code as a number
        rows = [{ROW: COMMITMENT, PLAN: code, **ogp.cells(each), "provinces": provinces}]
        rows += [{ROW: MILESTONE, **key, **ogp.cells(step, STEP)} for step in each.milestones]
        lines += [[row.get(name, "") for name in names] for row in rows]
    return (spreadsheet.MARK + spreadsheet.lines(lines)).encode()


def _ordered(commitment: CommitmentIn, code: str) -> dict[str, Any]:
    dumped = commitment.model_dump(mode="json") | {PLAN: code}
    dumped["milestones"] = [_in_order(each, ogp.MILESTONE) for each in dumped["milestones"]]
    return _in_order(dumped, ogp.COMMITMENT)


def _in_order(dumped: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: dumped[name] for name in names}


def _plan(plan: Plan) -> dict[str, Any]:
    dates = {"starts_on": plan.starts_on.isoformat(), "ends_on": plan.ends_on.isoformat()}
    return {
        "code": plan.code, "title": plan.title, **dates, **plan.sheet, "scope": plan.scope,
        "announced": plan.announced, "axes": plan.axes,
    }  # fmt: skip
