"""Replies that were not understood, over the JSON API: list them, and assign them to options."""

from __future__ import annotations

from api.authoring import word_assignment
from api.authoring.word_schemas import AssignIn, ClearIn, TextIn, UnmatchedOut, WordsOut
from api.clock import MOROCCO
from api.consultations.words import unmatched
from api.pagination import Page
from api.security.rights import Permission
from api.v1.deps import SmallestCountDep
from api.web.deps import ActionDep, KeyringDep, Now, Session, requires, staff_router
from api.web.paging import PageDep
from api.web.refusals import refused

router = staff_router("/words", "words", needs=requires(Permission.WRITE, Permission.MODERATE))


@router.get("/unmatched", dependencies=[requires(Permission.WRITE, Permission.MODERATE, Permission.AUDIT)])
async def list_unmatched_replies(
    session: Session,
    keyring: KeyringDep,
    now: Now,
    smallest: SmallestCountDep,
    page: PageDep,
    code: str | None = None,
) -> Page[UnmatchedOut]:
    """List replies that were not understood, the most frequent first. Replies that only few people sent are left out.

    `code` selects one consultation.
    """
    today = now.astimezone(MOROCCO).date()
    replies = await unmatched.listed(session, keyring, today=today, code=code, fewest=smallest)
    rows = unmatched.paged(replies, page)
    return rows.page(lambda reply: UnmatchedOut.model_validate(reply, from_attributes=True))


@router.post("/assign", status_code=201, responses=refused(404))
async def assign_word(data: AssignIn, action: ActionDep, session: Session, keyring: KeyringDep) -> WordsOut:
    """Assign a reply to an option of an open consultation. From now on, this reply chooses the option."""
    return await word_assignment.assign(session, data, action=action, keyring=keyring)


@router.post("/unassign", status_code=204, responses=refused(404))
async def unassign_word(data: TextIn, action: ActionDep, session: Session) -> None:
    """Remove a word from the option to which it is assigned."""
    await word_assignment.unassign(session, data, action=action)


@router.post("/drop", status_code=204, responses=refused(404))
async def drop_reply(data: TextIn, action: ActionDep, session: Session, keyring: KeyringDep) -> None:
    """Hide a reply from this list of replies that were not understood. It stays hidden if people send it again."""
    await word_assignment.drop(session, data, action=action, keyring=keyring)


@router.post("/clear", status_code=204)
async def clear_replies(
    data: ClearIn, action: ActionDep, session: Session, keyring: KeyringDep, smallest: SmallestCountDep
) -> None:
    """Delete reviewed replies from the list. A reply appears again if enough people send it again."""
    await word_assignment.clear(session, data, action=action, keyring=keyring, fewest=smallest)
