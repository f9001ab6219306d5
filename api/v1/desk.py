"""The desk over the JSON API: how it stands, list, read, answer, assign and close what residents wrote."""

from __future__ import annotations

from api.desk import answering, reading
from api.desk.schemas import AnswerIn, AssignIn, DeskOut, LetterOut, State
from api.pagination import Page, same
from api.region.lookup import OfDesk
from api.security.rights import Permission
from api.web.deps import Actor, CatalogsDep, KeyringDep, Now, Session, requires, staff_router
from api.web.paging import Paged

router = staff_router("/desk", "desk", needs=requires(Permission.ANSWER, local=True))


@router.get("")
async def listed(
    session: Session,
    keyring: KeyringDep,
    asked: Paged,
    state: State | None = None,
    province: OfDesk = None,
) -> Page[LetterOut]:
    """Letters, those that wait longest first."""
    found = await reading.listed(session, state=state, province=province, asked=asked)
    return Page(items=await reading.whole(session, found.items, keyring=keyring), next=found.next)


@router.get("/overview")
async def overview(session: Session, now: Now, asked: Paged) -> Page[DeskOut]:
    """How each desk stands: its letters by state, and how long the oldest has waited."""
    return (await reading.desks(session, now=now, asked=asked)).page(same)


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
