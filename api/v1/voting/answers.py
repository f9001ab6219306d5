"""Answers in people's own words over the JSON API: list, search, tag, export."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Query
from fastapi.responses import StreamingResponse

from api.answers import export as answer_export
from api.answers import service, tagging
from api.answers.schemas import AnswerOut, TagCount, TagIn
from api.answers.service import Wanted
from api.pagination import Page, same
from api.security.rights import Permission
from api.web.deps import Actor, Db, Now, Session, requires, staff_router
from api.web.http import spreadsheet
from api.web.paging import Paged
from api.web.refusals import file_answer, refused

router = staff_router("", "answers", needs=requires(Permission.MODERATE, Permission.PUBLISH, Permission.AUDIT))


async def _wanted(
    question: Annotated[int | None, Query(ge=1, le=5, description="its number; all by default")] = None,
    search: Annotated[str | None, Query(max_length=200, description="words of the text, in any script")] = None,
    tag: Annotated[str | None, Query(max_length=20)] = None,
    flagged: Annotated[bool | None, Query(description="whether they may hold personal data")] = None,
) -> Wanted:
    return Wanted(question, search, tag, flagged)


WantedDep = Annotated[Wanted, Depends(_wanted)]


@router.get("/consultations/{code}/answers", responses=refused(409))
async def every(code: str, session: Session, wanted: WantedDep, asked: Paged) -> Page[AnswerOut]:
    """What people wrote in their own words, in an order of chance; 409 until it is closed and published."""
    return (await service.page(session, code, wanted, asked)).page(same)


@router.get("/consultations/{code}/answers/tags", responses=refused(409))
async def tags(code: str, session: Session, asked: Paged) -> Page[TagCount]:
    """The tags of these answers, and how many carry each, the most frequent first."""
    return (await service.tags(session, code, asked)).page(same)


@router.get(
    "/consultations/{code}/answers.csv",
    response_class=StreamingResponse,
    responses=file_answer("text/csv") | refused(409),
)
async def export(code: str, db: Db, wanted: WantedDep) -> StreamingResponse:
    """All of them, for a spreadsheet."""
    parts = answer_export.as_csv(db, code, wanted)
    first = await anext(parts)  # what is wrong is answered before a file begins

    async def whole() -> AsyncIterator[str]:
        yield first
        async for part in parts:
            yield part

    return StreamingResponse(whole(), **spreadsheet(f"answers-{code}"))


@router.get("/answers/{number}", responses=refused(409))
async def one(number: int, session: Session) -> AnswerOut:
    """One answer."""
    return await service.one(session, number)


@router.post("/answers/{number}/tag", dependencies=[requires(Permission.MODERATE)])
async def tag(number: int, given: TagIn, who: Actor, session: Session, now: Now) -> AnswerOut:
    """Put a tag on it; who did is recorded."""
    await tagging.tag(session, number, given.tag, who=who, now=now)
    return await service.one(session, number)


@router.post("/answers/{number}/untag", dependencies=[requires(Permission.MODERATE)])
async def untag(number: int, given: TagIn, who: Actor, session: Session, now: Now) -> AnswerOut:
    """Take a tag off it; who did is recorded."""
    await tagging.untag(session, number, given.tag, who=who, now=now)
    return await service.one(session, number)
