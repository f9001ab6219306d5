"""Letters to the staff over the JSON API: list, read, answer, assign and close them."""

from __future__ import annotations

from api.desk import answering, reading
from api.desk.schemas import AnswerIn, AssignIn, DeskOut, LetterOut, State
from api.pagination import Page, unchanged
from api.region.lookup import OfDesk
from api.security.rights import Permission
from api.web.deps import Actor, CatalogsDep, KeyringDep, Now, Session, requires, staff_router
from api.web.paging import PageDep

router = staff_router("/desk", "desk", needs=requires(Permission.ANSWER, local=True))


@router.get("")
async def list_letters(
    session: Session,
    keyring: KeyringDep,
    page: PageDep,
    state: State | None = None,
    province: OfDesk = None,
) -> Page[LetterOut]:
    """List letters. Letters that wait for an answer come first, the longest waiting at the top; then the rest."""
    rows = await reading.listed(session, state=state, province=province, asked=page)
    return Page(items=await reading.with_lines(session, rows.items, keyring=keyring), next=rows.next)


@router.get("/overview")
async def list_desks(session: Session, now: Now, page: PageDep) -> Page[DeskOut]:
    """List desks with their letters: how many are in each state, and how long the oldest open letter has waited."""
    return (await reading.desks(session, now=now, asked=page)).page(unchanged)


@router.get("/{number}")
async def get_letter(number: int, session: Session, keyring: KeyringDep) -> LetterOut:
    """Get one letter with all its messages and answers."""
    return await reading.one(session, number, keyring=keyring)


@router.post("/{number}/answer")
async def answer_letter(
    number: int, data: AnswerIn, actor: Actor, session: Session, catalogs: CatalogsDep, keyring: KeyringDep, now: Now
) -> LetterOut:
    """Answer a letter on the channel it came from. The author can reply."""
    await answering.answer(session, number, data.text, who=actor, catalogs=catalogs, keyring=keyring, now=now)
    return await reading.one(session, number, keyring=keyring)


@router.post("/{number}/assign")
async def assign_letter(
    number: int, data: AssignIn, actor: Actor, session: Session, keyring: KeyringDep, now: Now
) -> LetterOut:
    """Assign a letter to the desk of another province, or to the Region's own desk."""
    letter = await answering.assign(session, number, province=data.province, who=actor, now=now)
    return (await reading.with_lines(session, [letter], keyring=keyring))[0]  # the actor may no longer see this letter


@router.post("/{number}/close")
async def close_letter(number: int, actor: Actor, session: Session, keyring: KeyringDep, now: Now) -> LetterOut:
    """Close a letter. It opens again if the author replies."""
    await answering.close(session, number, who=actor, now=now)
    return await reading.one(session, number, keyring=keyring)
