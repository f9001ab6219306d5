"""Free-text answers over the JSON API: list, search, tag and export them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Query
from fastapi.responses import StreamingResponse

from api.answers import export as answer_export
from api.answers import service, tagging
from api.answers.schemas import AnswerOut, TagCount, TagIn
from api.answers.service import Filters
from api.pagination import Page, unchanged
from api.security.rights import Permission
from api.web.deps import Actor, Db, Now, Session, requires, staff_router
from api.web.http import csv_download
from api.web.paging import PageDep
from api.web.refusals import file_answer, refused

router = staff_router("", "answers", needs=requires(Permission.MODERATE, Permission.PUBLISH, Permission.AUDIT))


async def _filter(
    question: Annotated[
        int | None, Query(ge=1, le=99, description="Position of the question, starting at 1. Default: all questions.")
    ] = None,
    search: Annotated[
        str | None, Query(max_length=200, description="Words that the text contains, in any script.")
    ] = None,
    tag: Annotated[str | None, Query(max_length=20)] = None,
    flagged: Annotated[bool | None, Query(description="Whether the text may contain personal data.")] = None,
) -> Filters:
    return Filters(question, search, tag, flagged)


_Filter = Annotated[Filters, Depends(_filter)]


@router.get("/consultations/{code}/answers", responses=refused(409))
async def list_answers(code: str, session: Session, wanted: _Filter, page: PageDep) -> Page[AnswerOut]:
    """List free-text answers in random order. The status is 409 until the consultation is closed and published."""
    return (await service.page(session, code, wanted, page)).page(unchanged)


@router.get("/consultations/{code}/answers/tags", responses=refused(409))
async def list_tags(code: str, session: Session, page: PageDep) -> Page[TagCount]:
    """List the tags of a consultation's answers, each with its number of answers, the most frequent first."""
    return (await service.tags(session, code, page)).page(unchanged)


@router.get(
    "/consultations/{code}/answers.csv",
    response_class=StreamingResponse,
    responses=file_answer("text/csv") | refused(409),
)
async def export_answers(code: str, db: Db, wanted: _Filter) -> StreamingResponse:
    """Export free-text answers as CSV."""
    lines = answer_export.as_csv(db, code, wanted)
    first = await anext(lines)  # read the first line now, so that errors are raised before the response begins

    async def whole() -> AsyncIterator[str]:
        yield first
        async for line in lines:
            yield line

    return StreamingResponse(whole(), **csv_download(f"answers-{code}"))


@router.get("/answers/{number}", responses=refused(409))
async def get_answer(number: int, session: Session) -> AnswerOut:
    """Get one free-text answer."""
    return await service.answer_out(session, number)


@router.post("/answers/{number}/tag", dependencies=[requires(Permission.MODERATE)])
async def tag_answer(number: int, data: TagIn, actor: Actor, session: Session, now: Now) -> AnswerOut:
    """Add a tag to an answer. The action is recorded."""
    await tagging.tag(session, number, data.tag, who=actor, now=now)
    return await service.answer_out(session, number)


@router.post("/answers/{number}/untag", dependencies=[requires(Permission.MODERATE)])
async def untag_answer(number: int, data: TagIn, actor: Actor, session: Session, now: Now) -> AnswerOut:
    """Remove a tag from an answer. The action is recorded."""
    await tagging.untag(session, number, data.tag, who=actor, now=now)
    return await service.answer_out(session, number)
