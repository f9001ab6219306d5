"""Plans and commitments over the JSON API: read them, keep them, assess them, carry them in and out as files."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Query, Request, Response

from api.commitments import service, status, write
from api.commitments.fields import LAST, Statuses
from api.commitments.files import exchange
from api.commitments.schemas import CommitmentIn, MilestoneIn, PlanIn
from api.commitments.status import Trace
from api.commitments.view_schemas import CommitmentOut, LateOut, PlanOut
from api.pagination import Page, same
from api.security.rights import Permission
from api.web.deps import ANYBODY, Actor, Now, RawBody, Session, requires, staff_router
from api.web.http import spreadsheet
from api.web.paging import Paged
from api.web.refusals import file_answer, file_body

ONE = "/{code}/commitments/{number}"

router = staff_router("/plans", "commitments", needs=ANYBODY)


async def _trace(request: Request) -> Trace:
    """Which proposals commitments came from: more than this package may know."""
    found: Trace = request.app.state.trace
    return found


TraceDep = Annotated[Trace, Depends(_trace)]


@router.get("/{code}/commitments.csv", response_class=Response, responses=file_answer("text/csv"))
async def export_csv(code: str, session: Session) -> Response:
    """The commitments of a plan as CSV."""
    return Response(await exchange.export_csv(session, code), **spreadsheet(code))


@router.put("/{code}/commitments.csv", openapi_extra=file_body("text/csv"), dependencies=[requires(Permission.WRITE)])
async def import_csv(code: str, data: RawBody, who: Actor, session: Session, now: Now) -> dict[str, int]:
    """Keep what such a file holds, all or nothing; up to 64 KiB, larger ones by `sawt commitment import`."""
    return {"commitments": await exchange.import_csv(session, code, data, who=who, now=now)}


@router.get("/{code}/commitments.json")
async def export_json(code: str, session: Session) -> dict[str, Any]:
    """A plan and its commitments, their fields in OGP's order."""
    return await exchange.export_json(session, code)


@router.get("")
async def plans(session: Session, asked: Paged) -> Page[PlanOut]:
    """All plans, the Region's before the national ones."""
    return (await service.listed(session, asked)).page(lambda each: status.plan_out(*each))


@router.get("/{code}/commitments")
async def commitments(code: str, session: Session, trace: TraceDep, now: Now, asked: Paged) -> Page[CommitmentOut]:
    """The commitments of a plan as they stand, with what residents see on the ground."""
    found = await status.every(session, code, today=service.today(now), trace=trace, asked=asked)
    return found.page(same)


@router.get(ONE)
async def one(code: str, number: int, session: Session, trace: TraceDep, now: Now) -> CommitmentOut:
    """One commitment as it stands."""
    return await status.read(session, code, number, today=service.today(now), trace=trace)


@router.get("/{code}/late")
async def late(code: str, session: Session, now: Now, asked: Paged) -> Page[LateOut]:
    """The milestones whose day is past and that are not done, the latest first."""
    return (await status.listed_late(session, code, today=service.today(now), asked=asked)).page(same)


@router.put("", dependencies=[requires(Permission.WRITE)])
async def keep_plan(given: PlanIn, who: Actor, session: Session, now: Now) -> PlanOut:
    """Keep a plan, in place of what was known of it."""
    await service.keep_plan(session, given, who=who, now=now)
    found = await service.counted(session)
    return next(status.plan_out(plan, count) for plan, count in found if plan.code == given.code)


@router.put("/{code}/commitments", dependencies=[requires(Permission.WRITE)])
async def put(code: str, given: CommitmentIn, who: Actor, session: Session, trace: TraceDep, now: Now) -> CommitmentOut:
    """Keep a commitment with its milestones, in place of what was known of it."""
    await write.put(session, code, given, who=who, now=now)
    return await status.read(session, code, given.number, today=service.today(now), trace=trace)


@router.put(f"{ONE}/milestones", dependencies=[requires(Permission.WRITE)])
async def put_milestone(
    code: str, number: int, given: MilestoneIn, who: Actor, session: Session, trace: TraceDep, now: Now
) -> CommitmentOut:
    """Keep one milestone, in place of what was known of it."""
    await write.put_milestone(session, code, number, given, who=who, now=now)
    return await status.read(session, code, number, today=service.today(now), trace=trace)


@router.post(f"{ONE}/assessments", status_code=201, dependencies=[requires(Permission.WRITE)])
async def assess(
    code: str,
    number: int,
    given: Statuses,
    who: Actor,
    session: Session,
    trace: TraceDep,
    now: Now,
    milestone: Annotated[int | None, Query(ge=1, le=LAST)] = None,
) -> CommitmentOut:
    """Record what sources say of a commitment, or of one of its milestones."""
    await write.assess(session, code, number, given, milestone=milestone, who=who, now=now)
    return await status.read(session, code, number, today=service.today(now), trace=trace)
