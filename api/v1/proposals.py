"""Proposals over the JSON API: create, publish and answer them, and manage their pictures."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Response
from pydantic import Field

from api.pagination import Page
from api.proposals import actions, listing, pages, pictures, service
from api.proposals.page_schemas import ListedProposalOut, ProposalOut, ProposalPage
from api.proposals.schemas import Answer, Commit, ProposalIn
from api.region.lookup import OfProvince
from api.security.rights import Permission
from api.v1.deps import ProposalContextDep
from api.web.deps import ANYBODY, REASONED, Actor, Now, RawBody, Session, requires, staff_router
from api.web.paging import PageDep
from api.web.refusals import file_answer, file_body, refused

Filter = Annotated[str | None, Query(max_length=24, pattern=r"^[a-z0-9.-]+$")]
CommitmentFilter = Annotated[str | None, Query(pattern=r"^[a-z0-9-]{1,24}/[1-9][0-9]{0,3}$")]
Code = Annotated[str, Field(max_length=24)]


router = staff_router("/proposals", "proposals", needs=requires(Permission.PUBLISH, local=True))


@router.get("", dependencies=[ANYBODY])
async def list_proposals(
    session: Session,
    page: PageDep,
    state: Filter = None,
    theme: Filter = None,
    province: OfProvince = None,
    commitment: CommitmentFilter = None,
) -> Page[ListedProposalOut]:
    """List proposals. Those that need action by staff come first; then the rest, newest first.

    `commitment` (such as "plan-code/3") selects proposals that became part of this commitment.
    """
    states = (state,) if state is not None else ()
    rows = await listing.with_votes(
        session, states=states, theme=theme, province=province, commitment=commitment, asked=page
    )
    return await rows.each(lambda listed: pages.listed_proposal(session, listed))


@router.get("/{code}", dependencies=[ANYBODY])
async def get_proposal(code: Code, session: Session) -> ProposalPage:
    """Get a proposal with its ideas, its commitment and its history."""
    return await pages.proposal_page(session, await service.get(session, code))


@router.post("", status_code=201, responses=refused(404), dependencies=[requires(Permission.WRITE, local=True)])
async def create_proposal(data: ProposalIn, actor: Actor, session: Session, now: Now) -> ProposalOut:
    """Create a draft proposal from ideas that a moderator has read."""
    proposal = await service.create(session, data, who=actor, now=now)
    return await pages.proposal_out(session, proposal)


@router.post("/{code}/answer")
async def answer_proposal(
    code: Code, data: Answer, actor: Actor, session: Session, context: ProposalContextDep, now: Now
) -> ProposalOut:
    """Record the Council's official answer, and send it to the authors of the proposal's ideas."""
    words = data.words.model_dump()
    proposal = await actions.answer(session, code, words=words, who=actor, context=context, now=now)
    return await pages.proposal_out(session, proposal)


@router.post("/{code}/commit")
async def commit_proposal(
    code: Code, data: Commit, actor: Actor, session: Session, context: ProposalContextDep, now: Now
) -> ProposalOut:
    """Record which commitment the proposal became part of, and notify the authors of its ideas."""
    proposal = await actions.commit(
        session, code, plan=data.plan, number=data.number, who=actor, context=context, now=now
    )
    return await pages.proposal_out(session, proposal)


@router.post("/{code}/publish")
async def publish_proposal(
    code: Code, actor: Actor, session: Session, context: ProposalContextDep, now: Now
) -> ProposalOut:
    """Publish a proposal and notify the authors of its ideas."""
    proposal = await actions.publish(session, code, who=actor, context=context, now=now)
    return await pages.proposal_out(session, proposal)


@router.post("/{code}/withdraw", dependencies=[REASONED])
async def withdraw_proposal(
    code: Code, actor: Actor, session: Session, context: ProposalContextDep, now: Now
) -> ProposalOut:
    """Withdraw a proposal and notify the authors of its ideas."""
    proposal = await actions.withdraw(session, code, who=actor, context=context, now=now)
    return await pages.proposal_out(session, proposal)


@router.post("/{code}/choose")
async def choose_proposal(
    code: Code, actor: Actor, session: Session, context: ProposalContextDep, now: Now
) -> ProposalOut:
    """Record that staff chose the proposal after a vote without a threshold, and notify the authors of its ideas."""
    proposal = await actions.choose(session, code, who=actor, context=context, now=now)
    return await pages.proposal_out(session, proposal)


@router.post("/{code}/pass-over")
async def pass_over_proposal(
    code: Code, actor: Actor, session: Session, context: ProposalContextDep, now: Now
) -> ProposalOut:
    """Record that the proposal was not chosen in a vote, and notify the authors of its ideas."""
    proposal = await actions.pass_over(session, code, who=actor, context=context, now=now)
    return await pages.proposal_out(session, proposal)


@router.get(
    "/{code}/picture", response_class=Response, responses=file_answer("image/jpeg", "image/png"), dependencies=[ANYBODY]
)
async def get_proposal_picture(code: Code, session: Session) -> Response:
    """Get the file of a proposal's picture."""
    picture = await pictures.get(session, code)
    return Response(picture.content, media_type=picture.kind, headers={"X-Content-Type-Options": "nosniff"})


@router.put(
    "/{code}/picture",
    openapi_extra=file_body("image/jpeg", "image/png"),
    dependencies=[requires(Permission.WRITE, local=True)],
)
async def put_proposal_picture(code: Code, content: RawBody, actor: Actor, session: Session, now: Now) -> ProposalOut:
    """Save a proposal's picture. The body is the file itself: JPEG or PNG, up to 1 MiB."""
    proposal = await pictures.save(session, code, content, who=actor, now=now)
    return await pages.proposal_out(session, proposal)


@router.delete("/{code}/picture", dependencies=[requires(Permission.WRITE, local=True)])
async def delete_proposal_picture(code: Code, actor: Actor, session: Session, now: Now) -> ProposalOut:
    """Delete a proposal's picture."""
    proposal = await pictures.remove(session, code, who=actor, now=now)
    return await pages.proposal_out(session, proposal)
