"""Consultations over the JSON API: create, open, close, read."""

from __future__ import annotations

from fastapi import APIRouter

from api.clock import Clock
from api.consultations import service
from api.consultations.models import Consultation
from api.consultations.schemas import ConsultationIn, ConsultationOut
from api.db import Database


def router(db: Database, clock: Clock) -> APIRouter:
    """The routes below /consultations."""
    routes = APIRouter(prefix="/consultations", tags=["consultations"])

    @routes.get("")
    async def every() -> list[ConsultationOut]:
        """All consultations, the newest first."""
        async with db.transaction() as session:
            return [_out(found, count) for found, count in await service.every(session)]

    @routes.post("", status_code=201)
    async def create(given: ConsultationIn) -> ConsultationOut:
        """Keep a new consultation as a draft."""
        async with db.transaction() as session:
            return _out(await service.create(session, given, now=clock()), len(given.questions))

    @routes.get("/{code}")
    async def one(code: str) -> ConsultationOut:
        """One consultation as it stands."""
        async with db.transaction() as session:
            found = await service.get(session, code)
            return _out(found, await service.count_questions(session, found.id))

    @routes.post("/{code}/open")
    async def open_it(code: str) -> ConsultationOut:
        """Open a draft: from now on it takes ballots."""
        async with db.transaction() as session:
            found = await service.open_it(session, code, now=clock())
            return _out(found, await service.count_questions(session, found.id))

    @routes.post("/{code}/close")
    async def close(code: str) -> ConsultationOut:
        """Close it, and destroy the secret that ties ballots to people."""
        async with db.transaction() as session:
            found = await service.close(session, code, now=clock())
            return _out(found, await service.count_questions(session, found.id))

    return routes


def _out(found: Consultation, questions: int) -> ConsultationOut:
    return ConsultationOut(
        code=found.code,
        title=found.title,
        state=found.state,
        questions=questions,
        opened_at=found.opened_at,
        closes_at=found.closes_at,
        closed_at=found.closed_at,
    )
