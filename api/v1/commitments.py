"""Plans and commitments over the JSON API: read, save and assess them, import and export files."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query, Response

from api.commitments import service, status, write
from api.commitments.fields import LAST, Statuses
from api.commitments.files import exchange
from api.commitments.schemas import CommitmentIn, MilestoneIn, PlanIn
from api.commitments.view_schemas import CommitmentOut, LateOut, PlanOut, PlanSaved
from api.pagination import Page, unchanged
from api.security.rights import Permission
from api.v1.deps import TraceDep
from api.web.deps import ANYBODY, Actor, Now, RawBody, Session, requires, staff_router
from api.web.http import csv_download
from api.web.paging import PageDep
from api.web.refusals import file_answer, file_body

ONE = "/{code}/commitments/{number}"

router = staff_router("/plans", "commitments", needs=ANYBODY)


@router.get("/{code}/commitments.csv", response_class=Response, responses=file_answer("text/csv"))
async def export_commitments_csv(code: str, session: Session) -> Response:
    """Export the commitments of a plan as CSV."""
    return Response(await exchange.export_csv(session, code), **csv_download(code))


@router.put("/{code}/commitments.csv", openapi_extra=file_body("text/csv"), dependencies=[requires(Permission.WRITE)])
async def import_commitments_csv(
    code: str, content: RawBody, actor: Actor, session: Session, now: Now
) -> dict[str, int]:
    """Import commitments from CSV, up to 1 MiB. If one row is wrong, nothing is imported."""
    return {"commitments": await exchange.import_csv(session, code, content, who=actor, now=now)}


@router.get("/{code}/commitments.json")
async def export_plan_json(code: str, session: Session) -> dict[str, Any]:
    """Export a plan and its commitments as JSON.

    The fields are in the order that the Open Government Partnership (OGP) uses.
    """
    return await exchange.export_json(session, code)


@router.get("")
async def list_plans(session: Session, page: PageDep) -> Page[PlanOut]:
    """List all plans: first those of the Region, then the national plans."""
    return (await service.listed(session, page)).page(status.plan_out)


@router.get("/{code}/commitments")
async def list_commitments(
    code: str, session: Session, trace: TraceDep, now: Now, page: PageDep
) -> Page[CommitmentOut]:
    """List a plan's commitments, with their status and with what residents answered to ground checks."""
    rows = await status.listed(session, code, today=service.today(now), trace=trace, asked=page)
    return rows.page(unchanged)


@router.get(ONE)
async def get_commitment(code: str, number: int, session: Session, trace: TraceDep, now: Now) -> CommitmentOut:
    """Get one commitment with its current status."""
    return await status.read(session, code, number, today=service.today(now), trace=trace)


@router.get("/{code}/late")
async def list_late_milestones(code: str, session: Session, now: Now, page: PageDep) -> Page[LateOut]:
    """List milestones that are overdue and not done. The longest overdue come first."""
    return (await status.listed_late(session, code, today=service.today(now), asked=page)).page(unchanged)


@router.put("", dependencies=[requires(Permission.WRITE)])
async def put_plan(data: PlanIn, actor: Actor, session: Session, now: Now) -> PlanSaved:
    """Create a plan, or replace the plan with the same code."""
    created = await service.save_plan(session, data, who=actor, now=now)
    plans = await service.counted(session)
    saved = next(status.plan_out(each) for each in plans if each.plan.code == data.code)
    return PlanSaved(**dict(saved), created=created)


@router.put("/{code}/commitments", dependencies=[requires(Permission.WRITE)])
async def put_commitment(
    code: str, data: CommitmentIn, actor: Actor, session: Session, trace: TraceDep, now: Now
) -> CommitmentOut:
    """Create a commitment with its milestones, or replace the commitment with the same number."""
    await write.put(session, code, data, who=actor, now=now)
    return await status.read(session, code, data.number, today=service.today(now), trace=trace)


@router.put(f"{ONE}/milestones", dependencies=[requires(Permission.WRITE)])
async def put_milestone(
    code: str, number: int, data: MilestoneIn, actor: Actor, session: Session, trace: TraceDep, now: Now
) -> CommitmentOut:
    """Create one milestone, or replace the milestone with the same number."""
    await write.put_milestone(session, code, number, data, who=actor, now=now)
    return await status.read(session, code, number, today=service.today(now), trace=trace)


@router.post(f"{ONE}/assessments", status_code=201, dependencies=[requires(Permission.WRITE)])
async def assess_commitment(
    code: str,
    number: int,
    data: Statuses,
    actor: Actor,
    session: Session,
    trace: TraceDep,
    now: Now,
    milestone: Annotated[int | None, Query(ge=1, le=LAST)] = None,
) -> CommitmentOut:
    """Record the status that a source reports for a commitment, or for one of its milestones."""
    await write.assess(session, code, number, data, milestone=milestone, who=actor, now=now)
    return await status.read(session, code, number, today=service.today(now), trace=trace)
