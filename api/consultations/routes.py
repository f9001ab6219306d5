"""Consultations over the JSON API: create, open, schedule, read; `api/rounds` closes them."""

from __future__ import annotations

from fastapi import APIRouter

from api.clock import Clock
from api.consultations import drafts, lifetime, service
from api.consultations.models import Consultation
from api.consultations.schemas import ConsultationIn, ConsultationOut, Times
from api.db import Database


def router(db: Database, clock: Clock) -> APIRouter:
    """The routes below /consultations."""
    routes = APIRouter(prefix="/consultations", tags=["consultations"])
    _read(routes, db)
    _times(routes, db, clock)

    @routes.post("", status_code=201)
    async def create(given: ConsultationIn) -> ConsultationOut:
        """Keep a new consultation as a draft."""
        async with db.transaction() as session:
            return out(await drafts.create(session, given, now=clock()), len(given.questions))

    return routes


def _read(routes: APIRouter, db: Database) -> None:
    @routes.get("")
    async def every() -> list[ConsultationOut]:
        """All consultations, the newest first."""
        async with db.transaction() as session:
            return [out(found, count) for found, count in await service.every(session)]

    @routes.get("/{code}")
    async def one(code: str) -> ConsultationOut:
        """One consultation as it stands."""
        async with db.transaction() as session:
            found = await service.get(session, code)
            return out(found, await service.count_questions(session, found.id))


def _times(routes: APIRouter, db: Database, clock: Clock) -> None:
    @routes.post("/{code}/open")
    async def open_it(code: str) -> ConsultationOut:
        """Open a draft: from now on it takes ballots."""
        async with db.transaction() as session:
            found = await lifetime.open_it(session, code, now=clock())
            return out(found, await service.count_questions(session, found.id))

    @routes.post("/{code}/discard", status_code=204)
    async def discard(code: str) -> None:
        """Delete a draft that nothing names; its proposals are free for another round."""
        async with db.transaction() as session:
            await drafts.discard(session, code)

    @routes.post("/{code}/schedule")
    async def schedule(code: str, given: Times) -> ConsultationOut:
        """Say when it opens and closes by itself."""
        async with db.transaction() as session:
            found = await lifetime.schedule(
                session, code, opens_at=given.opens_at, closes_at=given.closes_at, now=clock()
            )
            return out(found, await service.count_questions(session, found.id))


def out(found: Consultation, questions: int) -> ConsultationOut:
    """A consultation as it stands, with its number of questions."""
    return ConsultationOut(
        code=found.code,
        title=found.title,
        state=found.state,
        questions=questions,
        opens_at=found.opens_at,
        opened_at=found.opened_at,
        closes_at=found.closes_at,
        closed_at=found.closed_at,
    )
