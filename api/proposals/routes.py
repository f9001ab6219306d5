"""Proposals over the JSON API: staff make, publish, answer them, and give them a picture."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from api.clock import Clock
from api.db import Database
from api.proposals import pages, pictures, service, steps
from api.proposals.kit import Kit
from api.proposals.schemas import (
    Answer,
    By,
    Commit,
    NewProposal,
    ProposalOut,
    ProposalPage,
    Who,
)

Limit = Annotated[int, Query(ge=1, le=200)]
Filter = Annotated[str | None, Query(max_length=24, pattern=r"^[a-z0-9.-]+$")]
Entered = Annotated[str | None, Query(pattern=r"^[a-z0-9-]{1,24}/[1-9][0-9]{0,3}$")]
Code = Annotated[str, Field(max_length=24)]
Named = Annotated[Who, Query(description="who does this; it is recorded")]


def router(db: Database, kit: Kit, clock: Clock) -> APIRouter:
    """The routes below /proposals."""
    routes = APIRouter(prefix="/proposals", tags=["proposals"])
    for add in (_read, _make, _take, _picture):
        add(routes, db, kit, clock)
    return routes


def _read(routes: APIRouter, db: Database, _kit: Kit, _clock: Clock) -> None:
    @routes.get("")
    async def every(
        state: Filter = None,
        theme: Filter = None,
        province: Filter = None,
        commitment: Entered = None,
        limit: Limit = 100,
    ) -> list[ProposalOut]:
        """Proposals, the newest first; `commitment` ("plan-code/3") asks for those that entered it."""
        async with db.transaction() as session:
            states = (state,) if state is not None else ()
            found = await service.listed(
                session, states=states, theme=theme, province=province, commitment=commitment, limit=limit
            )
            return [await pages.proposal_out(session, each) for each in found]

    @routes.get("/{code}")
    async def one(code: Code) -> ProposalPage:
        """One proposal with both ends of its chain, and its history."""
        async with db.transaction() as session:
            return await pages.proposal_page(session, await service.get(session, code))


def _make(routes: APIRouter, db: Database, kit: Kit, clock: Clock) -> None:
    @routes.post("", status_code=201)
    async def create(given: NewProposal) -> ProposalOut:
        """Keep a draft made of ideas that were read."""
        async with db.transaction() as session:
            made = await service.create(session, given.proposal, who=given.who, now=clock())
            return await pages.proposal_out(session, made)

    @routes.post("/{code}/answer")
    async def answer(code: Code, given: Answer) -> ProposalOut:
        """Give the official answer; the authors get it."""
        async with db.transaction() as session:
            words = given.words.model_dump()
            found = await steps.answer(session, code, words=words, who=given.who, kit=kit, now=clock())
            return await pages.proposal_out(session, found)

    @routes.post("/{code}/commit")
    async def commit(code: Code, given: Commit) -> ProposalOut:
        """Say which commitment of which plan it entered; the authors are told."""
        async with db.transaction() as session:
            found = await steps.commit(
                session, code, plan=given.plan, number=given.number, who=given.who, kit=kit, now=clock()
            )
            return await pages.proposal_out(session, found)


def _take(routes: APIRouter, db: Database, kit: Kit, clock: Clock) -> None:
    @routes.post("/{code}/publish")
    async def publish(code: Code, given: By) -> ProposalOut:
        """Publish it; the authors of its ideas are told."""
        async with db.transaction() as session:
            found = await steps.publish(session, code, who=given.who, kit=kit, now=clock())
            return await pages.proposal_out(session, found)

    @routes.post("/{code}/withdraw")
    async def withdraw(code: Code, given: By) -> ProposalOut:
        """Withdraw it; the authors of its ideas are told."""
        async with db.transaction() as session:
            found = await steps.withdraw(session, code, who=given.who, kit=kit, now=clock())
            return await pages.proposal_out(session, found)

    @routes.post("/{code}/choose")
    async def choose(code: Code, given: By) -> ProposalOut:
        """Say that a vote chose it, where none with a threshold did; the authors of its ideas are told."""
        async with db.transaction() as session:
            found = await steps.choose(session, code, who=given.who, kit=kit, now=clock())
            return await pages.proposal_out(session, found)

    @routes.post("/{code}/pass-over")
    async def pass_over(code: Code, given: By) -> ProposalOut:
        """Say that a vote did not choose it; the authors of its ideas are told."""
        async with db.transaction() as session:
            found = await steps.pass_over(session, code, who=given.who, kit=kit, now=clock())
            return await pages.proposal_out(session, found)


def _picture(routes: APIRouter, db: Database, _kit: Kit, clock: Clock) -> None:
    @routes.get("/{code}/picture", response_class=Response)
    async def picture(code: Code) -> Response:
        """The picture itself."""
        async with db.transaction() as session:
            found = await pictures.get(session, code)
        return Response(found.content, media_type=found.kind, headers={"X-Content-Type-Options": "nosniff"})

    @routes.put("/{code}/picture")
    async def keep(code: Code, request: Request, who: Named) -> ProposalOut:
        """Keep a picture, the body being the file itself: JPEG or PNG, up to 1 MiB."""
        content = await request.body()
        async with db.transaction() as session:
            found = await pictures.keep(session, code, content, who=who, now=clock())
            return await pages.proposal_out(session, found)

    @routes.delete("/{code}/picture")
    async def remove(code: Code, who: Named) -> ProposalOut:
        """Take the picture away."""
        async with db.transaction() as session:
            found = await pictures.remove(session, code, who=who, now=clock())
            return await pages.proposal_out(session, found)
