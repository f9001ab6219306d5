"""Proposals over the JSON API: staff make, publish, answer them, and give them a picture."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Response
from pydantic import Field

from api.pagination import Page
from api.proposals import actions, listing, pages, pictures, service
from api.proposals.page_schemas import ProposalOut, ProposalPage
from api.proposals.schemas import Answer, Commit, ProposalIn
from api.region.lookup import OfProvince
from api.security.rights import Permission
from api.v1.proposal_deps import ProposalKit
from api.web.deps import ANYBODY, Actor, Now, RawBody, Session, requires, staff_router
from api.web.paging import Paged
from api.web.refusals import file_answer, file_body, refused

Filter = Annotated[str | None, Query(max_length=24, pattern=r"^[a-z0-9.-]+$")]
Entered = Annotated[str | None, Query(pattern=r"^[a-z0-9-]{1,24}/[1-9][0-9]{0,3}$")]
Code = Annotated[str, Field(max_length=24)]


router = staff_router("/proposals", "proposals", needs=requires(Permission.PUBLISH, local=True))


@router.get("", dependencies=[ANYBODY])
async def every(
    session: Session,
    asked: Paged,
    state: Filter = None,
    theme: Filter = None,
    province: OfProvince = None,
    commitment: Entered = None,
) -> Page[ProposalOut]:
    """Proposals: those whose authors wait for a word first; then the newest.

    `commitment` ("plan-code/3") asks for those that entered it.
    """
    states = (state,) if state is not None else ()
    found = await listing.listed(
        session, states=states, theme=theme, province=province, commitment=commitment, asked=asked
    )
    return await found.each(lambda each: pages.proposal_out(session, each))


@router.get("/{code}", dependencies=[ANYBODY])
async def one(code: Code, session: Session) -> ProposalPage:
    """One proposal with both ends of its chain, and its history."""
    return await pages.proposal_page(session, await service.get(session, code))


@router.post("", status_code=201, responses=refused(404), dependencies=[requires(Permission.WRITE, local=True)])
async def create(given: ProposalIn, who: Actor, session: Session, now: Now) -> ProposalOut:
    """Keep a draft made of ideas that were read."""
    made = await service.create(session, given, who=who, now=now)
    return await pages.proposal_out(session, made)


@router.post("/{code}/answer")
async def answer(code: Code, given: Answer, who: Actor, session: Session, kit: ProposalKit, now: Now) -> ProposalOut:
    """Give the official answer; the authors get it."""
    words = given.words.model_dump()
    found = await actions.answer(session, code, words=words, who=who, kit=kit, now=now)
    return await pages.proposal_out(session, found)


@router.post("/{code}/commit")
async def commit(code: Code, given: Commit, who: Actor, session: Session, kit: ProposalKit, now: Now) -> ProposalOut:
    """Say which commitment of which plan it entered; the authors are told."""
    found = await actions.commit(session, code, plan=given.plan, number=given.number, who=who, kit=kit, now=now)
    return await pages.proposal_out(session, found)


@router.post("/{code}/publish")
async def publish(code: Code, who: Actor, session: Session, kit: ProposalKit, now: Now) -> ProposalOut:
    """Publish it; the authors of its ideas are told."""
    found = await actions.publish(session, code, who=who, kit=kit, now=now)
    return await pages.proposal_out(session, found)


@router.post("/{code}/withdraw")
async def withdraw(code: Code, who: Actor, session: Session, kit: ProposalKit, now: Now) -> ProposalOut:
    """Withdraw it; the authors of its ideas are told."""
    found = await actions.withdraw(session, code, who=who, kit=kit, now=now)
    return await pages.proposal_out(session, found)


@router.post("/{code}/choose")
async def choose(code: Code, who: Actor, session: Session, kit: ProposalKit, now: Now) -> ProposalOut:
    """Say that a vote chose it, where none with a threshold did; the authors of its ideas are told."""
    found = await actions.choose(session, code, who=who, kit=kit, now=now)
    return await pages.proposal_out(session, found)


@router.post("/{code}/pass-over")
async def pass_over(code: Code, who: Actor, session: Session, kit: ProposalKit, now: Now) -> ProposalOut:
    """Say that a vote did not choose it; the authors of its ideas are told."""
    found = await actions.pass_over(session, code, who=who, kit=kit, now=now)
    return await pages.proposal_out(session, found)


@router.get(
    "/{code}/picture", response_class=Response, responses=file_answer("image/jpeg", "image/png"), dependencies=[ANYBODY]
)
async def picture(code: Code, session: Session) -> Response:
    """The picture itself."""
    found = await pictures.get(session, code)
    return Response(found.content, media_type=found.kind, headers={"X-Content-Type-Options": "nosniff"})


@router.put(
    "/{code}/picture",
    openapi_extra=file_body("image/jpeg", "image/png"),
    dependencies=[requires(Permission.WRITE, local=True)],
)
async def keep(code: Code, content: RawBody, who: Actor, session: Session, now: Now) -> ProposalOut:
    """Keep a picture, the body being the file itself: JPEG or PNG, up to 1 MiB."""
    found = await pictures.keep(session, code, content, who=who, now=now)
    return await pages.proposal_out(session, found)


@router.delete("/{code}/picture", dependencies=[requires(Permission.WRITE, local=True)])
async def remove(code: Code, who: Actor, session: Session, now: Now) -> ProposalOut:
    """Take the picture away."""
    found = await pictures.remove(session, code, who=who, now=now)
    return await pages.proposal_out(session, found)
