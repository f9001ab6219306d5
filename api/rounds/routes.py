"""Rounds over the JSON API: made of proposals; and closing, of these as of every consultation."""

from __future__ import annotations

from fastapi import APIRouter

from api.clock import Clock
from api.consultations.routes import out
from api.consultations.schemas import ConsultationOut
from api.consultations.service import count_questions
from api.db import Database
from api.proposals import pages
from api.proposals.kit import Kit
from api.proposals.schemas import Code, EditedProposal, ProposalOut
from api.rounds import options, service
from api.rounds.schemas import RoundIn


def router(db: Database, kit: Kit, clock: Clock) -> APIRouter:
    """The routes that need to know both of consultations and of proposals."""
    routes = APIRouter()

    @routes.post("/rounds", status_code=201, tags=["rounds"])
    async def create(given: RoundIn) -> ConsultationOut:
        """Keep a vote on proposals as a draft; it is opened, scheduled and counted as every consultation."""
        async with db.transaction() as session:
            return out(await service.create(session, given, catalogs=kit.catalogs, now=clock()), 1)

    @routes.patch("/proposals/{code}", tags=["proposals"])
    async def edit(code: Code, given: EditedProposal) -> ProposalOut:
        """Change what is given of it, until a vote on it opens; drafts of votes on it change with it."""
        async with db.transaction() as session:
            found = await options.edit(session, code, given.proposal, who=given.who, catalogs=kit.catalogs, now=clock())
            return await pages.proposal_out(session, found)

    @routes.post("/consultations/{code}/close", tags=["consultations"])
    async def close(code: str) -> ConsultationOut:
        """Close it, destroy the secret that ties ballots to people, and tell authors of proposals what was decided."""
        async with db.transaction() as session:
            found = await service.close(session, code, kit=kit, now=clock())
            return out(found, await count_questions(session, found.id))

    return routes
