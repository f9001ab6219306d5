"""The desk over the JSON API: how it stands, list, read, answer, assign and close what residents wrote."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.clock import Clock
from api.crypto import Keyring
from api.db import Database
from api.desk import answering, reading
from api.desk.schemas import AnswerIn, AssignIn, By, DeskOut, LetterOut, State
from api.i18n import Catalogs


def router(db: Database, catalogs: Catalogs, keyring: Keyring, clock: Clock) -> APIRouter:
    """The routes below /desk."""
    routes = APIRouter(prefix="/desk", tags=["desk"])
    _read(routes, db, keyring, clock)
    _take(routes, db, catalogs, keyring, clock)
    return routes


def _read(routes: APIRouter, db: Database, keyring: Keyring, clock: Clock) -> None:
    @routes.get("")
    async def listed(
        state: State | None = None,
        province: Annotated[str | None, Query(max_length=8)] = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
    ) -> list[LetterOut]:
        """Letters, those that wait longest first."""
        async with db.transaction() as session:
            found = await reading.listed(session, state=state, province=province, limit=limit)
            return await reading.whole(session, found, keyring=keyring)

    @routes.get("/overview")
    async def overview() -> list[DeskOut]:
        """How each desk stands: its letters by state, and how long the oldest has waited."""
        async with db.transaction() as session:
            return await reading.overview(session, now=clock())

    @routes.get("/{number}")
    async def one(number: int) -> LetterOut:
        """One letter."""
        async with db.transaction() as session:
            return await reading.one(session, number, keyring=keyring)


def _take(routes: APIRouter, db: Database, catalogs: Catalogs, keyring: Keyring, clock: Clock) -> None:
    @routes.post("/{number}/answer")
    async def answer(number: int, given: AnswerIn) -> LetterOut:
        """Answer it: the answer goes out where the letter came from; its author may go on with it."""
        async with db.transaction() as session:
            await answering.answer(
                session, number, given.text, who=given.who, catalogs=catalogs, keyring=keyring, now=clock()
            )
            return await reading.one(session, number, keyring=keyring)

    @routes.post("/{number}/assign")
    async def assign(number: int, given: AssignIn) -> LetterOut:
        """Give it to the desk of another province, or to the Region's own."""
        async with db.transaction() as session:
            await answering.assign(session, number, province=given.province, who=given.who)
            return await reading.one(session, number, keyring=keyring)

    @routes.post("/{number}/close")
    async def close(number: int, given: By) -> LetterOut:
        """It needs nothing more, unless its author writes again."""
        async with db.transaction() as session:
            await answering.close(session, number, who=given.who, now=clock())
            return await reading.one(session, number, keyring=keyring)
