"""The desk over the JSON API: how it stands, list, read, answer, assign and close what residents wrote."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from api.deps import Actor, CatalogsDep, KeyringDep, Now, Session, staff_router
from api.desk import answering, reading
from api.desk.schemas import AnswerIn, AssignIn, DeskOut, LetterOut, State

router = staff_router("/desk", "desk")


@router.get("")
async def listed(
    session: Session,
    keyring: KeyringDep,
    state: State | None = None,
    province: Annotated[str | None, Query(max_length=8)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> list[LetterOut]:
    """Letters, those that wait longest first."""
    found = await reading.listed(session, state=state, province=province, limit=limit)
    return await reading.whole(session, found, keyring=keyring)


@router.get("/overview")
async def overview(session: Session, now: Now) -> list[DeskOut]:
    """How each desk stands: its letters by state, and how long the oldest has waited."""
    return await reading.overview(session, now=now)


@router.get("/{number}")
async def one(number: int, session: Session, keyring: KeyringDep) -> LetterOut:
    """One letter."""
    return await reading.one(session, number, keyring=keyring)


@router.post("/{number}/answer")
async def answer(
    number: int, given: AnswerIn, who: Actor, session: Session, catalogs: CatalogsDep, keyring: KeyringDep, now: Now
) -> LetterOut:
    """Answer it: the answer goes out where the letter came from; its author may go on with it."""
    await answering.answer(session, number, given.text, who=who, catalogs=catalogs, keyring=keyring, now=now)
    return await reading.one(session, number, keyring=keyring)


@router.post("/{number}/assign")
async def assign(
    number: int, given: AssignIn, who: Actor, session: Session, keyring: KeyringDep, now: Now
) -> LetterOut:
    """Give it to the desk of another province, or to the Region's own."""
    await answering.assign(session, number, province=given.province, who=who, now=now)
    return await reading.one(session, number, keyring=keyring)


@router.post("/{number}/close")
async def close(number: int, who: Actor, session: Session, keyring: KeyringDep, now: Now) -> LetterOut:
    """It needs nothing more, unless its author writes again."""
    await answering.close(session, number, who=who, now=now)
    return await reading.one(session, number, keyring=keyring)
