"""Words over the JSON API: the replies that nobody understood, and what staff make of them."""

from __future__ import annotations

from api.authoring import word_assignment
from api.authoring.word_schemas import AssignIn, TextIn, UnmatchedOut, WordsOut
from api.clock import MOROCCO
from api.consultations.words import unmatched
from api.pagination import Page
from api.security.rights import Permission
from api.v1.rule_deps import Smallest
from api.web.deps import Actor, KeyringDep, Now, Session, requires, staff_router
from api.web.paging import Paged
from api.web.refusals import refused

router = staff_router("/words", "words", needs=requires(Permission.WRITE, Permission.MODERATE))


@router.get("/unmatched", dependencies=[requires(Permission.WRITE, Permission.MODERATE, Permission.AUDIT)])
async def every_unmatched(
    session: Session,
    keyring: KeyringDep,
    now: Now,
    smallest: Smallest,
    asked: Paged,
    code: str | None = None,
) -> Page[UnmatchedOut]:
    """What enough people wrote that nobody understood, the most frequent first; of one consultation, by its code."""
    today = now.astimezone(MOROCCO).date()
    found = await unmatched.listed(session, keyring, today=today, code=code, fewest=smallest)
    pages = unmatched.paged(found, asked)
    return pages.page(lambda each: UnmatchedOut.model_validate(each, from_attributes=True))


@router.post("/assign", status_code=201, responses=refused(404))
async def assign(given: AssignIn, who: Actor, session: Session, keyring: KeyringDep, now: Now) -> WordsOut:
    """Give a text to an option of an open consultation: from now on it means this option, whoever writes it."""
    return await word_assignment.assign(session, given, who=who, keyring=keyring, now=now)


@router.post("/unassign", status_code=204, responses=refused(404))
async def unassign(given: TextIn, who: Actor, session: Session, now: Now) -> None:
    """Take a word back from the option that has it."""
    await word_assignment.unassign(session, given, who=who, now=now)


@router.post("/drop", status_code=204, responses=refused(404))
async def drop(given: TextIn, who: Actor, session: Session, keyring: KeyringDep, now: Now) -> None:
    """Show a text no more, whoever writes it again."""
    await word_assignment.drop(session, given, who=who, keyring=keyring, now=now)
