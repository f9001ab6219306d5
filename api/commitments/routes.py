"""Plans and commitments over the JSON API: read them, keep them, assess them, carry them in and out as files."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from api.clock import Clock
from api.commitments import content, exchange, recording, service, standing
from api.commitments.fields import LAST, Statuses
from api.commitments.schemas import CommitmentIn, MilestoneIn, PlanIn
from api.commitments.shown import CommitmentOut, LateOut, PlanOut
from api.commitments.standing import Trace
from api.db import Database
from api.web import spreadsheet

Who = Annotated[str, Query(min_length=1, max_length=40, description="who does this; it is recorded")]
ONE = "/{code}/commitments/{number}"


def router(db: Database, clock: Clock, trace: Trace) -> APIRouter:
    """The routes below /plans; `trace` says which proposals commitments came from."""
    routes = APIRouter(prefix="/plans", tags=["commitments"])
    _files(routes, db, clock)
    _read(routes, db, clock, trace)
    _record(routes, db, clock, trace)
    return routes


def _read(routes: APIRouter, db: Database, clock: Clock, trace: Trace) -> None:
    @routes.get("")
    async def plans() -> list[PlanOut]:
        """All plans, the Region's before the national ones."""
        async with db.transaction() as session:
            return [standing.plan_out(plan, count) for plan, count in await service.counted(session)]

    @routes.get("/{code}/commitments")
    async def commitments(code: str) -> list[CommitmentOut]:
        """The commitments of a plan as they stand, with what residents see on the ground."""
        async with db.transaction() as session:
            return await standing.every(session, code, today=service.today(clock()), trace=trace)

    @routes.get(ONE)
    async def one(code: str, number: int) -> CommitmentOut:
        """One commitment as it stands."""
        async with db.transaction() as session:
            return await standing.read(session, code, number, today=service.today(clock()), trace=trace)

    @routes.get("/{code}/late")
    async def late(code: str) -> list[LateOut]:
        """The milestones whose day is past and that are not done, the latest first."""
        async with db.transaction() as session:
            found = await content.read(session, await service.plan(session, code))
            return standing.late(found, service.today(clock()))


def _record(routes: APIRouter, db: Database, clock: Clock, trace: Trace) -> None:
    @routes.put("")
    async def keep_plan(given: PlanIn) -> PlanOut:
        """Keep a plan, in place of what was known of it."""
        async with db.transaction() as session:
            await service.keep_plan(session, given)
            found = await service.counted(session)
            return next(standing.plan_out(plan, count) for plan, count in found if plan.code == given.code)

    @routes.put("/{code}/commitments")
    async def put(code: str, given: CommitmentIn, who: Who) -> CommitmentOut:
        """Keep a commitment with its milestones, in place of what was known of it."""
        async with db.transaction() as session:
            await recording.put(session, code, given, who=who, now=clock())
            return await standing.read(session, code, given.number, today=service.today(clock()), trace=trace)

    @routes.put(f"{ONE}/milestones")
    async def put_milestone(code: str, number: int, given: MilestoneIn, who: Who) -> CommitmentOut:
        """Keep one milestone, in place of what was known of it."""
        async with db.transaction() as session:
            await recording.put_milestone(session, code, number, given, who=who, now=clock())
            return await standing.read(session, code, number, today=service.today(clock()), trace=trace)

    @routes.post(f"{ONE}/assessments", status_code=201)
    async def assess(
        code: str, number: int, given: Statuses, who: Who, milestone: Annotated[int | None, Query(ge=1, le=LAST)] = None
    ) -> CommitmentOut:
        """Record what sources say of a commitment, or of one of its milestones."""
        async with db.transaction() as session:
            await recording.assess(session, code, number, given, milestone=milestone, who=who, now=clock())
            return await standing.read(session, code, number, today=service.today(clock()), trace=trace)


def _files(routes: APIRouter, db: Database, clock: Clock) -> None:
    @routes.get("/{code}/commitments.csv", response_class=Response)
    async def export_csv(code: str) -> Response:
        """The commitments of a plan as CSV."""
        async with db.transaction() as session:
            return Response(await exchange.export_csv(session, code), **spreadsheet(code))

    @routes.put("/{code}/commitments.csv")
    async def import_csv(code: str, request: Request, who: Who) -> dict[str, int]:
        """Keep what such a file holds, all or nothing; up to 64 KiB, larger ones by `sawt commitment import`."""
        data = await request.body()
        async with db.transaction() as session:
            return {"commitments": await exchange.import_csv(session, code, data, who=who, now=clock())}

    @routes.get("/{code}/commitments.json")
    async def export_json(code: str) -> dict[str, Any]:
        """A plan and its commitments, their fields in OGP's order."""
        async with db.transaction() as session:
            return await exchange.export_json(session, code)
