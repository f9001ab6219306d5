"""The record of staff acts over the JSON API: list it with filters, export all of it, list its checkpoints."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import Depends, Query
from fastapi.responses import StreamingResponse
from pydantic import AwareDatetime, BeforeValidator

from api.audit import checkpoints, service
from api.audit.models import Act
from api.audit.schemas import RecordedAct
from api.audit.service import Filters
from api.audit.statement import CheckpointOut
from api.pagination import Page
from api.security.rights import Permission
from api.web.deps import Db, Session, requires, staff_router
from api.web.paging import PageDep
from api.web.refusals import file_answer

router = staff_router("/record", "record", needs=requires(Permission.AUDIT))

_LINES = "application/x-ndjson"


def _written(moment: str) -> str:
    """Return a time that is written as one. Raises ValueError for a number, which pydantic takes for Unix time."""
    if re.fullmatch(r"[-+]?[\d.]+", moment.strip()):
        raise ValueError("write a time as 2026-12-01T10:00Z")
    return moment


_Moment = Annotated[AwareDatetime, BeforeValidator(_written)]


async def _filters(
    by: Annotated[str | None, Query(max_length=40, description="Only acts of this person.")] = None,
    act: Annotated[str | None, Query(max_length=40, description="Only acts of this kind, such as `erase`.")] = None,
    subject: Annotated[
        str | None, Query(max_length=40, description="Only acts on this subject, such as `resident 12`.")
    ] = None,
    kind: Annotated[
        str | None, Query(max_length=40, description="Only acts on subjects of this kind, such as `resident`.")
    ] = None,
    since: Annotated[_Moment | None, Query(description="Only acts at this time or later.")] = None,
    until: Annotated[_Moment | None, Query(description="Only acts before this time.")] = None,
) -> Filters:
    return Filters(by, act, subject, kind, since, until)


@router.get("")
async def list_record(
    session: Session, filters: Annotated[Filters, Depends(_filters)], page: PageDep
) -> Page[RecordedAct]:
    """List recorded acts, the newest first."""
    return (await service.listed(session, page, filters)).page(_shown)


@router.get("/checkpoints")
async def list_checkpoints(session: Session, page: PageDep) -> Page[CheckpointOut]:
    """List the signed checkpoints of the record, the newest first."""
    return (await checkpoints.listed(session, page)).page(checkpoints.shown)


@router.get("/export", response_class=StreamingResponse, responses=file_answer(_LINES))
async def export_record(db: Db) -> StreamingResponse:
    """Export the whole record: one line of canonical JSON for each act. Anybody can verify it: see docs/record.md."""
    headers = {"Content-Disposition": 'attachment; filename="record.jsonl"', "Cache-Control": "no-store"}
    return StreamingResponse(service.export(db), media_type=_LINES, headers=headers)


def _shown(act: Act) -> RecordedAct:
    return RecordedAct.model_validate(act, from_attributes=True)
