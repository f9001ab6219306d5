"""A plan as a file: CSV, the same format both ways, and JSON in OGP's order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from api import audit
from api.commitments import content, service, write
from api.commitments.files import ogp
from api.commitments.files.importing import COMMITMENT, MILESTONE, PLAN, ROW, STEP, parsed
from api.commitments.models import Plan
from api.commitments.schemas import CommitmentIn
from api.region import places
from api.text import spreadsheet


async def export_csv(session: AsyncSession, code: str) -> bytes:
    """A plan's commitments, each followed by its milestones, a row each (see `api/text/spreadsheet.py`). Raises
    NotFound.
    """
    found = await content.read(session, await service.plan(session, code))
    return written([each.as_given() for each in found], code)


async def import_csv(session: AsyncSession, code: str, data: bytes, *, who: str, now: datetime) -> int:
    """Keep what such a file holds, all or nothing; returns how many commitments. Raises NotFound, or Invalid."""
    await service.plan(session, code)
    given = parsed(data, code)
    await write.put_all(session, code, given, who=who, now=now)
    await audit.note(session, who=who, act="plan imported", subject=f"plan {code}", now=now)
    return len(given)


async def export_json(session: AsyncSession, code: str) -> dict[str, Any]:
    """A plan and its commitments, the fields of each in OGP's order. Raises NotFound."""
    found = await service.plan(session, code)
    whole = await content.read(session, found)
    return {"plan": _plan(found), "commitments": [_ordered(each.as_given(), code) for each in whole]}


def written(given: Iterable[CommitmentIn], code: str) -> bytes:
    """Commitments as CSV, a commitment or milestone a row."""
    names = ogp.columns()
    rows = [names]
    for each in given:
        beside = {PLAN: code, "number": str(each.number)}
        where = "; ".join(map(places.label, each.provinces))  # a code alone is a number to a spreadsheet
        found = [{ROW: COMMITMENT, PLAN: code, **ogp.cells(each), "provinces": where}]
        found += [{ROW: MILESTONE, **beside, **ogp.cells(step, STEP)} for step in each.milestones]
        rows += [[row.get(name, "") for name in names] for row in found]
    return (spreadsheet.MARK + spreadsheet.lines(rows)).encode()


def _ordered(given: CommitmentIn, code: str) -> dict[str, Any]:
    dumped = given.model_dump(mode="json") | {PLAN: code}
    dumped["milestones"] = [_in_order(each, ogp.MILESTONE) for each in dumped["milestones"]]
    return _in_order(dumped, ogp.COMMITMENT)


def _in_order(dumped: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: dumped[name] for name in names}


def _plan(found: Plan) -> dict[str, Any]:
    dated = {"starts_on": found.starts_on.isoformat(), "ends_on": found.ends_on.isoformat()}
    return {
        "code": found.code, "title": found.title, **dated, **found.sheet, "scope": found.scope,
        "announced": found.announced, "axes": found.axes,
    }  # fmt: skip
